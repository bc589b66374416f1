"""A report is a snapshot: the same for the same two dates, computed once, never changed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from monitoring import tasks
from monitoring.models import Report, ReportRun
from monitoring.reports import runs
from monitoring.reports.accountability import MEASURES
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import canonical
from monitoring.services.reports import request_report
from monitoring.services.submissions import correct_submission, record_observations
from registry.errors import DomainError, NotAllowed
from registry.models import LostLease
from tests.factories import (
    AffiliationFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PeriodFactory,
    PeriodTargetFactory,
    ReportingUnitFactory,
    ReportRunFactory,
    SubmissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CUTOFF = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.fixture
def subject():
    """A period with one approved value, its unit and its indicator."""
    unit = ReportingUnitFactory()
    partnership = unit.membership.partnership
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    indicator = IndicatorFactory(result__framework=framework, cumulative=True, baseline_value=0)
    PeriodTargetFactory(indicator=indicator, value=Decimal(40))
    period = PeriodFactory(framework=framework)
    submission = SubmissionFactory(
        unit=unit, period=period, values={indicator: Decimal("12.5")}, approved=True
    )
    return submission


def report_of(period, cutoff_at=CUTOFF):
    return partnership_report(period, reference_on=period.ends_on, cutoff_at=cutoff_at)


def run_for(period):
    return ReportRunFactory(period=period, cutoff_at=CUTOFF)


def test_holds_figures_lights_and_scorecard(subject):
    report = runs.compute(run_for(subject.period))

    (indicator,) = report.content["indicators"]
    assert indicator["to_date"]["value"] == "12.5"
    assert indicator["toward_end"]["value"] == "0.3125"
    assert report.content["lights"]["achievement"]["colour"] == report.achievement
    codes = [measure["code"] for measure in report.content["scorecard"]["measures"]]
    assert codes == [measure.code for measure in MEASURES]
    assert codes[:11] == [*(f"A{n}" for n in range(1, 10)), "B1", "B2"]


def test_hash_is_sha256_over_canonical_json_and_survives_storage(subject):
    report = runs.compute(run_for(subject.period))
    report.refresh_from_db()

    text = json.dumps(report.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert report.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_computing_again_after_later_data_gives_the_same_content(subject):
    before = canonical(report_of(subject.period))
    evaluator, reviewer = UserFactory(), UserFactory(is_staff=True)
    AffiliationFactory(user=evaluator, partner=subject.unit.membership.partner, role="evaluator")
    correction = correct_submission(subject, by=evaluator)
    (indicator,) = {o.indicator_id for o in subject.observations.all()}
    record_observations(correction, [{"indicator": indicator, "value": "99"}], by=evaluator)
    correction.submit(by=evaluator)
    correction.approve(by=reviewer)
    MembershipFactory(partnership=subject.unit.membership.partnership, created_at=datetime.now(UTC))
    SubmissionFactory(
        unit=subject.unit,
        period=PeriodFactory(framework=subject.period.framework),
        values={subject.observations.get().indicator: Decimal(70)},
        approved__at=datetime.now(UTC),
    )

    assert canonical(report_of(subject.period)) == before
    assert canonical(report_of(subject.period, datetime.now(UTC))) != before


def test_what_a_reviewer_returned_after_the_cutoff_still_waited_at_it(subject):
    """The rows of a returned submission change; what was handed in is read from its event."""
    framework, partner = subject.period.framework, subject.unit.membership.partner
    evaluator, reviewer = UserFactory(), UserFactory(is_staff=True)
    AffiliationFactory(user=evaluator, partner=partner, role="evaluator")
    submission = SubmissionFactory(
        unit=subject.unit,
        period=PeriodFactory(framework=framework),
        values={subject.observations.get().indicator: Decimal(3)},
    )
    submission.submit(by=evaluator)
    cutoff = datetime.now(UTC)
    before = canonical(report_of(submission.period, cutoff))

    submission.send_back(by=reviewer, reason="Which wells?")
    submission.observations.all().delete()

    assert canonical(report_of(submission.period, cutoff)) == before


def test_cannot_be_changed_or_deleted_whoever_writes(subject):
    report = runs.compute(run_for(subject.period))

    with pytest.raises(IntegrityError, match="snapshot"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(content={})
    with pytest.raises(IntegrityError, match="snapshot"), transaction.atomic():
        connection.cursor().execute("DELETE FROM monitoring_report WHERE id = %s", [report.pk])


def test_one_run_whoever_asks_and_however_often(subject, django_capture_on_commit_callbacks):
    first = request_report(
        subject.period.framework.partnership, subject.period, by=UserFactory(is_staff=True)
    )
    again = request_report(
        subject.period.framework.partnership, subject.period, by=UserFactory(is_staff=True)
    )

    assert first.pk == again.pk
    assert ReportRun.objects.count() == 1


def test_next_revision_is_computed_anew(subject):
    admin = UserFactory(is_staff=True)
    partnership = subject.period.framework.partnership
    request_report(partnership, subject.period, by=admin)

    second = request_report(partnership, subject.period, by=admin, revision=2)

    assert second.revision == 2
    assert request_report(partnership, subject.period, by=admin).pk == second.pk


def test_asking_commits_the_run_and_gives_the_hint_afterwards(
    subject, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        run = request_report(
            subject.period.framework.partnership, subject.period, by=UserFactory(is_staff=True)
        )
        assert run.status == "queued"

    run.refresh_from_db()
    assert (run.status, run.report.revision) == ("ready", 1)


def test_strangers_cannot_ask(subject):
    stranger = AffiliationFactory(role="manager").user

    with pytest.raises(NotAllowed):
        request_report(subject.period.framework.partnership, subject.period, by=stranger)


def test_a_period_that_has_not_ended_has_no_report(subject):
    with time_machine.travel("2024-03-31"), pytest.raises(DomainError, match="is not over"):
        request_report(
            subject.period.framework.partnership, subject.period, by=UserFactory(is_staff=True)
        )


def test_a_run_is_done_once_although_its_hint_comes_twice(subject):
    run = run_for(subject.period)
    tasks.compute_report(run.pk)
    tasks.compute_report(run.pk)

    run.refresh_from_db()
    assert (run.status, run.attempts, Report.objects.count()) == ("ready", 1, 1)


def test_a_worker_that_lost_its_lease_cannot_store(subject, monkeypatch):
    run = run_for(subject.period)

    def overtaken(*args, **kwargs):
        ReportRun.objects.update(fence=99)  # another worker has claimed it meanwhile
        return report_of(subject.period)

    monkeypatch.setattr(runs, "build", overtaken)
    with pytest.raises(LostLease):
        runs.compute(run)

    assert not Report.objects.exists()


def test_a_poison_run_ends_as_failed_with_its_reason(subject, monkeypatch):
    run = run_for(subject.period)
    monkeypatch.setattr(runs, "build", lambda *a, **k: 1 / 0)
    for _ in range(8):
        ReportRun.objects.filter(status="queued").update(
            queued_at=datetime.now(UTC) - timedelta(hours=1)
        )
        for key in ReportRun.objects.hint_again(30):
            with pytest.raises(ZeroDivisionError):
                tasks.compute_report(key)

    run.refresh_from_db()
    assert (run.status, run.attempts) == ("failed", 5)
    assert "ZeroDivisionError" in run.error


def test_the_nightly_job_opens_periods_and_asks_for_what_is_past_due(
    subject, django_capture_on_commit_callbacks
):
    with time_machine.travel("2024-08-15"), django_capture_on_commit_callbacks(execute=True):
        assert tasks.request_due_reports() == 2  # Q1 and Q2; Q3 has begun
        assert tasks.request_due_reports() == 0

    assert subject.period.framework.periods.count() == 3
    assert ReportRun.objects.filter(status="ready").count() == 2
