"""Jobs: one worker at a time, nothing lost, no endless loop. Time moves by SQL, not by waiting."""

import pytest
from django.db import connection

from registry.models import ImportBatch, LostLease
from registry.models.jobs import MAX_ATTEMPTS
from tests.factories import ImportBatchFactory
from tests.moves import race, read_twice

pytestmark = pytest.mark.django_db


def let_pass(seconds):
    """Push the moments of all jobs into the past, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_importbatch SET queued_at = queued_at - make_interval(secs => %(s)s), "
            "lease_until = lease_until - make_interval(secs => %(s)s)",
            {"s": seconds},
        )


@pytest.mark.django_db(transaction=True)
def test_of_ten_workers_exactly_one_claims_it():
    batch = ImportBatchFactory()
    copies = [ImportBatch.objects.get(pk=batch.pk) for _ in range(10)]

    outcomes = race(*[copy.claim for copy in copies])

    assert sorted(outcomes) == [False] * 9 + [True]
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert (stored.status, stored.fence, stored.attempts) == ("running", 1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_ten_workers_exactly_one_takes_over_an_orphan():
    batch = ImportBatchFactory()
    batch.claim()
    let_pass(60)

    outcomes = race(*[ImportBatch.objects.get(pk=batch.pk).claim for _ in range(10)])

    assert sorted(outcomes) == [False] * 9 + [True]
    assert ImportBatch.objects.get(pk=batch.pk).fence == 2


def test_a_held_job_is_not_claimed_until_its_lease_has_run_out():
    batch = ImportBatchFactory()
    first, second = read_twice(batch)
    assert first.claim()

    assert not second.claim()
    let_pass(60)
    assert second.claim()


def test_a_heartbeat_prolongs_the_lease_and_notes_the_progress():
    batch = ImportBatchFactory()
    batch.claim()
    let_pass(15)

    assert batch.heartbeat(progress_done=7)
    let_pass(15)

    other = ImportBatch.objects.get(pk=batch.pk)
    assert not other.claim()
    assert other.progress_done == 7


def test_a_worker_that_lost_its_lease_neither_beats_nor_finishes_nor_fails_the_job():
    lost, taken_over = read_twice(ImportBatchFactory())
    lost.claim()
    let_pass(60)
    taken_over.claim()

    assert not lost.heartbeat()
    with pytest.raises(LostLease) as refusal:
        lost.finish(counts={"stored": 1})
    lost.fail("too late", retry=False)

    assert refusal.value.code == "lost_lease"
    stored = ImportBatch.objects.get(pk=lost.pk)
    assert (stored.status, stored.counts, stored.error) == ("running", {}, "")
    taken_over.finish(counts={"stored": 2})
    assert ImportBatch.objects.get(pk=lost.pk).counts == {"stored": 2}


def test_a_job_is_finished_once():
    batch = ImportBatchFactory()
    batch.claim()

    batch.finish()

    with pytest.raises(LostLease):
        batch.finish()
    assert not batch.claim()
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert stored.status == "ready"
    assert stored.finished_at >= stored.started_at


def test_nobody_finishes_a_job_that_was_not_claimed():
    with pytest.raises(LostLease):
        ImportBatchFactory().finish()


def test_a_failure_that_may_pass_is_queued_again_a_bounded_number_of_times():
    batch = ImportBatchFactory()

    states = []
    for _ in range(MAX_ATTEMPTS):
        assert batch.claim()
        batch.fail("the disk is full", retry=True)
        states.append(ImportBatch.objects.get(pk=batch.pk).status)

    assert states == ["queued"] * (MAX_ATTEMPTS - 1) + ["failed"]
    assert not batch.claim()
    stored = ImportBatch.objects.get(pk=batch.pk)
    assert stored.error == "the disk is full"
    assert stored.finished_at is not None


def test_a_failure_for_good_is_not_tried_again():
    batch = ImportBatchFactory()
    batch.claim()

    batch.fail("not XML", retry=False)

    assert ImportBatch.objects.get(pk=batch.pk).status == "failed"
    assert not batch.claim()


def test_a_job_whose_worker_dies_each_time_is_given_up():
    batch = ImportBatchFactory()
    for _ in range(MAX_ATTEMPTS):
        assert ImportBatch.objects.give_up() == 0
        assert batch.claim()
        let_pass(60)

    assert not batch.claim()
    assert ImportBatch.objects.give_up() == 1

    stored = ImportBatch.objects.get(pk=batch.pk)
    assert stored.status == "failed"
    assert "died" in stored.error
    assert ImportBatch.objects.hint_again(30) == []


def test_a_queued_job_is_hinted_at_again_once_its_hint_seems_lost():
    batch = ImportBatchFactory()
    assert ImportBatch.objects.hint_again(30) == []

    let_pass(31)

    assert ImportBatch.objects.hint_again(30) == [batch.pk]
    assert ImportBatch.objects.hint_again(30) == []


def test_an_orphan_is_hinted_at_once_until_that_hint_seems_lost_too():
    batch = ImportBatchFactory()
    batch.claim()
    assert ImportBatch.objects.hint_again(30) == []

    let_pass(60)

    assert ImportBatch.objects.hint_again(30) == [batch.pk]
    assert ImportBatch.objects.hint_again(30) == []
    let_pass(31)
    assert ImportBatch.objects.hint_again(30) == [batch.pk]


def test_an_orphan_is_hinted_at_even_if_it_was_queued_a_moment_ago():
    batch = ImportBatchFactory()
    batch.claim()

    let_pass(25)

    assert ImportBatch.objects.hint_again(30) == [batch.pk]


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_name_each_job_once():
    batches = ImportBatchFactory.create_batch(20)
    let_pass(60)

    named = race(*[lambda: ImportBatch.objects.hint_again(30) for _ in range(4)])

    assert sorted(pk for keys in named for pk in keys) == sorted(b.pk for b in batches)


def test_oldest_hints_come_first_and_a_sweep_is_bounded():
    batches = []
    for _ in range(3):
        batches.append(ImportBatchFactory())
        let_pass(60)

    assert ImportBatch.objects.hint_again(30, most=2) == [b.pk for b in batches[:2]]
