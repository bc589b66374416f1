"""A file or grid of many units keeps to what holds for one: hands are remembered, and what was
handed over is its successor's."""

from datetime import date

import pytest

from monitoring.ingest.outcome import Consolidated
from monitoring.models import Observation, ReportingUnit, Submission
from monitoring.services.grids import save_grid
from monitoring.services.handovers import hand_over_unit
from monitoring.services.submissions import start_submission
from partnerships.models import Membership
from registry.errors import DomainError, NotAllowed
from tests.factories import (
    AffiliationFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.consolidating import Consolidating, row, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def many():
    return Consolidating()


@pytest.fixture
def reviewer(many):
    """A manager of the lead who reports for a member besides."""
    lead = many.partnership.memberships.get(roles__contains=["lead"]).partner
    user = UserFactory(manages=lead)
    AffiliationFactory(user=user, partner=many.ours.partner, role="evaluator")
    return user


def begun_by_another(many):
    return SubmissionFactory(
        unit=many.unit, period=many.first, created_by=many.by, writers=[many.by.pk]
    )


def hand_in_and_approve(many, submission, reviewer):
    submission.refresh_from_db()
    submission.submit(by=many.by)
    submission.approve(by=reviewer)


def test_whoever_wrote_into_anothers_draft_by_a_file_does_not_approve_it(many, reviewer):
    submission = begun_by_another(many)

    outcome = many.load(row(value="9"), by=reviewer)

    assert outcome.saved
    submission.refresh_from_db()
    assert set(submission.writers) == {many.by.pk, reviewer.pk}
    with pytest.raises(NotAllowed, match="wrote into it"):
        hand_in_and_approve(many, submission, reviewer)


def test_whoever_changed_nothing_had_no_hand_in_it(many, reviewer):
    submission = begun_by_another(many)
    many.load(row(value="9"))

    outcome = many.load(row(value="9"), by=reviewer)

    assert outcome.unchanged == 1
    submission.refresh_from_db()
    assert submission.writers == [many.by.pk]


def test_whoever_wrote_or_took_out_by_the_grid_does_not_approve_it(many, reviewer):
    submission = begun_by_another(many)
    many.load(row(value="9"))
    submission.refresh_from_db()
    scope = Consolidated(many.framework, many.first)
    emptied = [(many.unit.pk, many.wells.pk, None)]

    save_grid(scope, [], by=reviewer, versions={many.unit.pk: submission.version}, emptied=emptied)

    assert not Observation.objects.exists()
    submission.refresh_from_db()
    assert set(submission.writers) == {many.by.pk, reviewer.pk}


def test_who_begins_submissions_by_a_file_is_their_first_writer(many):
    many.load(row())

    assert Submission.objects.get().writers == [many.by.pk]


def test_a_unit_that_was_handed_over_takes_no_values_of_later_periods(many):
    heir = ReportingUnitFactory(membership=many.theirs, place="Machakos")
    unit = ReportingUnitFactory(membership=many.ours, place="Narok", since_on=date(2024, 1, 1))
    hand_over_unit(unit, to=heir, since_on=date(2025, 4, 1), by=many.lead)

    early = many.load(row(place="Narok", indicator="P1"))
    late = many.load(row(place="Narok", indicator="P1", period="2025 Q2"))

    assert said(early) == []
    assert said(late) == [(2, "unit", "unit_handed_over")]
    assert [s.period for s in Submission.objects.filter(unit=unit)] == [many.first]


def test_what_was_handed_over_meanwhile_is_not_begun_by_who_read_it_before(many):
    heir = ReportingUnitFactory(membership=many.theirs, place="Machakos")
    unit = ReportingUnitFactory(membership=many.ours, place="Narok", since_on=date(2024, 1, 1))
    read_before = ReportingUnit.objects.select_related("membership").get(pk=unit.pk)
    hand_over_unit(unit, to=heir, since_on=date(2025, 1, 1), by=many.lead)

    with pytest.raises(DomainError) as refusal:
        start_submission(read_before, many.first, by=many.by)

    assert refusal.value.code == "unit_handed_over"


def test_who_left_meanwhile_begins_no_data(many):
    read_before = ReportingUnit.objects.select_related("membership").get(pk=many.unit.pk)
    Membership.objects.filter(pk=many.ours.pk).update(status="left", ended_on=date(2025, 1, 31))

    with pytest.raises(DomainError) as refusal:
        start_submission(read_before, many.first, by=many.lead)

    assert refusal.value.code == "not_a_member_then"
