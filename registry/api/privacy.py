"""One's own data: to take along, and to have erased."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.addresses import client_address
from registry.api.base import WritesOnce
from registry.api.people import TooManyAttempts, prove_second_factor
from registry.api.serializers import Serializer
from registry.lockout import give_back
from registry.services import privacy


class OwnDataSerializer(serializers.Serializer[Any]):
    user = serializers.DictField()
    records = serializers.DictField(help_text="rows by model and by how they refer to you")
    contacts = serializers.ListField(child=serializers.DictField())
    invitations = serializers.ListField(child=serializers.DictField())


class OwnDataView(WritesOnce):
    """Everything held on the caller, in one document."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=OwnDataSerializer)
    def get(self, request: Request) -> Response:
        return Response(privacy.export_person(self.user, by=self.user))


class EraseSerializer(Serializer):
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    confirm = serializers.EmailField(help_text="one's own e-mail address: erased is for good")
    totp = serializers.CharField(max_length=20, required=False, help_text="with a second factor")


class EraseView(WritesOnce):
    """Erase one's own account for good: name, addresses, roles and tokens go, a key stays."""

    takes_keys = False
    permission_classes = (IsAuthenticated,)

    def _write(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """No transaction around it: a wrong password has to stay counted."""
        self.refuse_key(request)
        return handler(request, *args, **kwargs)

    @extend_schema(request=EraseSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        self.user.require_person()
        body = EraseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        if given["confirm"].strip().lower() != self.user.email.lower():
            raise _wrong("confirm", "Not your e-mail address.", "not_yours")
        self._prove_password(request, given["password"])
        prove_second_factor(request, self.user, given.get("totp"))
        give_back(self.user.email, client_address(request))
        privacy.erase_person(self.user, by=self.user, reason="asked by the person")
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _prove_password(self, request: Request, password: str) -> None:
        found = authenticate(request, email=self.user.email, password=password)
        if getattr(request, "axes_locked_out", False):
            raise TooManyAttempts
        if found != self.user:
            raise _wrong("password", "Not your password.", "wrong_password")


def _wrong(field: str, text: str, code: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(text, code=code)]})
