"""After anything that changes figures: what was refreshed step by step is a full computation."""

from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from monitoring.aggregation import partnership_figures, refreshing
from monitoring.aggregation.checking import differences
from monitoring.aggregation.refreshing import rebuild, refresh
from monitoring.aggregation.rollups import figures_now
from monitoring.models import FigureRollup, RollupChange, UnitRollup
from tests.monitoring.walk import Walk

pytestmark = pytest.mark.django_db


def assert_same_as_reports(walk):
    """Figures read from rollups are those that a report with the cut-off of now has."""
    for on in walk.reference_days():
        now = figures_now([walk.partnership.pk], on=on)
        for framework in walk.frameworks:
            found = partnership_figures(
                walk.partnership, reference_on=on, cutoff_at=timezone.now(), framework=framework
            )
            for item in found.indicators:
                key = item.indicator.pk
                for period in item.periods:
                    assert now.as_of(key, period.period.pk) == period.figure
                if key in now.indicators:
                    assert now.to_date(key) == item.to_date
                    assert now.year(key) == replace(item.year, days=None)


@pytest.mark.parametrize(("seed", "few"), [(0, 0), (1, refreshing.FEW)])
def test_refreshed_after_every_step_is_computed_anew(monkeypatch, seed, few):
    """By statements that are planned each time, as for many changes, and by those planned once."""
    monkeypatch.setattr(refreshing, "FEW", few)
    walk = Walk(seed)
    made = set()
    for number in range(45):
        if number == 30:
            walk.new_edition()
        made.add(walk.step())
        refresh()
        assert not RollupChange.objects.exists()
        if number % 15 == 14:
            assert list(differences()) == []
            assert_same_as_reports(walk)

    assert list(differences()) == []
    assert FigureRollup.objects.exists()
    assert bool(few) == planned_once()
    assert {"approve", "correct", "withdraw"} <= made


def planned_once():
    """Whether this connection keeps plans of refreshes; its tests begin without."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_prepared_statements WHERE name LIKE 'rollups_%'")
        return cursor.fetchone() is not None


@pytest.fixture(autouse=True)
def without_plans():
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def test_refreshed_once_after_many_steps_and_rebuilt_are_the_same():
    walk = Walk(seed=11)
    for _ in range(40):
        walk.step()

    assert_same_as_reports(walk)  # computed: the queue holds the partnership
    refresh()
    assert list(differences()) == []
    assert_same_as_reports(walk)
    rows = list(UnitRollup.objects.order_by("pk").values())

    assert rebuild() == 0  # nothing differs
    UnitRollup.objects.all().delete()
    FigureRollup.objects.all().delete()
    rebuild()
    assert list(UnitRollup.objects.order_by("pk").values()) == rows
    assert list(differences()) == []
