"""Whatever was put right after a return, the reviewer sees it; the public only what is its own."""

from datetime import date
from decimal import Decimal

import pytest

from partnerships.models import Partnership, difference, document_of
from tests.factories import (
    NOON,
    AgreementFactory,
    BenefitFactory,
    CommitmentFactory,
    DacSectorFactory,
    DeliverableDateFactory,
    DeliverableFactory,
    DueDateFactory,
    LocationFactory,
    MembershipFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    PartnershipSectorFactory,
    PlannedDisbursementFactory,
    RiskFactory,
    UserFactory,
    share_out,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def returned():
    made = PartnershipFactory(title="Wells", lead__partner__name="Kisima")
    PartnershipCountryFactory(partnership=made, country__name="Kenya", percentage=Decimal(100))
    LocationFactory(partnership=made, name="Lodwar")
    PartnershipSectorFactory(partnership=made)
    member = MembershipFactory(partnership=made, partner__name="Maji")
    promise = CommitmentFactory(
        partnership=made, membership=member, title="Forty pumps", amount=Decimal(60_000)
    )
    DeliverableFactory(commitment=promise, title="Pumps in place")
    AgreementFactory(partnership=made, title="How we work")
    RiskFactory(partnership=made, description="Late works.")
    BenefitFactory(partnership=made, description="Fares.")
    return made


def one(rows):
    return rows.get()


def share_again(made):
    lead, other = made.memberships.order_by("pk")
    risk = one(made.risks)
    risk.sharings.update(held_until=NOON)
    share_out(risk, {lead: 60, other: 40})


CHANGES = [
    ("about", "Track", "Light", lambda made: made.amend(track="light")),
    ("about", "Summary", "Shorter.", lambda made: made.amend(summary="Shorter.")),
    (
        "about",
        "Website",
        "https://wells.example.org/",
        lambda made: made.amend(website="https://wells.example.org/"),
    ),
    ("places", "Share in %", "60", lambda made: made.places.update(percentage=60)),
    ("places", "Share in %", "25.5", lambda made: made.sectors.update(percentage="25.5")),
    (
        "places",
        "",
        "Health",
        lambda made: PartnershipSectorFactory(
            partnership=made, sector=DacSectorFactory(code="120", label="Health")
        ),
    ),
    ("places", "Latitude", "3.1", lambda made: made.locations.update(latitude=3.1, longitude=35)),
    (
        "commitments",
        "Description",
        "With spare parts.",
        lambda made: one(made.commitments).amend(description="With spare parts."),
    ),
    (
        "commitments",
        "Conditions",
        "If it rains.",
        lambda made: one(made.commitments).amend(conditions="If it rains."),
    ),
    (
        "commitments",
        "Stage",
        "pledge: announced, not binding yet",
        lambda made: one(made.commitments).amend(stage="pledge"),
    ),
    (
        "commitments",
        "IATI finance type",
        "grant",
        lambda made: one(made.commitments).amend(finance_type="110"),
    ),
    (
        "commitments",
        "Postponed to",
        "31 Mar 2026",
        lambda made: DueDateFactory(commitment=one(made.commitments), due_on=date(2026, 3, 31)),
    ),
    (
        "commitments",
        "Postponed to",
        "30 Sep 2025",
        lambda made: DeliverableDateFactory(deliverable=one(made.commitments).deliverables.get()),
    ),
    (
        "commitments",
        "Planned payments",
        "1 Apr 2024 to 30 Jun 2024: 30000 USD",
        lambda made: PlannedDisbursementFactory(commitment=one(made.commitments)),
    ),
    (
        "commitments",
        "Receiver",
        "Kisima",
        lambda made: one(made.commitments).amend(
            receiver=made.memberships.get(roles__contains=["lead"])
        ),
    ),
    (
        "agreements",
        "Title",
        "How we decide",
        lambda made: one(made.agreements).amend(title="How we decide"),
    ),
    ("risks", "Likelihood", "5", lambda made: one(made.risks).amend(likelihood=5)),
    ("risks", "Shares", "Kisima 60 %, Maji 40 %", share_again),
    ("risks", "Value", "2000000", lambda made: one(made.benefits).amend(value=2_000_000)),
]


@pytest.mark.parametrize(
    ("section", "label", "after", "change"), CHANGES, ids=[f"{c[0]}-{c[1]}-{c[2]}" for c in CHANGES]
)
def test_each_change_stands_in_the_difference(returned, section, label, after, change):
    before = document_of(returned)
    change(returned)

    (found,) = difference(before, document_of(returned)).items()
    assert (found[0].value, found[1][0].label) == (section, label)
    assert found[1][0].after.casefold().startswith(after.casefold())


def test_who_watches_a_risk_and_what_an_agreement_says_stay_inside(returned):
    risk, agreement = one(returned.risks), one(returned.agreements)
    watcher = MembershipFactory(partnership=returned, partner__name="Watchful", invited=True)
    risk.amend(owner=watcher)
    agreement.amend(preamble="Among ourselves.")

    text = str(document_of(returned))
    assert "Watchful" not in text
    assert "Among ourselves." not in text


def test_a_receiver_who_is_only_invited_is_not_named(returned):
    asked = MembershipFactory(partnership=returned, partner__name="Only Asked", invited=True)
    one(returned.commitments).amend(receiver=asked)
    assert "Only Asked" not in str(document_of(returned))


def registered(made):
    """As if the secretariat had registered it just now."""
    Partnership.objects.filter(pk=made.pk).update(
        status="registered", reference="P-2024-00077", registered_at=NOON
    )
    made.refresh_from_db()
    return made


def test_what_was_not_agreed_is_in_no_public_document(returned):
    submitted = document_of(returned)
    document = document_of(registered(returned))
    assert document["agreements"] == []
    assert "risks" not in document
    # Nobody took the register out: of it, the public document says nothing.
    assert not any(s.value == "risks" for s in difference(submitted, document))


def test_a_register_that_binds_is_in_the_public_document(returned):
    ledger = AgreementFactory(partnership=returned, kind="ledger", binding=True)
    document = document_of(registered(returned))
    assert [row["id"] for row in document["agreements"]] == [ledger.pk]
    assert document["agreements"][0]["sha256"] == ledger.sha256
    (risk,) = document["risks"]["risks"]
    assert (risk["description"], risk["shares"]) == ("Late works.", ["Kisima 100 %"])
    assert "owner" not in risk


def test_what_was_registered_is_compared_with_what_was_registered(returned):
    takes = returned.versions.take
    takes(returned, "submitted", by=None)
    registered(returned)
    first = takes(returned, "registered", by=None)
    returned.amend(title="Wells and pipes")
    second = takes(returned, "amended", by=None)

    member = returned.memberships.first()
    insider = UserFactory(observes=member.partner)
    assert first.before(insider) is None
    assert second.before(insider) == first
