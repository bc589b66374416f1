"""What changes a figure is noted, taken into the rollups, and never read while it is old."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from monitoring.aggregation.checking import differences
from monitoring.aggregation.refreshing import Refreshed, refresh
from monitoring.aggregation.rollups import figures_now
from monitoring.models import (
    FigureRollup,
    ReportingUnit,
    RollupChange,
    UnitRollup,
)
from monitoring.tasks import refresh_rollups
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.merging import merge

pytestmark = pytest.mark.django_db


class World:
    """Two members that report one running total over four quarters; nothing waits."""

    def __init__(self, **kind):
        self.admin = UserFactory(admin=True)
        self.partnership = PartnershipFactory(active=True)
        members = [
            self.partnership.memberships.get(),
            MembershipFactory(partnership=self.partnership),
        ]
        self.units = [ReportingUnitFactory(membership=member) for member in members]
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.periods = PeriodFactory.create_batch(4, framework=self.framework)
        self.indicator = IndicatorFactory(
            result__framework=self.framework, **kind or {"cumulative": True}
        )
        refresh()

    def send(self, unit, period, value, **state):
        return SubmissionFactory(
            unit=self.units[unit],
            period=self.periods[period],
            values={self.indicator: Decimal(value)},
            **{"approved": True} | state,
        )

    def to_date(self):
        return figures_now([self.partnership.pk], on=date(2024, 12, 31)).to_date(self.indicator.pk)

    def rows(self):
        return {
            (row["unit_id"], row["period_id"]): (row["value"], row["reported"])
            for row in UnitRollup.objects.filter(partnership_id=self.partnership.pk).values()
        }


def hand_over(world, since_on):
    ReportingUnit.objects.filter(pk=world.units[0].pk).update(
        successor=world.units[1],
        successor_since=since_on,
        handed_over_at=datetime(2024, 9, 1, tzinfo=UTC),
    )


@pytest.fixture
def world():
    return World()


def waiting():
    return set(RollupChange.objects.values_list("indicator_id", "unit_id", "period_id"))


def test_a_draft_changes_no_figure_and_an_approval_notes_its_cells(world):
    world.send(0, 0, 5, approved=False)
    assert waiting() == set()

    world.send(1, 0, 7)

    assert waiting() == {(world.indicator.pk, world.units[1].pk, world.periods[0].pk)}


def test_until_the_refresh_readers_compute_and_write_nothing(world):
    world.send(0, 0, 5)

    assert world.to_date().value == 5
    assert not UnitRollup.objects.exists()
    assert waiting()

    assert refresh() == Refreshed(partnerships=1, changes=1, rows=8)  # 4 of the unit, 4 figures
    assert waiting() == set()
    assert world.to_date().value == 5


def test_figures_cost_three_queries_and_a_fourth_for_sums_of_states(
    world, django_assert_num_queries
):
    world.send(0, 0, 5)
    refresh()

    # what waits; stored figures; indicators; last periods
    with django_assert_num_queries(4):
        assert world.to_date().value == 5


def test_a_late_correction_changes_the_later_periods_of_its_unit_and_of_no_other(world):
    world.send(0, 0, 5)
    world.send(0, 2, 9)
    world.send(1, 0, 100)
    refresh()
    before = world.rows()

    world.send(0, 1, 6)
    refresh()

    first, second, third, fourth = (period.pk for period in world.periods)
    unit = world.units[0].pk
    changed = {key for key, row in world.rows().items() if before.get(key) != row}
    assert changed == {(unit, second)}
    assert world.rows()[unit, second] == (6, True)
    assert world.rows()[unit, fourth] == (9, False)

    world.send(0, 0, 4)
    refresh()
    assert world.rows()[unit, first] == (4, True)
    assert world.rows()[unit, third] == (9, True)


def test_a_late_first_quarter_is_carried_through_the_year(world):
    world.send(1, 0, 100)
    refresh()

    world.send(0, 0, 5)
    assert refresh().rows == 8
    totals = FigureRollup.objects.order_by("period_id").values_list("total", flat=True)
    assert list(totals) == [105, 105, 105, 105]


def test_withdrawing_takes_the_value_out(world):
    submission = world.send(0, 0, 5)
    refresh()

    submission.withdraw(by=world.admin, reason="Wrong.")

    assert world.to_date().value is None
    refresh()
    assert not UnitRollup.objects.exists()
    assert not FigureRollup.objects.exists()
    assert world.to_date().value is None


def test_raw_sql_is_noted_too(world):
    submission = world.send(0, 0, 5)
    refresh()

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE monitoring_observation SET counts_until = now() WHERE submission_id = %s",
            [submission.pk],
        )

    assert waiting() == {(world.indicator.pk, world.units[0].pk, world.periods[0].pk)}


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.units[0].membership.change(status="left", ended_on=date(2024, 5, 1)),
        lambda w: hand_over(w, date(2024, 8, 1)),
        lambda w: PeriodFactory(framework=w.framework),
        lambda w: merge(w.units[1].membership.partner, w.units[0].membership.partner),
    ],
    ids=["left", "handed over", "opened", "merged"],
)
def test_whatever_else_makes_a_figure_computes_the_partnership_anew(change):
    world = World(point_in_time=True)
    world.send(0, 1, 5)
    refresh()

    change(world)

    assert (None, None, None) in waiting()
    refresh()
    assert list(differences(world.partnership.pk)) == []


def test_a_new_edition_takes_the_series_on_and_the_old_one_keeps_its_figures(world):
    world.send(0, 0, 5)
    world.send(0, 1, 8)
    refresh()
    world.framework.agreement.change(status="superseded")
    world.framework.change(status="superseded", superseded_at=world.framework.agreed_at)
    later = FrameworkFactory(partnership=world.partnership, agreed=True, starts_on=date(2025, 1, 1))
    continued = IndicatorFactory(
        result__framework=later, cumulative=True, series=world.indicator.series
    )
    anew = IndicatorFactory(result__framework=later, cumulative=True)
    PeriodFactory(framework=later)
    refresh()

    now = figures_now([world.partnership.pk], on=date(2025, 3, 31))
    assert now.to_date(world.indicator.pk).value == 8
    assert now.to_date(continued.pk).value == 8
    assert [row.framework_id for row in now.line(anew.pk)] == []
    assert list(differences(world.partnership.pk)) == []


def test_who_reports_for_the_successor_refreshes_what_was_handed_over():
    world = World(point_in_time=True)
    world.send(0, 0, 5)
    world.units[0].membership.change(status="left", ended_on=date(2024, 4, 15))
    hand_over(world, date(2024, 4, 15))
    refresh()
    assert world.to_date().value == 5

    world.send(1, 2, 7)
    refresh()

    assert world.to_date().value == 7
    assert list(differences(world.partnership.pk)) == []


def test_a_check_prints_what_differs_and_fails(world):
    world.send(0, 0, 5)
    assert call_command("rebuild_rollups", check=True, stdout=StringIO()) == "0 differences"
    UnitRollup.objects.filter(period_id=world.periods[1].pk).update(value=50)
    FigureRollup.objects.filter(period_id=world.periods[3].pk).delete()

    said = StringIO()
    with pytest.raises(CommandError, match="2 differences"):
        call_command("rebuild_rollups", check=True, stdout=said)
    assert "stored {'value': Decimal('50" in said.getvalue()
    assert "stored None" in said.getvalue()

    reference = world.partnership.reference
    call_command("rebuild_rollups", partnership=reference, stdout=StringIO())
    answer = call_command("rebuild_rollups", check=True, partnership=reference, stdout=StringIO())
    assert answer == "0 differences"


def test_a_rebuild_writes_only_what_differs(world):
    world.send(0, 0, 5)
    refresh()
    UnitRollup.objects.filter(period_id=world.periods[1].pk).update(value=50)

    assert call_command("rebuild_rollups", stdout=StringIO()) == "1 rows of rollups written"


def test_who_dies_in_a_refresh_leaves_rollups_and_queue_as_they_were(world):
    world.send(0, 0, 5)
    before = waiting()

    with pytest.raises(RuntimeError), transaction.atomic():
        refresh()
        assert UnitRollup.objects.exists()
        raise RuntimeError

    assert waiting() == before
    assert not UnitRollup.objects.exists()
    assert world.to_date().value == 5


def test_deleted_partnerships_leave_no_rollups(world):
    world.send(0, 0, 5)
    refresh()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitoring_unitrollup SET partnership_id = -1")
        cursor.execute(
            "INSERT INTO monitoring_rollupchange (partnership_id, transaction) VALUES (-1, 0)"
        )
    refresh()

    assert not UnitRollup.objects.filter(partnership_id=-1).exists()


def test_the_clock_takes_in_what_nobody_refreshed(world):
    for period in range(3):
        world.send(0, period, period)
    count = RollupChange.objects.count()

    assert refresh_rollups() == count
    assert not RollupChange.objects.exists()


def test_an_approval_refreshes_once_it_is_committed(world, django_capture_on_commit_callbacks):
    submission = world.send(0, 0, 5, approved=False)
    submission.change(
        status="submitted", submitted_by=UserFactory(), submitted_at=submission.created_at
    )

    with django_capture_on_commit_callbacks(execute=True):
        submission.approve(by=world.admin)

    assert not RollupChange.objects.exists()
    assert UnitRollup.objects.filter(unit_id=world.units[0].pk).count() == 4


def test_what_one_request_may_not_do_itself_is_left_to_a_worker(
    world, django_capture_on_commit_callbacks, monkeypatch
):
    hinted = []
    monkeypatch.setattr("monitoring.tasks.SMALL", 0)
    monkeypatch.setattr(refresh_rollups, "delay", lambda: hinted.append(True))
    submission = world.send(0, 0, 5)

    with django_capture_on_commit_callbacks(execute=True):
        submission.withdraw(by=world.admin, reason="Wrong.")

    assert hinted
    assert RollupChange.objects.exists()
