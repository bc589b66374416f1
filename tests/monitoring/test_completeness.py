"""Who has reported what: reporting units × periods."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from monitoring.aggregation.completeness import completeness, periods_shown
from tests import factories as f

pytestmark = pytest.mark.django_db
# Q1 ended on 31 March; its data was due on 30 April.
DUE, LATE = datetime(2024, 4, 20, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)


class World:
    def __init__(self):
        self.unit = f.ReportingUnitFactory(membership__accepted_on=date(2023, 12, 1))
        partnership = self.unit.membership.partnership
        self.framework = f.FrameworkFactory(partnership=partnership, agreed=True)
        result = f.ResultFactory(framework=self.framework)
        self.first, self.second = f.IndicatorFactory.create_batch(2, result=result)
        f.IndicatorFactory(result=result, by_place=True)  # not asked of a member itself
        self.period = f.PeriodFactory(framework=self.framework)

    def sent(self, *indicators, **submission):
        values = dict.fromkeys(indicators, 5)
        return f.SubmissionFactory(unit=self.unit, period=self.period, values=values, **submission)

    def cell(self):
        (cell,) = completeness(self.framework, [self.period])
        return cell

    def state(self):
        cell = self.cell()
        return cell.state, cell.given, cell.entered


@pytest.fixture
def world():
    with time_machine.travel(DUE, tick=False):
        yield World()


def test_nothing_yet(world):
    assert world.state() == ("due", 0, 0)
    assert world.cell().asked == 2


def test_past_the_due_date(world):
    with time_machine.travel(LATE, tick=False):
        assert world.state() == ("late", 0, 0)


def test_not_ended(world):
    with time_machine.travel(datetime(2024, 3, 31, tzinfo=UTC), tick=False):
        assert world.state() == ("to_come", 0, 0)


def test_a_draft_is_on_its_way_but_not_there(world):
    world.sent(world.first)

    assert world.state() == ("due", 0, 1)
    assert world.cell().for_everybody().entered == 0
    assert world.cell().for_everybody().submission_id is None


def test_handed_in(world):
    sent = world.sent(world.first, world.second)
    sent.change(status="submitted")

    assert world.state() == ("handed_in", 0, 2)


def test_approved_in_part_and_in_full(world):
    world.sent(world.first, approved=True)
    assert world.state() == ("partial", 1, 1)

    world.sent(world.second, approved=True)

    assert world.state() == ("complete", 2, 2)


def test_a_closed_period_without_all_of_it(world):
    world.sent(world.first, approved=True)
    world.period.change(status="closed")

    assert world.state() == ("closed", 1, 1)


def test_a_value_that_was_taken_away_is_not_there(world):
    sent = world.sent(world.first, world.second, approved=True)
    sent.withdraw(by=f.UserFactory(admin=True), reason="Wrong unit.")

    assert world.state() == ("due", 0, 0)


def test_zero_is_a_value(world):
    f.SubmissionFactory(
        unit=world.unit,
        period=world.period,
        values={world.first: 0, world.second: 0},
        approved=True,
    )

    assert world.state() == ("complete", 2, 2)


def test_a_part_without_its_total_is_not_the_value(world):
    category = f.CategoryFactory()
    world.first.dimensions.add(category.dimension)
    f.SubmissionFactory(
        unit=world.unit, period=world.period, values={(world.first, category): 5}, approved=True
    )

    assert world.state() == ("due", 0, 0)


@pytest.mark.parametrize(
    "member", [{"accepted_on": date(2024, 4, 1)}, {"status": "left", "ended_on": date(2024, 3, 30)}]
)
def test_who_was_no_member_at_the_periods_end_owes_nothing(world, member):
    world.unit.membership.change(**member)

    assert completeness(world.framework, [world.period]) == []


def test_one_query_for_any_number(world, django_assert_num_queries):
    for _ in range(2):
        f.ReportingUnitFactory(
            membership__partnership=world.framework.partnership,
            membership__accepted_on=date(2023, 12, 1),
        )
        with django_assert_num_queries(1):
            completeness(world.framework, [world.period])


def test_the_last_twelve_periods_that_have_begun(world):
    f.PeriodFactory.create_batch(11, framework=world.framework)
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False):
        shown = periods_shown(world.framework)
        assert [period.ends_on.year for period in shown] == [2024] * 4 + [2025] * 4 + [2026] * 4
        earlier = periods_shown(world.framework, before=date(2025, 3, 31))
    assert [period.label for period in earlier] == ["2024 Q1", "2024 Q2", "2024 Q3", "2024 Q4"]


def test_the_api_tells_the_public_less(world, api):
    world.sent(world.first)
    url = f"/api/v1/frameworks/{world.framework.pk}/completeness/"

    (public,) = api.get(url).json()["cells"]
    api.force_authenticate(f.UserFactory(evaluates=world.unit.membership.partner))
    (inside,) = api.get(url).json()["cells"]

    assert (public["entered"], public["submission"]) == (0, None)
    assert inside["entered"] == 1
    assert inside["submission"] is not None


def test_the_page_names_units_and_periods_and_links_what_members_may_open(world, client):
    sent = world.sent(world.first)
    url = f"/partnerships/{world.framework.partnership_id}/completeness/"

    public = client.get(url).content.decode()
    client.force_login(f.UserFactory(evaluates=world.unit.membership.partner))
    inside = client.get(url).content.decode()

    assert str(world.unit) in public
    assert "2024 Q1" in public
    assert f"/submissions/{sent.pk}/" not in public
    assert f"/submissions/{sent.pk}/" in inside


@pytest.mark.parametrize("before", ["", "2024-13-45", "yesterday", "2024-01-01"])
def test_any_day_is_answered(world, client, before):
    url = f"/partnerships/{world.framework.partnership_id}/completeness/?before={before}"

    assert client.get(url).status_code == 200
