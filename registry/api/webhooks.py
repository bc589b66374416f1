"""Webhooks, the log of their deliveries, and how far telling is behind."""

from collections.abc import Callable
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.base import Amended, Listed, Retrieved, ViewSet, WritesOnce, verb
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer, Serializer
from registry.models import OutboxEntry, Webhook, WebhookDelivery
from registry.services import webhooks as services


class WebhookSerializer(ModelSerializer):
    class Meta:
        model = Webhook
        fields = [
            "id",
            "partner",
            "url",
            "kinds",
            "is_active",
            "disabled_reason",
            "failing_since",
            "old_secret_until",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["failing_since", "disabled_reason", "old_secret_until"]

    def update(self, instance: Webhook, validated_data: dict[str, Any]) -> Webhook:
        if "partner" in validated_data:
            text = "A webhook stays with its owner."
            raise serializers.ValidationError({"partner": text})
        return services.edit_webhook(instance, by=self.user, **validated_data)


class NewWebhookSerializer(WebhookSerializer):
    class Meta(WebhookSerializer.Meta):
        fields = ["partner", "url", "kinds"]


class SecretWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(read_only=True, help_text="shown only now")

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookDeliverySerializer(ModelSerializer):
    kind = serializers.CharField(source="event.kind", read_only=True)
    subject_type = serializers.CharField(source="event.subject_type", read_only=True)
    subject_id = serializers.IntegerField(source="event.subject_id", read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "webhook",
            "event",
            "key",
            "kind",
            "subject_type",
            "subject_id",
            "status",
            "attempts",
            "created_at",
            "attempted_at",
            "next_attempt_at",
            "finished_at",
            "response_code",
            "response",
            "error",
            "duration_ms",
        ]


class WebhookFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = Webhook
        fields = ["is_active"]


class WebhookViewSet(Listed, Retrieved, Amended, mixins.DestroyModelMixin, ViewSet):
    """Addresses called when something happens, signed as standardwebhooks.com describes."""

    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    filterset_class = WebhookFilter
    permission_classes = [IsAuthenticated]
    # Answers of two writes hold a secret, which is never kept.
    takes_keys = False

    def _write(
        self, handler: Callable[..., Response], request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """The services' own transactions: none is open while the name service is asked."""
        if request.method == "POST":
            self.refuse_key(request)
        return handler(request, *args, **kwargs)

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("partner")

    @extend_schema(request=NewWebhookSerializer, responses={201: SecretWebhookSerializer})
    def create(self, request: Request) -> Response:
        """The answer, and only this one, holds the secret that signs."""
        webhook, secret = services.add_webhook(by=self.user, **self.read_body(NewWebhookSerializer))
        return self._with_secret(webhook, secret, status.HTTP_201_CREATED)

    def perform_destroy(self, instance: Webhook) -> None:
        services.remove_webhook(instance, by=self.user)

    @verb(responses=SecretWebhookSerializer)
    def rotate(self, webhook: Webhook) -> Response:
        """A new secret; for 24 hours the one before it signs as well."""
        secret = services.rotate_secret(webhook, by=self.user)
        return self._with_secret(webhook, secret, status.HTTP_200_OK)

    @verb(responses=WebhookDeliverySerializer)
    def test(self, webhook: Webhook) -> Response:
        """Send a message of the kind `webhook.test`; the answer is its entry in the log."""
        delivery = services.test_webhook(webhook, by=self.user)
        return Response(WebhookDeliverySerializer(delivery).data)

    def _with_secret(self, webhook: Webhook, secret: str, status_code: int) -> Response:
        shown = {**self.get_serializer(webhook).data, "secret": secret}
        response = Response(shown, status_code, headers={"Cache-Control": "no-store"})
        response["ETag"] = self.etag_of(webhook)
        return response


class WebhookDeliveryFilter(filters.FilterSet):
    webhook = IdFilter("webhook_id")
    kind = filters.CharFilter("event__kind", max_length=60)

    class Meta:
        model = WebhookDelivery
        fields = ["status"]


class WebhookDeliveryViewSet(Listed, Retrieved, ViewSet):
    """What was told to which webhook, and what came back."""

    queryset = WebhookDelivery.objects.all()
    serializer_class = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilter
    permission_classes = [IsAuthenticated]

    def shown(self, queryset: Any) -> Any:
        return queryset.select_related("event", "webhook__partner")

    @verb()
    def redeliver(self, delivery: WebhookDelivery) -> Response:
        """Send it again, under the same message id."""
        return self.answer(services.redeliver(delivery, by=self.user))


class OutboxSerializer(Serializer):
    waiting = serializers.IntegerField(help_text="events not told yet")
    oldest_at = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(help_text="age of the oldest")
    deliveries_due = serializers.IntegerField(help_text="webhook calls that could be made now")


class OutboxView(WritesOnce):
    """How far telling people and systems is behind what has happened."""

    permission_classes = (IsAdminUser,)

    @extend_schema(responses=OutboxSerializer)
    def get(self, request: Request) -> Response:
        lag = OutboxEntry.objects.lag()._asdict()
        due = WebhookDelivery.objects.due().count()
        return Response(OutboxSerializer({**lag, "deliveries_due": due}).data)
