"""The scorecard of a report says what changed since the previous one, and reads a few times."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import ReportRun
from monitoring.reports import accountability, runs
from monitoring.reports.accountability import MEASURES
from monitoring.reports.accountability.card import _compare
from monitoring.reports.documents.parts import Paragraph
from monitoring.reports.documents.scorecard import section
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import canonical
from registry.models import Event
from tests.factories import (
    EvidenceFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    ReportRunFactory,
    SubmissionFactory,
)
from tests.factories.monitoring import approve
from tests.monitoring.reported import end
from tests.monitoring.scored import CUTOFF, ON, SHEET, subject_of

pytestmark = pytest.mark.django_db


class Scene:
    """Two quarters; both indicators have data in the first, one of them in the second."""

    def __init__(self):
        unit = ReportingUnitFactory()
        self.framework = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
        full, second = IndicatorFactory.create_batch(2, result__framework=self.framework, **SHEET)
        for one in (full, second):
            PeriodTargetFactory(indicator=one)
        self.q = [PeriodFactory(framework=self.framework) for _ in range(3)]
        SubmissionFactory(unit=unit, period=self.q[0], values={full: 3, second: 3}, approved=True)
        SubmissionFactory(unit=unit, period=self.q[1], values={full: 3}, approved=True)

    def cutoff(self, quarter, days=1):
        due_on = self.q[quarter].due_on + timedelta(days=days)
        return datetime.combine(due_on, time(12), UTC)

    def run(self, quarter, **fields):
        fields.setdefault("cutoff_at", self.cutoff(quarter))
        return ReportRunFactory(period=self.q[quarter], **fields)

    def public(self, quarter, at=None, **fields):
        """Its report, computed and published; at its own cut-off unless a moment is named."""
        run = self.run(quarter, **fields)
        made = runs.compute(run)
        made.change(status="in_review")
        made.change(status="published", published_at=at or run.cutoff_at)
        return made

    def card(self, quarter):
        period = self.q[quarter]
        content = partnership_report(
            period, reference_on=period.ends_on, cutoff_at=self.cutoff(quarter)
        )
        return content["scorecard"]


@pytest.fixture
def scene():
    return Scene()


def measure_of(card, code):
    return next(one for one in card["measures"] if one["code"] == code)


def test_the_first_report_has_no_previous_one(scene):
    card = runs.compute(scene.run(0)).content["scorecard"]

    assert card["previous"] is None
    assert {one["change"]["how"] for one in card["measures"]} == {"first"}
    assert card["change"]["how"] == "first"


def test_says_of_each_measure_what_it_was(scene):
    scene.public(0)

    card = runs.compute(scene.run(1)).content["scorecard"]

    assert card["previous"]["label"] == scene.q[0].label
    # A2: first quarter 2 of 2; second quarter 1 of 2
    assert measure_of(card, "A2")["change"] == {
        "how": "down",
        "was": "1",
        "was_state": "measured",
        "by": "-0.5",
    }
    assert measure_of(card, "A6")["change"]["how"] == "same"
    group = card["groups"]["A"]
    before = Decimal(group["change"]["was"])
    assert Decimal(group["low"]) - before == pytest.approx(Decimal(group["change"]["by"]))


def test_a_measure_that_the_previous_report_did_not_have_is_new(scene, monkeypatch):
    monkeypatch.setattr(accountability, "MEASURES", [m for m in MEASURES if m.code != "A6"])
    scene.public(0)
    monkeypatch.undo()

    card = runs.compute(scene.run(1)).content["scorecard"]

    assert measure_of(card, "A6")["change"]["how"] == "new"


def test_the_revision_that_was_public_at_the_cutoff_is_the_previous_one(scene):
    first = scene.public(0)
    second = scene.public(0, revision=2, cutoff_at=scene.cutoff(0, days=2))
    end(first, "superseded", scene.cutoff(0, days=2))
    scene.public(0, revision=3, cutoff_at=scene.cutoff(1), at=scene.cutoff(1, days=2))
    end(second, "superseded", scene.cutoff(1, days=2))

    assert scene.card(1)["previous"]["revision"] == 2


@pytest.mark.parametrize("status", ["in_reply", "in_review", "withdrawn"])
def test_a_report_that_was_never_public_is_not_told(scene, status):
    made = runs.compute(scene.run(0))
    made.change(status=status, embargo_until=scene.cutoff(2))

    card = scene.card(1)

    assert card["previous"] is None
    assert {one["change"]["how"] for one in card["measures"]} == {"first"}


def test_what_is_published_after_the_cutoff_changes_nothing(scene):
    scene.public(0, at=scene.cutoff(1, days=2))

    assert scene.card(1)["previous"] is None


def test_what_is_withdrawn_after_the_cutoff_changes_nothing(scene):
    late = scene.public(0)
    before = scene.card(1)
    end(late, "withdrawn", scene.cutoff(1, days=2))
    assert scene.card(1) == before
    assert before["previous"]["revision"] == 1

    Event.objects.filter(became="withdrawn").update(at=scene.cutoff(1))
    assert scene.card(1)["previous"] is None


def test_is_the_same_whichever_report_a_worker_finishes_first(scene):
    first, second = scene.run(0), scene.run(1)

    early = canonical(runs.compute(second).content)  # the first one is not there yet
    runs.compute(first)

    period = scene.q[1]
    again = partnership_report(period, reference_on=period.ends_on, cutoff_at=second.cutoff_at)
    assert canonical(again) == early


def test_the_document_says_since_when_and_what_lay_with_reviewers(scene):
    scene.public(0)
    sent = SubmissionFactory(period=scene.q[1], unit=ReportingUnitFactory())
    Event.log(sent, "submitted", became="submitted", at=scene.cutoff(1) - timedelta(days=9))

    content = runs.compute(scene.run(1)).content
    said = [part.text for part in section(content, "").blocks if isinstance(part, Paragraph)]

    assert said[1] == "Changes are since the report for 2024 Q1, as of 1 May 2024."
    assert said[2].startswith("At the cut-off 1 submission waited for a reviewer, the longest for")
    assert "9 days" in said[2]


@pytest.mark.parametrize("status", ["failed", "running"])
def test_what_became_of_a_run_without_a_public_report_changes_nothing(scene, status):
    run = scene.run(0)
    before = scene.card(1)
    ReportRun.objects.filter(pk=run.pk).update(status=status)
    assert scene.card(1) == before
    assert before["previous"] is None


def test_a_score_that_rises_by_recording_less_is_compared_by_its_low_end():
    """Before: A1 1, A6 0.1: low and high 0.55. Now A6 has no data: low 0.5, high 1."""
    group = {"measured": 2, "applicable": 2, "low": "0.55", "high": "0.55"}
    measures = [
        {"code": "A1", "group": "A", "state": "measured", "value": "1"},
        {"code": "A6", "group": "A", "state": "measured", "value": "0.1"},
    ]
    before = {"groups": {"A": group}, "measures": measures, "low": "0.55", "total": "0.55"}
    now = {
        "groups": {"A": {"measured": 1, "applicable": 2, "low": "0.5", "high": "1"}},
        "measures": [measures[0], {**measures[1], "state": "no_data", "value": None}],
        "low": "0.5",
        "total": "1",
    }

    _compare(now, {"revision": 1}, before)

    assert (now["change"]["how"], now["change"]["by"]) == ("down", Decimal("-0.05"))
    assert now["groups"]["A"]["change"]["how"] == "down"
    assert now["groups"]["A"]["change"]["same_measures"] is True


def many(indicators, members):
    """A partnership with so many indicators and members, all with values and evidence."""
    unit = ReportingUnitFactory(membership__partner__kind="msme", membership__partner__size="small")
    partnership = unit.membership.partnership
    units = [unit]
    for _ in range(members - 1):
        member = MembershipFactory(
            partnership=partnership, partner__kind="msme", partner__size="small"
        )
        units.append(ReportingUnitFactory(membership=member))
    framework = FrameworkFactory(partnership=partnership, agreed=True, levels=["national"])
    of = IndicatorFactory.create_batch(
        indicators, result__framework=framework, counts_people="contacts", **SHEET
    )
    period = PeriodFactory(framework=framework, starts_on=date(2025, 10, 1), ends_on=ON)
    for one in units:
        sent = SubmissionFactory(unit=one, period=period, values=dict.fromkeys(of, 3))
        EvidenceFactory(submission=sent, created_at=CUTOFF - timedelta(days=30))
        approve(sent, CUTOFF - timedelta(days=20))
    return partnership, framework


def counts(size):
    """Queries of each measure, in their order: what several share is read by the first."""
    subject = subject_of(*many(*size))
    counted = {}
    for measure in MEASURES:
        with CaptureQueriesContext(connection) as queries:
            measure.compute(subject)
        counted[measure.code] = len(queries)
    return counted


def test_no_measure_reads_more_with_more_members_and_indicators():
    small, large = counts((2, 2)), counts((12, 8))

    assert small == large
    assert max(large.values()) <= 8
    # A1: members, merges since, frameworks, endorsements. A2: submissions, their events.
    # A3: values, evidence, its decisions. A4: nothing more. A5: indicators, unsafe breakdowns.
    # A6: nothing more. A7: periods, and reports where one is due. A8: what there is at all,
    # statement, version, results. A9: nothing more. B1: decisions on bases, values of private
    # members. B2: decisions on bases.
    known = {"A1": 4, "A2": 2, "A3": 3, "A4": 0, "A5": 2, "A6": 0, "A7": 1, "A8": 4, "A9": 0,
             "B1": 2, "B2": 1}  # fmt: skip
    assert {code: large[code] for code in known} == known
