"""A7 against arithmetic done by hand, in the comments."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from monitoring.models import ReportRun
from registry.models import Event
from tests.factories import (
    FrameworkFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportFactory,
    ReportRunFactory,
)
from tests.monitoring.scored import CUTOFF, NOON, ON, outcome_of, subject_of

pytestmark = pytest.mark.django_db


class Scene:
    """A framework agreed in January 2024, with eight quarters: seven are 90 days over."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.q = [PeriodFactory(framework=self.framework) for _ in range(8)]

    def report(self, quarter, moves, **fields):
        """A report with its moves, by days after the quarter's end (at noon)."""
        period = self.q[quarter]
        made = ReportFactory(period=period, **{"created_at": NOON, **fields})
        for days, became in moves:
            at = datetime.combine(period.ends_on, time(12), UTC) + timedelta(days=days)
            Event.log(made, became, became=became, at=at)
        return made

    def outcome(self, **dates):
        return outcome_of("A7", subject_of(self.partnership, self.framework, **dates))


@pytest.fixture
def scene():
    return Scene()


def test_days_in_review_are_not_counted_and_what_waits_in_time_is_left_out(scene):
    scene.report(0, [(30, "draft"), (90, "published")])  # 90 days: kept
    scene.report(1, [(30, "draft"), (91, "published")])  # 91 days: missed
    scene.report(2, [(60, "in_review"), (130, "published")])  # 130 - 70 in review = 60: kept
    scene.report(3, [(95, "in_review"), (100, "published")])  # 100 - 5 = 95: missed
    waiting = scene.report(4, [(80, "in_review")])  # still there, came in time: left out
    scene.report(5, [(100, "in_review")])  # still there, came too late: missed
    # The seventh has no report at all: missed. The eighth ends on 31 December: not due yet.

    outcome = scene.outcome()

    assert (outcome.numerator, outcome.denominator) == (2, 6)
    assert outcome.beside["left_out"] == [{"report": waiting.pk, "reason": "in review"}]
    assert outcome.beside["waiting_for_reviewer"] == 1
    # 70 + 5; from day 80 after 31 March 2025 (19 June, noon) to 31 January: 225 days;
    # from day 100 after 30 June 2025 (8 October, noon): 114 days
    assert outcome.beside["review_days"] == 70 + 5 + 225 + 114


def asked(period, days, *, revision=1, report=None, status="failed"):
    """A run asked for some days after the period's end, at noon."""
    at = datetime.combine(period.ends_on, time(12), UTC) + timedelta(days=days)
    run = ReportRunFactory(period=period, revision=revision, cutoff_at=at)
    ReportRun.objects.filter(pk=run.pk).update(status="ready" if report else status, report=report)


def test_a_report_that_the_registry_did_not_compute_is_left_out(scene):
    asked(scene.q[0], 31)
    asked(scene.q[1], 31, status="queued")
    asked(scene.q[2], 100)  # asked for when the 90 days were over
    computed_at = datetime.combine(scene.q[3].ends_on, time(12), UTC) + timedelta(days=130)
    moves = [(130, "draft"), (150, "published")]
    late = scene.report(3, moves, created_at=computed_at)
    asked(scene.q[3], 31, report=late)

    outcome = scene.outcome()

    # Left out: the first two. Missed: the third, and the fifth to seventh without any. The fourth
    # lay 99 days with the registry: public after 150 - 99 = 51 days of the partnership's own.
    assert (outcome.numerator, outcome.denominator) == (1, 5)
    reason = {"reason": "not computed yet"}
    assert outcome.beside["left_out"] == [
        {"period": scene.q[0].pk, **reason},
        {"period": scene.q[1].pk, **reason},
    ]
    assert outcome.beside["waiting_for_reviewer"] == 0


def test_what_becomes_of_a_run_after_the_cutoff_changes_nothing(scene):
    asked(scene.q[0], 31)
    before = scene.outcome()
    at = CUTOFF + timedelta(days=1)
    made = ReportFactory(period=scene.q[0], created_at=at)
    Event.log(made, "published", became="published", at=at)
    ReportRun.objects.update(status="ready", report=made)

    assert scene.outcome() == before


def test_the_review_of_every_revision_is_the_registrys_own(scene):
    first = [(40, "in_review"), (100, "withdrawn")]  # 60 days
    second = [(100, "draft"), (110, "in_review"), (140, "published")]  # 30 days
    scene.report(0, first)
    scene.report(0, second, revision=2)

    outcome = scene.outcome()

    assert outcome.numerator == 1  # 140 - 60 - 30 = 50 days
    assert outcome.beside["review_days"] == 90


def test_a_revision_after_one_that_lay_in_review_has_its_days_still(scene):
    """At the cut-off 123 days after the third quarter of 2025, of which 60 in review."""
    scene.report(6, [(30, "in_review"), (90, "withdrawn")])
    second = scene.report(6, [(90, "in_reply")], revision=2)

    outcome = scene.outcome()

    assert outcome.denominator == 6
    assert outcome.beside["left_out"] == [
        {
            "report": second.pk,
            "reason": "its 90 days are not over without the registry's own time",
        }
    ]


def test_the_first_revision_that_stands_decides(scene):
    scene.report(0, [(40, "published"), (120, "superseded")])
    scene.report(0, [(120, "published")], revision=2)
    scene.report(1, [(40, "published"), (50, "withdrawn")])
    scene.report(1, [(95, "published")], revision=2)

    assert scene.outcome().numerator == 1  # the first quarter was public after 40 days


def test_moves_after_the_cutoff_change_nothing(scene):
    scene.report(0, [(40, "published")])
    before = scene.outcome()
    late = ReportFactory(period=scene.q[1], created_at=CUTOFF + timedelta(days=1))
    Event.log(late, "published", became="published", at=CUTOFF + timedelta(days=1))
    (first,) = scene.q[0].reports.all()
    Event.log(first, "withdrawn", became="withdrawn", at=CUTOFF + timedelta(days=1))

    assert scene.outcome() == before
    assert (before.numerator, before.denominator) == (1, 7)


def test_periods_before_the_agreement_were_not_due(scene):
    scene.framework.change(agreed_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert scene.outcome().denominator == 3  # those that end from March to September 2025


def test_nothing_due_is_not_applicable(scene):
    early = scene.outcome(on=date(2024, 3, 31), cutoff_at=datetime(2024, 5, 1, tzinfo=UTC))
    assert early.state == "not_applicable"
    scene.partnership.registered_at = None
    assert scene.outcome(on=ON).state == "not_applicable"
