"""One's own data: to take along, and to have erased."""

from typing import Any

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import WritesOnce
from registry.api.serializers import Serializer
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


class EraseView(WritesOnce):
    """Erase one's own account for good: name, addresses, roles and tokens go, a key stays."""

    takes_keys = False
    permission_classes = (IsAuthenticated,)

    @extend_schema(request=EraseSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        body = EraseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        require_own(request, self.user, **body.validated_data)
        privacy.erase_person(self.user, by=self.user, reason="asked by the person")
        return Response(status=status.HTTP_204_NO_CONTENT)


def require_own(request: Request, user: Any, *, password: str, confirm: str) -> None:
    """Who erases an account proves that it is theirs, and that it is meant."""
    wrong = {}
    if confirm.strip().lower() != user.email.lower():
        wrong["confirm"] = [ErrorDetail("Not your e-mail address.", code="not_yours")]
    if authenticate(request, username=user.email, password=password) != user:
        wrong["password"] = [ErrorDetail("Not your password.", code="wrong_password")]
    if wrong:
        raise ValidationError(wrong)
