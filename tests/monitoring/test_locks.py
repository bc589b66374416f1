"""A closed period is locked whoever writes: ORM, bulk, raw SQL and COPY."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.models import Observation, Submission
from tests.factories import (
    IndicatorFactory,
    ObservationFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.monitoring.ways_to_write import (
    WAYS_IN,
    WAYS_TO_CHANGE,
    into_observation,
    refused_by,
    sql,
    unsaved,
)

pytestmark = pytest.mark.django_db
SENT = "monitoring_submission"


@pytest.fixture
def draft():
    """A draft with one value in an open period."""
    return ObservationFactory().submission


def close(submission):
    submission.period.close(by=UserFactory(admin=True))


@pytest.mark.parametrize("way", WAYS_IN)
def test_every_way_in_works_while_period_and_submission_are_open(draft, way):
    other = IndicatorFactory(result__framework=draft.period.framework)

    into_observation(draft, other)[way]()

    assert draft.observations.count() == 2


@pytest.mark.parametrize("way", WAYS_IN)
def test_a_closed_period_takes_no_value(draft, way):
    other = IndicatorFactory(result__framework=draft.period.framework)
    close(draft)

    with refused_by("period_closed"), transaction.atomic():
        into_observation(draft, other)[way]()

    assert draft.observations.count() == 1


@pytest.mark.parametrize("way", WAYS_TO_CHANGE)
def test_a_closed_period_lets_no_value_change_or_go(draft, way):
    observation = draft.observations.get()
    close(draft)

    with refused_by("period_closed"), transaction.atomic():
        WAYS_TO_CHANGE[way](observation)

    assert Observation.objects.get().value == 10


@pytest.mark.parametrize(
    "write",
    [
        lambda s: SubmissionFactory(period=s.period, unit=ReportingUnitFactory(
            membership__partnership=s.period.framework.partnership)),
        lambda s: sql(
            f"INSERT INTO {SENT} (unit_id, period_id, revision, status, comment, version, writers, "
            f"created_at, updated_at) SELECT unit_id, period_id, 2, 'withdrawn', '', 1, writers, "
            f"now(), now() FROM {SENT} WHERE id = %s",
            s.pk,
        ),
        lambda s: Submission.objects.filter(pk=s.pk).update(status="submitted"),
        lambda s: sql(f"UPDATE {SENT} SET comment = 'x' WHERE id = %s", s.pk),
        lambda s: s.delete(),
        lambda s: sql(f"DELETE FROM {SENT} WHERE id = %s", s.pk),
    ],
    ids=["insert", "raw insert", "update", "raw update", "delete", "raw delete"],
)  # fmt: skip
def test_a_closed_period_lets_no_submission_come_change_or_go(write):
    submission = SubmissionFactory()
    close(submission)

    with refused_by("period_closed"), transaction.atomic():
        write(submission)

    assert Submission.objects.get().status == "draft"


def test_a_reopened_period_takes_values_again(draft):
    other = IndicatorFactory(result__framework=draft.period.framework)
    close(draft)

    draft.period.reopen(by=UserFactory(admin=True), reason="A late correction.")
    unsaved(draft, other).save()

    assert draft.observations.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_value_written_while_its_period_is_being_closed_is_refused(draft):
    """The insert waits for the closing transaction and then sees it."""
    other = IndicatorFactory(result__framework=draft.period.framework)
    admin, outcome = UserFactory(admin=True), []

    def insert():
        try:
            unsaved(draft, other).save()
        except IntegrityError as error:
            outcome.append(str(error))
        finally:
            connection.close()

    writer = threading.Thread(target=insert)
    with transaction.atomic():
        draft.period.close(by=admin)
        writer.start()
        writer.join(timeout=0.3)
        assert writer.is_alive(), "it waits"
    writer.join(timeout=10)

    assert "is closed" in outcome[0]
    assert draft.observations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_period_waits_for_a_value_that_is_being_written(draft):
    """Closing waits until the value is committed, and then locks it in."""
    other = IndicatorFactory(result__framework=draft.period.framework)
    admin = UserFactory(admin=True)

    def shut():
        try:
            draft.period.close(by=admin)
        finally:
            connection.close()

    closer = threading.Thread(target=shut)
    with transaction.atomic():
        unsaved(draft, other).save()
        closer.start()
        closer.join(timeout=0.3)
        assert closer.is_alive(), "it waits"
    closer.join(timeout=10)

    assert draft.observations.count() == 2
    with refused_by("period_closed"), transaction.atomic():
        draft.observations.update(value=99)
