"""Who takes part, and the vocabularies."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

import factory

from tests.factories.base import NOON, PASSWORD, Factory

COUNTRIES = [("KE", "KEN", "Kenya"), ("PE", "PER", "Peru"), ("NP", "NPL", "Nepal")]


class CountryFactory(Factory):
    class Meta:
        model = "registry.Country"
        django_get_or_create = ("alpha2",)

    alpha2 = factory.Sequence(lambda n: COUNTRIES[n % 3][0])
    alpha3 = factory.LazyAttribute(lambda o: dict(c[:2] for c in COUNTRIES).get(o.alpha2, o.alpha2))
    name = factory.LazyAttribute(lambda o: dict(c[::2] for c in COUNTRIES).get(o.alpha2, o.alpha2))


class CurrencyFactory(Factory):
    class Meta:
        model = "registry.Currency"
        django_get_or_create = ("code",)

    code = "USD"
    label = factory.SelfAttribute("code")
    minor_units = 2


class ExchangeRateFactory(Factory):
    class Meta:
        model = "registry.ExchangeRate"

    currency = factory.SubFactory(CurrencyFactory, code="EUR")
    on = date(2024, 1, 1)
    usd = Decimal("1.25")
    source = "Rates made up for tests"
    loaded_at = NOON


class GoalFactory(Factory):
    class Meta:
        model = "registry.Goal"
        django_get_or_create = ("number",)

    number = 6
    label = factory.LazyAttribute(lambda o: f"Goal {o.number}")
    colour = "#26BDE2"


class TargetFactory(Factory):
    class Meta:
        model = "registry.Target"
        django_get_or_create = ("code",)

    code = "6.1"
    goal = factory.SubFactory(
        GoalFactory, number=factory.LazyAttribute(lambda o: o.factory_parent.code.split(".")[0])
    )
    kind = "outcome"
    label = factory.LazyAttribute(lambda o: f"Target {o.code}")


class GlobalIndicatorFactory(Factory):
    class Meta:
        model = "registry.GlobalIndicator"
        django_get_or_create = ("code",)

    code = "6.1.1"
    target = factory.SubFactory(
        TargetFactory,
        code=factory.LazyAttribute(lambda o: o.factory_parent.code.rpartition(".")[0]),
    )
    label = factory.LazyAttribute(lambda o: f"Global indicator {o.code}")


class PartnerFactory(Factory):
    class Meta:
        model = "registry.Partner"

    class Params:
        pending = factory.Trait(status="pending", verified_at=None)
        suspended = factory.Trait(status="suspended")
        company = factory.Trait(kind="large_company", size="large")

    name = factory.Sequence(lambda n: f"Partner {n}")
    kind = "civil_society"
    country = factory.SubFactory(CountryFactory, alpha2="KE")
    status = "verified"
    verified_at = NOON


class PartnerIdentifierFactory(Factory):
    class Meta:
        model = "registry.PartnerIdentifier"

    partner = factory.SubFactory(PartnerFactory)
    scheme = "IATI"
    value = factory.Sequence(lambda n: f"XM-TEST-{n}")


class UserFactory(Factory):
    """`UserFactory(manages=partner)`; likewise `evaluates` and `observes`."""

    class Meta:
        model = "registry.User"

    class Params:
        admin = factory.Trait(is_staff=True, is_superuser=True)
        service = factory.Trait(is_service=True)

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"User {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        if not kwargs.get("is_service"):
            kwargs.setdefault("password", PASSWORD)
        return model_class.objects.create_user(*args, **kwargs)

    @factory.post_generation
    def manages(user, create, partner, **kwargs):
        if partner:
            AffiliationFactory(user=user, partner=partner, role="manager")

    @factory.post_generation
    def evaluates(user, create, partner, **kwargs):
        if partner:
            AffiliationFactory(user=user, partner=partner, role="evaluator")

    @factory.post_generation
    def observes(user, create, partner, **kwargs):
        if partner:
            AffiliationFactory(user=user, partner=partner, role="observer")


class AffiliationFactory(Factory):
    class Meta:
        model = "registry.Affiliation"

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = "manager"
    since_at = NOON


class JoinRequestFactory(Factory):
    """Asked for, not yet decided."""

    class Meta:
        model = "registry.JoinRequest"

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    role = "evaluator"


class TokenFactory(Factory):
    """The row; what the client sends is its attribute `secret`."""

    class Meta:
        model = "registry.Token"

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Token {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        token, secret = model_class.objects.create(*args, **kwargs)
        token.secret = secret
        return token


class ImportBatchFactory(Factory):
    class Meta:
        model = "registry.ImportBatch"

    file_name = factory.Sequence(lambda n: f"activities-{n}.xml")
    sha256 = factory.LazyAttribute(lambda o: sha256(o.file_name.encode()).hexdigest())


class ImportFindingFactory(Factory):
    class Meta:
        model = "registry.ImportFinding"

    batch = factory.SubFactory(ImportBatchFactory)
    activity = "XM-TEST-ACTIVITY"
    line = 12
    element = "value"
    code = "not_a_number"
    reason = "The value is a text."


class ImportedRowFactory(Factory):
    class Meta:
        model = "registry.ImportedRow"

    batch = factory.SubFactory(ImportBatchFactory)
    model = "registry.partner"
    row_id = 1


class EventFactory(Factory):
    """`EventFactory(subject=record)`: something happened to the record."""

    class Meta:
        model = "registry.Event"
        exclude = ("subject",)

    subject = factory.SubFactory(PartnerFactory)
    kind = factory.LazyAttribute(lambda o: f"{o.subject._meta.model_name}.changed")
    subject_type = factory.LazyAttribute(lambda o: o.subject._meta.label_lower)
    subject_id = factory.LazyAttribute(lambda o: o.subject.pk)
    at = NOON
