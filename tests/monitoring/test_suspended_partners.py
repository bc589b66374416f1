"""While a partner is suspended nobody acts for it; an admin still may."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.models import Submission
from monitoring.services.frameworks import create_framework
from monitoring.services.periods import add_reporting_unit
from monitoring.services.submissions import (
    correct_submission,
    record_observations,
    start_submission,
)
from partnerships.models import Partnership
from partnerships.services.commitments import add_commitment
from partnerships.services.deliveries import record_delivery
from partnerships.services.members import invite
from partnerships.services.partnerships import edit_partnership
from registry.errors import NotAllowed
from tests.factories import (
    AgreementFactory,
    CommitmentFactory,
    DeliveryFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db
PROMISE = {"title": "Pumps", "kind": "policy", "due_on": date(2025, 1, 31)}


def suspend(partner):
    partner.suspend(by=UserFactory(admin=True), reason="Fraud.")


@pytest.fixture
def membership():
    """Of a partner, suspended at the end of the set-up by the tests themselves."""
    return MembershipFactory(partnership=PartnershipFactory(active=True))


def test_a_suspended_lead_edits_nothing_until_it_is_verified_again():
    partnership = PartnershipFactory()
    lead = partnership.memberships.get().partner
    manager = UserFactory(manages=lead)
    suspend(lead)
    days = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}

    for forbidden in (
        lambda: edit_partnership(partnership, by=manager, title="Mine"),
        lambda: invite(partnership, partner=PartnerFactory(), roles=["funding"], by=manager),
        lambda: create_framework(partnership, by=manager, title="Ours", **days),
        lambda: partnership.submit(by=manager),
    ):
        with refused("lead_only", NotAllowed):
            forbidden()
    edit_partnership(partnership, by=UserFactory(admin=True), title="The registry's")
    lead.reinstate(by=UserFactory(admin=True), reason="Settled.")
    edit_partnership(partnership, by=manager, title="Ours again")

    assert Partnership.objects.get().title == "Ours again"


def test_a_suspended_member_joins_promises_delivers_and_endorses_nothing(membership):
    partnership, manager = membership.partnership, UserFactory(manages=membership.partner)
    invitation = MembershipFactory(
        partnership=PartnershipFactory(active=True), partner=membership.partner, invited=True
    )
    promise = CommitmentFactory(membership=membership, partnership=partnership)
    agreement = AgreementFactory(partnership=partnership, proposed=True)
    suspend(membership.partner)

    for forbidden in (
        lambda: invitation.accept(by=manager),
        lambda: add_commitment(partnership, membership=membership, by=manager, **PROMISE),
        lambda: promise.postpone(date(2026, 6, 30), by=manager, reason="Customs."),
        lambda: record_delivery(
            promise, by=manager, delivered_on=date(2024, 6, 1), amount=Decimal(1)
        ),
        lambda: agreement.endorse(membership, by=manager),
    ):
        with refused("partner_not_verified", NotAllowed):
            forbidden()

    invitation.decline(by=manager)
    assert not agreement.endorsements.exists()


def test_a_suspended_receiver_confirms_nothing(membership):
    promise = CommitmentFactory(
        partnership=membership.partnership,
        receiver=membership,
        membership=MembershipFactory(partnership=membership.partnership),
    )
    delivery, manager = DeliveryFactory(commitment=promise), UserFactory(manages=membership.partner)
    suspend(membership.partner)

    with refused("receiver_only", NotAllowed):
        delivery.confirm(by=manager)


def test_a_suspended_members_people_send_no_data(membership):
    unit = ReportingUnitFactory(membership=membership)
    first = PeriodFactory(framework__partnership=membership.partnership)
    second = PeriodFactory(framework=first.framework)
    draft = SubmissionFactory(unit=unit, period=first)
    indicator = IndicatorFactory(result__framework=first.framework)
    manager = UserFactory(manages=membership.partner)
    suspend(membership.partner)

    for forbidden in (
        lambda: start_submission(unit, second, by=manager),
        lambda: start_submission(unit, second, by=manager, sent_for=membership),
        lambda: record_observations(draft, [{"indicator": indicator.pk, "value": 5}], by=manager),
    ):
        with refused("unit_only", NotAllowed):
            forbidden()
    with refused("lead_only", NotAllowed):
        add_reporting_unit(membership, by=manager, place="Kisumu")

    assert Submission.objects.count() == 1


def left(membership, on):
    membership.change(status="left", ended_on=on)
    return UserFactory(evaluates=membership.partner)


def test_data_is_of_periods_that_end_before_the_member_has_left(membership):
    unit = ReportingUnitFactory(membership=membership)
    first = PeriodFactory(framework__partnership=membership.partnership)  # to 31 March 2024
    second = PeriodFactory(framework=first.framework)
    by = left(membership, date(2024, 3, 31))

    assert start_submission(unit, first, by=by).status == "draft"
    with refused("not_a_member_then"):
        start_submission(unit, second, by=by)


def test_nor_is_data_of_later_periods_corrected(membership):
    unit = ReportingUnitFactory(membership=membership)
    period = PeriodFactory(framework__partnership=membership.partnership)
    approved = SubmissionFactory(
        unit=unit,
        period=period,
        values={IndicatorFactory(result__framework=period.framework): 5},
        approved=True,
    )
    by = left(membership, date(2024, 3, 30))

    with refused("not_a_member_then"):
        correct_submission(approved, by=by)

    assert Submission.objects.count() == 1


def test_a_suspended_member_does_not_go_on_with_what_it_began_for_others(membership):
    other = MembershipFactory(partnership=membership.partnership)
    unit = ReportingUnitFactory(membership=other)
    begun = SubmissionFactory(unit=unit, sent_for=membership)
    evaluator = UserFactory(evaluates=membership.partner)
    assert Submission.objects.editable_by(evaluator).contains(begun)

    suspend(membership.partner)

    assert not Submission.objects.editable_by(evaluator).exists()
