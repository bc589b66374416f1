"""Who is told of what happened."""

from datetime import date

import factory

from registry import sealing
from tests.factories.base import NOON, Factory
from tests.factories.registry import EventFactory, PartnerFactory, UserFactory

SECRET = "whsec_dGVzdHMgb25seSwgdGVzdHMgb25seSwgdGVzdHMgb24="


class NoticeFactory(Factory):
    class Meta:
        model = "registry.Notice"

    user = factory.SubFactory(UserFactory)
    event = factory.SubFactory(EventFactory)
    kind = factory.SelfAttribute("event.kind")
    group = "partners"
    how = "at_once"
    created_at = NOON


class NoticeSettingFactory(Factory):
    class Meta:
        model = "registry.NoticeSetting"

    user = factory.SubFactory(UserFactory)
    group = "partners"
    how = "daily"


class DigestFactory(Factory):
    class Meta:
        model = "registry.Digest"

    user = factory.SubFactory(UserFactory)
    on = date(2024, 1, 15)


class WebhookFactory(Factory):
    """Its secret is SECRET; it stands there since before NOON."""

    class Meta:
        model = "registry.Webhook"

    partner = factory.SubFactory(PartnerFactory)
    url = "https://hooks.example.org/registry"
    kinds = ["*"]
    secret_sealed = factory.LazyFunction(lambda: sealing.seal(SECRET))
    created_at = NOON


class WebhookDeliveryFactory(Factory):
    """Waiting for its first attempt."""

    class Meta:
        model = "registry.WebhookDelivery"

    webhook = factory.SubFactory(WebhookFactory)
    event = factory.SubFactory(EventFactory)
    created_at = NOON
    next_attempt_at = NOON
