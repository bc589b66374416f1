"""Data handed in, what counted, and reports stand as they are, whoever writes."""

import pytest
from django.db import transaction
from django.utils import timezone

from monitoring.models import Observation, Report, Submission
from tests.factories import (
    ImportBatchFactory,
    IndicatorFactory,
    ObservationFactory,
    ReportFactory,
    SubmissionFactory,
)
from tests.monitoring.ways_to_write import (
    WAYS_IN,
    WAYS_TO_CHANGE,
    copy_in,
    into_observation,
    refused_by,
    row_of,
    sql,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    """A draft with one value in an open period."""
    return ObservationFactory().submission


@pytest.mark.parametrize("status", ["submitted", "approved", "superseded", "withdrawn"])
@pytest.mark.parametrize("way", WAYS_IN)
def test_only_an_open_submission_takes_values(draft, way, status):
    other = IndicatorFactory(result__framework=draft.period.framework)
    moment = None if status == "submitted" else timezone.now()
    Submission.objects.filter(pk=draft.pk).update(status=status, approved_at=moment)

    with refused_by("submission_locked"), transaction.atomic():
        into_observation(draft, other)[way]()


@pytest.mark.parametrize("way", WAYS_TO_CHANGE)
@pytest.mark.parametrize("approved", [True, False])
def test_a_value_handed_in_neither_changes_nor_goes(draft, way, approved):
    observation = draft.observations.get()
    moment = timezone.now() if approved else None
    status = "approved" if approved else "submitted"
    Submission.objects.filter(pk=draft.pk).update(status=status, approved_at=moment)
    observation.refresh_from_db()

    with refused_by("submission_locked"), transaction.atomic():
        WAYS_TO_CHANGE[way](observation)

    assert Observation.objects.get().value == 10


@pytest.mark.parametrize(
    "change",
    [
        {"comment": "x"},
        {"status": "draft"},
        {"status": "returned"},
        {"approved_at": None},
        {"approved_by": None},
        {"submitted_at": None},
    ],
    ids=str,
)
def test_an_approved_submission_does_not_change(change):
    submission = SubmissionFactory(approved=True)

    with refused_by("submission_approved"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**change)


def test_a_withdrawn_submission_is_not_revived():
    submission = SubmissionFactory(approved=True)
    Submission.objects.filter(pk=submission.pk).update(status="withdrawn")

    with refused_by("submission_approved"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(status="approved")


@pytest.mark.parametrize("undoing", [True, False])
def test_an_approved_submission_goes_only_with_the_import_that_is_being_undone(undoing):
    batch = ImportBatchFactory(undoing=undoing)
    submission = SubmissionFactory(import_batch=batch, approved=True)

    if undoing:
        submission.delete()
    else:
        with refused_by("submission_kept"), transaction.atomic():
            submission.delete()

    assert Submission.objects.exists() == (not undoing)


def test_a_submission_stays_with_its_unit_period_and_revision(draft):
    other = SubmissionFactory()

    for change in ({"unit": other.unit}, {"period": other.period}, {"revision": 9}):
        with refused_by("submission_stays"), transaction.atomic():
            Submission.objects.filter(pk=draft.pk).update(**change)


def test_a_value_stays_in_its_cell(draft):
    other = ObservationFactory()

    for change in (
        {"indicator": other.indicator},
        {"period": other.period},
        {"unit": other.unit},
        {"submission": other.submission},
    ):
        with refused_by("observation_stays"), transaction.atomic():
            draft.observations.update(**change)


def test_when_a_value_counted_is_not_rewritten():
    observation = ObservationFactory(approved=True)
    rows = Observation.objects.filter(pk=observation.pk)

    for change in ({"counts_from": timezone.now()}, {"counts_from": None}):
        with refused_by("observation_history"), transaction.atomic():
            rows.update(**change)
    rows.update(counts_until=timezone.now())
    for change in ({"counts_until": timezone.now()}, {"counts_until": None}):
        with refused_by("observation_history"), transaction.atomic():
            rows.update(**change)


def test_a_value_does_not_count_before_its_submission_is_approved(draft):
    now = timezone.now()
    other = IndicatorFactory(result__framework=draft.period.framework)
    row = row_of(draft, other) | {"counts_from": now.isoformat()}

    for write in (
        lambda: draft.observations.update(counts_from=now),
        lambda: sql("UPDATE monitoring_observation SET counts_from = now()"),
        lambda: copy_in("monitoring_observation", row),
    ):
        with refused_by("observation_unapproved"), transaction.atomic():
            write()

    assert not Observation.objects.counting().exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda r: Report.objects.filter(pk=r.pk).update(content={"indicators": [1]}),
        lambda r: Report.objects.filter(pk=r.pk).update(sha256="0" * 64),
        lambda r: Report.objects.filter(pk=r.pk).update(cutoff_at=timezone.now()),
        lambda r: (setattr(r, "timeliness", "up_to_date"), r.save()),
        lambda r: sql("UPDATE monitoring_report SET revision = 9 WHERE id = %s", r.pk),
        lambda r: r.delete(),
        lambda r: sql("DELETE FROM monitoring_report WHERE id = %s", r.pk),
    ],
    ids=["content", "hash", "cut-off", "save", "raw", "delete", "raw delete"],
)
def test_a_report_neither_changes_nor_goes(write):
    report = ReportFactory()

    with refused_by("report_immutable"), transaction.atomic():
        write(report)

    assert Report.objects.get().content == {"indicators": []}
