"""Writers and refreshers at once: nobody waits for another, nothing is lost."""

import threading

import pytest
from django.db import connection, transaction

from monitoring.aggregation.checking import differences
from monitoring.aggregation.refreshing import Refreshed, rebuild, refresh
from monitoring.aggregation.rollups import figures_now
from monitoring.models import Observation, RollupChange
from tests.monitoring.test_rollups import World
from tests.moves import race

pytestmark = pytest.mark.django_db(transaction=True)


class Holding:
    """Runs something on a connection of its own and keeps the transaction open."""

    def __init__(self, call):
        self.call, self.done, self.release = call, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            with transaction.atomic():
                self.result = self.call()
                self.done.set()
                self.release.wait(timeout=20)
        finally:
            self.done.set()
            connection.close()

    def __enter__(self):
        self.thread.start()
        assert self.done.wait(timeout=20)
        return self

    def __exit__(self, *exception):
        self.release.set()
        self.thread.join(timeout=20)


def end(submission):
    """Take a submission's values out by raw SQL, without the product's locks."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute(
            "UPDATE monitoring_observation SET counts_until = now() WHERE submission_id = %s",
            [submission.pk],
        )


def test_two_writers_of_one_partnership_do_not_wait_for_each_other():
    world = World()
    one, other = world.send(0, 0, 5), world.send(1, 0, 7)
    refresh()

    with Holding(lambda: end(one)), transaction.atomic():
        end(other)

    assert RollupChange.objects.count() == 2
    refresh()
    assert world.to_date().value is None
    assert list(differences()) == []


def test_what_a_writer_has_not_committed_stays_for_the_next_refresh():
    world = World()
    one = world.send(0, 0, 5)
    world.send(1, 0, 7)

    with Holding(lambda: end(one)):
        refresh()
        assert world.to_date().value == 12

    assert RollupChange.objects.count() == 1
    assert world.to_date().value == 7  # computed: the queue holds it
    refresh()
    assert world.to_date().value == 7
    assert list(differences()) == []


def test_of_two_refreshers_one_leaves_the_partnership_to_the_other():
    world, elsewhere = World(), World()
    world.send(0, 0, 5)

    with Holding(refresh) as first:
        elsewhere.send(0, 0, 9)
        assert refresh() == Refreshed(1, 1, 8)  # the other partnership
        assert world.to_date().value == 5  # computed: nothing of the first is committed

    assert first.result.partnerships == 1
    assert not RollupChange.objects.exists()
    assert list(differences()) == []


def test_an_approval_does_not_wait_for_a_refresh():
    world = World()
    world.send(0, 0, 5)

    with Holding(refresh), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
        world.send(0, 1, 6)

    assert RollupChange.objects.count() == 1
    assert world.to_date().value == 6
    refresh()
    assert list(differences()) == []


def test_a_rebuild_keeps_refreshers_off_and_nobody_else():
    world = World()
    world.send(0, 0, 5)

    with Holding(rebuild):
        world.send(0, 1, 6)
        assert refresh() == Refreshed()
        assert world.to_date().value == 6

    refresh()
    assert list(differences()) == []


def test_many_at_once_end_in_what_a_full_computation_gives():
    world = World()
    submissions = [world.send(unit, period, 5) for unit in (0, 1) for period in range(4)]

    def take_out(submission):
        with transaction.atomic():
            end(submission)
        refresh()

    outcomes = race(*[lambda s=s: take_out(s) for s in submissions[::2]], refresh, refresh)

    assert [o for o in outcomes if isinstance(o, Exception)] == []
    refresh()
    assert not RollupChange.objects.exists()
    assert list(differences()) == []
    assert Observation.objects.counting().count() == 4
    assert figures_now([world.partnership.pk]).rows
