"""What helps whoever writes a partnership: what it still lacks."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.models import Partnership, Section
from registry.api.serializers import Serializer
from registry.errors import NotAllowed

FOR_INSIDERS: dict[str, Any] = {
    "pagination_class": None,
    "filterset_class": None,
    "permission_classes": [IsAuthenticated],
}


class FindingSerializer(Serializer):
    section = serializers.ChoiceField(choices=Section.choices)
    code = serializers.CharField(help_text="stable, for programs")
    text = serializers.CharField(help_text="what to do about it")


class Drafting:
    """Routes under `/partnerships/{id}/` for its members' people and admins."""

    get_object: Any

    @extend_schema(responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, **FOR_INSIDERS)
    def findings(self, request: Request, pk: str) -> Response:
        """What it lacks to be submitted, section by section; empty when nothing is missing."""
        found = self._of_insiders(request).findings()
        return Response(FindingSerializer(found, many=True).data)

    def _of_insiders(self, request: Request) -> Partnership:
        partnership: Partnership = self.get_object()
        if not Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists():
            raise NotAllowed("members_only", "Only its members' people and admins may do this.")
        return partnership
