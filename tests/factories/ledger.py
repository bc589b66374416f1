"""Clauses and objections, risks and benefits."""

from datetime import date
from decimal import Decimal

import factory
from django.db import transaction

from partnerships.models import Membership, Share, Sharing
from tests.factories.base import NOON, Factory
from tests.factories.partnerships import AgreementFactory, PartnershipFactory
from tests.factories.people import UserFactory
from tests.factories.registry import CurrencyFactory


class ClauseFactory(Factory):
    class Meta:
        model = "partnerships.Clause"

    agreement = factory.SubFactory(AgreementFactory)
    number = factory.LazyAttribute(lambda o: 1 + o.agreement.clauses.count())
    kind = "other"
    heading = factory.Sequence(lambda n: f"Heading {n}")
    text = "We share what we know."


def with_required_clauses(agreement):
    """The draft with every clause without which it cannot be proposed."""
    for entry in agreement.checklist():
        if entry.required:
            ClauseFactory(
                agreement=agreement, kind=entry.kind, heading=entry.label, text=entry.start
            )
    return agreement


class ObjectionFactory(Factory):
    class Meta:
        model = "partnerships.Objection"

    agreement = factory.SubFactory(AgreementFactory, proposed=True)
    membership = factory.SubFactory(
        "tests.factories.MembershipFactory",
        partnership=factory.SelfAttribute("..agreement.partnership"),
    )
    user = factory.LazyAttribute(lambda o: UserFactory(manages=o.membership.partner))
    reason = "The dates cannot be kept."
    objected_at = NOON


@transaction.atomic
def share_out(record, shares, *, since=NOON, until=None):
    """Divide a risk or a benefit: `shares` by membership, None for the public."""
    name = record._meta.model_name
    sharing = Sharing.objects.create(**{name: record}, held_from=since, held_until=until)
    Share.objects.bulk_create(
        Share(sharing=sharing, membership=member, percent=Decimal(percent))
        for member, percent in shares.items()
    )
    return sharing


class RiskFactory(Factory):
    """Carried by the lead alone, unless `shares` says otherwise; `shares__none=True`: by nobody."""

    class Meta:
        model = "partnerships.Risk"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    category = "construction"
    description = factory.Sequence(lambda n: f"The works of lot {n} take longer.")
    likelihood = 3
    impact = 4
    mitigation = "A fixed price and a guarantee."
    why_bearer = "It hires the builders."
    created_at = NOON

    @factory.post_generation
    def shares(record, create, wanted, **kwargs):
        _share_lead(record, wanted, kwargs)


class BenefitFactory(Factory):
    """As a risk; worth 1,000,000 US dollars."""

    class Meta:
        model = "partnerships.Benefit"

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    kind = "revenue"
    description = factory.Sequence(lambda n: f"Fares of line {n}.")
    value = Decimal(1_000_000)
    currency = factory.SubFactory(CurrencyFactory, code="USD")
    valued_on = date(2024, 1, 1)
    how_agreed = "At the meeting of all members."
    created_at = NOON

    @factory.post_generation
    def shares(record, create, wanted, **kwargs):
        _share_lead(record, wanted, kwargs)


def _share_lead(record, wanted, options):
    if options.get("none"):
        return
    lead = Membership.objects.filter(partnership=record.partnership, roles__contains=["lead"])
    share_out(record, wanted or {lead.get(): 100})
