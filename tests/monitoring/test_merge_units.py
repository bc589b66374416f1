"""Reporting units and submissions of two members that turn out to be one."""

from datetime import date

import pytest

from monitoring.models import ReportingUnit, Submission
from monitoring.services.submissions import start_submission
from tests.factories import (
    CountryFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    VerificationFactory,
)
from tests.merging import merge
from tests.moves import refused

pytestmark = pytest.mark.django_db


class Two:
    """Two members of one partnership, each with a unit in the same place, and three periods."""

    def __init__(self, accumulation="flow"):
        partnership = PartnershipFactory(active=True)
        self.framework = FrameworkFactory(partnership=partnership, agreed=True)
        self.indicator = IndicatorFactory(
            result__framework=self.framework, accumulation=accumulation
        )
        self.periods = PeriodFactory.create_batch(3, framework=self.framework)
        self.gone, self.kept = (
            MembershipFactory(partnership=partnership, accepted_on=on)
            for on in (date(2024, 1, 2), date(2024, 1, 1))
        )
        self.unit, self.other = (
            ReportingUnitFactory(membership=member) for member in (self.gone, self.kept)
        )

    def send(self, unit, period, value, **state):
        return SubmissionFactory(
            unit=unit, period=self.periods[period], values={self.indicator: value}, **state
        )

    def merge(self):
        return merge(self.gone.partner, self.kept.partner)


def test_units_of_different_places_go_along():
    two = Two()
    country = CountryFactory(alpha2="PE")
    elsewhere = ReportingUnitFactory(membership=two.gone, country=country, place="Cusco")

    two.merge()

    elsewhere.refresh_from_db()
    assert (elsewhere.membership, elsewhere.merged_into) == (two.kept, None)


def test_units_of_the_same_place_are_one_line():
    two = Two()
    approved = two.send(two.unit, 0, 10, approved=True)

    two.merge()

    two.unit.refresh_from_db()
    approved.refresh_from_db()
    assert (two.unit.membership, two.unit.merged_into) == (two.kept, two.other)
    assert (approved.unit, approved.status) == (two.unit, "approved")
    assert list(ReportingUnit.objects.standing().filter(membership=two.kept)) == [two.other]


def test_a_verification_keeps_the_member_for_which_it_was_given():
    two = Two()
    gone = two.unit.membership
    made = VerificationFactory(
        observation=two.send(two.unit, 0, 10, approved=True).observations.get(), membership=gone
    )

    two.merge()

    made.refresh_from_db()
    assert made.membership == gone


@pytest.mark.parametrize("state", ["draft", "submitted", "approved"])
def test_two_submissions_of_one_unit_and_period_are_settled_first(state):
    two = Two()
    mine = two.send(two.unit, 0, 10, **({"approved": True} if state == "approved" else {}))
    yours = two.send(two.other, 0, 12, approved=True)
    if state == "submitted":
        mine.change(status="submitted", submitted_by=UserFactory(), submitted_at=mine.created_at)

    with refused("merge_refused") as refusal:
        two.merge()

    (reason,) = refusal.value.extra["settle"]
    assert reason["code"] == "two_submissions"
    assert reason["submissions"] == sorted([mine.pk, yours.pk])
    assert reason["period"] == two.periods[0].pk

    mine.refresh_from_db()
    mine.withdraw(by=UserFactory(admin=True), reason="Sent twice.")
    two.merge()


def test_two_running_totals_are_settled_first():
    two = Two(accumulation="cumulative")
    two.send(two.unit, 0, 10, approved=True)
    two.send(two.other, 1, 12, approved=True)

    with refused("merge_refused") as refusal:
        two.merge()

    (reason,) = refusal.value.extra["settle"]
    assert reason["code"] == "two_running_totals"
    assert reason["indicator"] == two.indicator.pk


def test_an_open_submission_goes_along_and_is_handed_in_and_approved():
    two = Two()
    draft = two.send(two.unit, 1, 11)
    two.merge()
    sender = UserFactory(manages=two.kept.partner)
    draft = Submission.objects.get(pk=draft.pk)

    draft.submit(by=sender)
    draft.approve(by=UserFactory(admin=True))

    assert Submission.objects.get(pk=draft.pk).status == "approved"


def test_nobody_reports_twice_for_the_one_unit():
    two = Two()
    first = two.send(two.unit, 0, 10, approved=True)
    two.merge()
    admin = UserFactory(admin=True)

    with refused("submission_exists") as refusal:
        start_submission(two.other, two.periods[0], by=admin)
    assert refusal.value.extra == {"submission": first.pk}
    with refused("unit_merged"):
        start_submission(ReportingUnit.objects.get(pk=two.unit.pk), two.periods[1], by=admin)

    assert start_submission(two.other, two.periods[1], by=admin).unit == two.other


def test_a_closed_period_does_not_stand_in_the_way():
    two = Two()
    two.send(two.unit, 0, 10, approved=True)
    period = two.periods[0]
    period.change(status="closed", closed_at=period.created_at)

    two.merge()

    two.unit.refresh_from_db()
    assert two.unit.merged_into == two.other


def test_what_was_sent_for_others_stays_as_sent_and_open_work_goes_along():
    two = Two()
    third = MembershipFactory(partnership=two.framework.partnership)
    unit = ReportingUnitFactory(membership=third)
    sent = two.send(unit, 0, 10, approved=True, sent_for=two.gone)
    draft = two.send(unit, 1, 11, sent_for=two.gone)

    two.merge()

    sent.refresh_from_db()
    draft.refresh_from_db()
    assert (sent.sent_for, draft.sent_for) == (two.gone, two.kept)
    assert sent.sent_for.now() == two.kept


def test_a_chain_of_merges_is_one_line():
    two = Two()
    oldest = MembershipFactory(partnership=two.framework.partnership, accepted_on=date(2023, 6, 1))
    head = ReportingUnitFactory(membership=oldest)
    two.merge()

    merge(PartnerFactory._meta.model.objects.get(pk=two.kept.partner_id), oldest.partner)

    for unit in (two.unit, two.other):
        unit.refresh_from_db()
        assert (unit.membership, unit.merged_into) == (oldest, head)
