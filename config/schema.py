"""The OpenAPI description of what every operation has in common: its errors."""

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.utils import Direction, OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from registry.api.examples import EXAMPLES


class FaultSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="stable, for programs")
    detail = serializers.CharField(help_text="for people; may change")
    attr = serializers.CharField(allow_null=True, help_text="field, or `rows.3.value`")
    about = serializers.DictField(required=False, help_text="records that the refusal points to")


@extend_schema_serializer(component_name="Error")
class ErrorSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="validation_error, client_error or server_error")
    errors = FaultSerializer(many=True)  # type: ignore[assignment]


READING = ("400", "401", "403", "404", "429")
WRITING = ("400", "401", "403", "404", "409", "412", "413", "415", "429")
EXTRA = {"POST": ("422",), "PATCH": ("428",)}


class AutoSchema(SpectacularAutoSchema):
    def get_examples(self) -> list[OpenApiExample]:
        action = getattr(self.view, "action", None) or self.method.lower()
        body = EXAMPLES.get((type(self.view).__name__, action))
        return [OpenApiExample("example", value=body, request_only=True)] if body else []

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction=direction)
        usual = READING if self.method == "GET" else WRITING + EXTRA.get(self.method, ())
        for status in usual:
            bodies.setdefault(status, self._get_response_for_code(ErrorSerializer, status))
        # The web server's own answer, before any of our code: not in the API's shape.
        bodies.setdefault("414", {"description": "The address is longer than 8,190 bytes."})
        return bodies
