"""The form takes all of a submission: every cell, what is said of it, what is not safe."""

from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from monitoring.models import Period, UnsafeBreakdown
from monitoring.services.submissions import correct_submission, record_observations
from tests.factories import (
    CategoryFactory,
    DimensionFactory,
    PeriodFactory,
    PeriodTargetFactory,
    SubmissionFactory,
    UnsafeBreakdownFactory,
    UserFactory,
)
from tests.monitoring.entering import Entering, fields_of, opened

pytestmark = pytest.mark.django_db


class World(Entering):
    """With people counted by sex and, crossed, by sex and age."""

    def __init__(self):
        super().__init__()
        self.sex, self.age = DimensionFactory(), DimensionFactory(code="AGE")
        self.women = CategoryFactory(dimension=self.sex, code="F", label="Women")
        self.young = CategoryFactory(dimension=self.age, code="Y", label="Young")
        crossed = DimensionFactory(code="SEX_AGE", first=self.sex, second=self.age)
        self.young_women = CategoryFactory(
            dimension=crossed, code="F_Y", first=self.women, second=self.young
        )
        self.number.dimensions.add(self.sex, crossed)
        self.text = self.indicator(title="Tell", narrative=True)
        self.rating = self.indicator(title="Trust", rating=True)

    def cell(self, category, part="value"):
        return f"{part}-{self.number.pk}-{category.pk}"

    def said(self, part, indicator=None):
        return f"{part}-{(indicator or self.number).pk}"


@pytest.fixture
def world(client):
    world = World()
    client.force_login(world.evaluator)
    return world


@pytest.fixture
def draft(world):
    return SubmissionFactory(unit=world.unit, period=world.period)


def stored(submission):
    return {(o.indicator_id, o.category_id): o for o in submission.observations.all()}


def test_totals_breakdowns_and_crossed_ones_are_saved_and_shown_as_understood(client, world, draft):
    answer = world.enter(
        client,
        draft,
        number="12,5",
        **{world.cell(world.women): "7", world.cell(world.young_women): "0", "save": "1"},
    )

    assert answer.status_code == 302
    rows = stored(draft)
    assert rows[world.number.pk, None].value == Decimal("12.5")
    assert rows[world.number.pk, world.women.pk].value == 7
    assert rows[world.number.pk, world.young_women.pk].value == 0
    again = client.get(f"/submissions/{draft.pk}/")
    assert "“12,5” is 12.5" in again.content.decode()
    form = fields_of(again)
    assert form[world.names["number"]] == "12.5"
    assert (form[world.cell(world.young_women)], form[world.names["part"]]) == ("0", "")


def test_a_breakdown_that_is_emptied_leaves_the_draft_and_the_total_stays(client, world, draft):
    cell = world.cell(world.women)
    world.enter(client, draft, number="12", **{cell: "7", "save": "1"})

    world.enter(client, draft, **{cell: "", "save": "1"})

    assert list(stored(draft)) == [(world.number.pk, None)]


def test_what_is_said_of_a_value_and_how_it_was_estimated(client, world, draft):
    typed = {
        world.said("comment"): "By phone.",
        world.said("variance_reason"): "Two schools closed.",
        world.said("is_provisional"): "on",
        world.said("method"): "household survey",
        world.said("sample_size"): "1 200",
        world.said("interval_low"): "10,5",
        world.said("interval_high"): "14",
    }
    world.enter(client, draft, number="12", **typed, save="1")

    row = stored(draft)[world.number.pk, None]
    assert (row.comment, row.variance_reason) == ("By phone.", "Two schools closed.")
    assert (row.is_provisional, row.method, row.sample_size) == (True, "household survey", 1200)
    assert (row.interval_low, row.interval_high) == (Decimal("10.5"), 14)
    emptied = {world.said("comment"): "", world.said("is_provisional"): ""}
    emptied |= {world.said("sample_size"): ""}
    world.enter(client, draft, **emptied, save="1")
    row.refresh_from_db()
    assert (row.comment, row.is_provisional, row.sample_size) == ("", False, None)
    assert row.method == "household survey"


WRONG = [
    ("N/A", "0 is a value"),
    ("-", "0 is a value"),
    ("<5", "one exact number"),
    ("5-7", "one exact number"),
    ("1,234", "could mean 1234 or 1.234"),
    ("5 kg", "without its unit"),
    ("abc", "Expected a number"),
    ("1e400", "Expected a number"),
    ("123456789012345678901", "At most 20 digits"),
    ("0.12345678901", "10 after"),
]


@pytest.mark.parametrize(("typed", "reason"), WRONG)
def test_what_is_no_number_is_refused_at_its_field_and_kept(client, world, draft, typed, reason):
    cell = world.cell(world.women)

    page = world.enter(client, draft, number="5", **{cell: typed, "save": "1"}).content.decode()

    assert reason in page
    assert f'href="#id_{cell}"' in page
    assert not draft.observations.exists()
    assert 'aria-invalid="true"' in page


def test_wrong_ones_of_every_kind_are_named_at_once(client, world, draft):
    typed = {
        world.names["part"]: "3",
        world.said("value", world.rating): "9",
        world.cell(world.women): "many",
        world.said("interval_low"): "9",
        world.said("interval_high"): "1",
    }
    page = world.enter(client, draft, number="5", **typed, save="1").content.decode()

    for name in (world.names["whole"], world.said("value", world.rating), world.cell(world.women)):
        assert f'href="#id_{name}"' in page, name
    assert not draft.observations.exists()


def test_remarks_without_a_value_are_not_dropped_silently(client, world, draft):
    page = world.enter(client, draft, **{world.said("comment"): "By phone.", "save": "1"})

    assert "give one, or empty it" in page.content.decode()


def test_it_is_stated_where_breaking_down_is_not_safe(client, world, draft):
    name = f"unsafe-{world.number.pk}-{world.sex.pk}"

    world.enter(client, draft, number="5", **{name: "Listing women is dangerous.", "save": "1"})

    row = draft.unsafe_breakdowns.get()
    assert (row.dimension, row.reason, row.lifts) == (
        world.sex,
        "Listing women is dangerous.",
        False,
    )
    assert not UnsafeBreakdown.objects.counting().exists()
    world.enter(client, draft, **{name: "", "save": "1"})
    assert not draft.unsafe_breakdowns.exists()


def test_not_safe_and_values_contradict_each_other(client, world, draft):
    name = f"unsafe-{world.number.pk}-{world.sex.pk}"
    typed = {name: "Dangerous.", world.cell(world.women): "3", "save": "1"}

    page = world.enter(client, draft, number="5", **typed).content.decode()

    assert "There are values for it above" in page
    assert not draft.observations.exists()


class Corrected:
    """Approved data, and a correction of it as a draft."""

    def __init__(self, world):
        values = {world.number: 5, (world.number, world.women): 3}
        self.approved = SubmissionFactory(unit=world.unit, period=world.period, values=values)
        UnsafeBreakdownFactory(
            submission=self.approved,
            indicator=world.number,
            dimension=world.young_women.dimension,
            approved=True,
        )
        self.approved.refresh_from_db()
        self.draft = correct_submission(self.approved, by=world.evaluator)


def test_a_correction_shows_what_counts_and_withdraws_one_value(client, world):
    draft = Corrected(world).draft
    page = client.get(f"/submissions/{draft.pk}/").content.decode()
    assert "Counts now" in page

    world.enter(client, draft, **{world.cell(world.women, "withdraws"): "on", "save": "1"})

    rows = stored(draft)
    assert list(rows) == [(world.number.pk, world.women.pk)]
    assert rows[world.number.pk, world.women.pk].withdraws
    world.enter(client, draft, **{world.cell(world.women, "withdraws"): "", "save": "1"})
    assert not draft.observations.exists()


def test_a_value_is_either_withdrawn_or_replaced(client, world):
    draft = Corrected(world).draft
    typed = {world.said("withdraws"): "on", "save": "1"}

    page = world.enter(client, draft, number="4", **typed).content.decode()

    assert "Either withdraw the value or give a new one." in page
    assert not draft.observations.exists()


def test_values_in_a_correction_take_the_place_of_not_safe(client, world):
    draft = Corrected(world).draft
    assert UnsafeBreakdown.objects.counting().count() == 1

    world.enter(client, draft, **{world.cell(world.young_women): "2", "save": "1"})

    assert draft.unsafe_breakdowns.get().lifts
    assert UnsafeBreakdown.objects.counting().count() == 1  # until it is approved


def test_last_values_targets_and_units_stand_beside_every_cell(client, world):
    values = {world.number: 40, (world.number, world.women): 21}
    SubmissionFactory(unit=world.unit, period=world.period, values=values, approved=True)
    following = PeriodFactory(framework=world.framework)
    PeriodTargetFactory(indicator=world.number, category=world.women, value=Decimal(77))
    draft = SubmissionFactory(unit=world.unit, period=following)

    page = client.get(f"/submissions/{draft.pk}/").content.decode()

    assert "40 (2024 Q1)" in page
    assert "21 (2024 Q1)" in page
    assert "77 by Dec 2024" in page
    assert "from 1 (lowest) to 5 (highest)" in page


def test_the_check_page_names_what_is_missing_and_asks_for_reasons(client, world):
    SubmissionFactory(unit=world.unit, period=world.period, values={world.number: 5}, approved=True)
    following = PeriodFactory(framework=world.framework)
    draft = SubmissionFactory(unit=world.unit, period=following)
    world.enter(client, draft, number="500", save="1")
    address = f"/submissions/{draft.pk}/check/"

    answer = client.get(address)
    page = answer.content.decode()
    assert "1 of 5" in page
    assert f'href="/submissions/{draft.pk}/#id_numerator-{world.ratio.pk}"' in page
    assert "times up or down" in page
    refused = client.post(address, fields_of(answer))
    assert (refused.status_code, draft.status) == (409, "draft")

    name = f"reason-{draft.observations.get().pk}"
    client.post(address, fields_of(refused) | {name: "A second river was dammed."})

    draft.refresh_from_db()
    assert draft.status == "submitted"
    assert draft.observations.get().variance_reason == "A second river was dammed."


def test_the_check_page_says_that_a_period_is_not_over(client, world, draft):
    world.enter(client, draft, number="5", save="1")
    address = f"/submissions/{draft.pk}/check/"

    assert "can be sent after that day" not in client.get(address).content.decode()
    with time_machine.travel("2024-02-01T12:00:00Z", tick=False):
        client.force_login(world.evaluator)
        page = client.get(address)
        assert "The period runs until 31 Mar 2024" in page.content.decode()
        refused = client.post(address, fields_of(page))
        assert "is not over: its data can be sent after 2024-03-31" in refused.content.decode()


def test_what_will_be_sent_leads_to_its_own_input(client, world, draft):
    world.enter(client, draft, number="5", save="1", **{world.cell(world.women): "3"})

    page = client.get(f"/submissions/{draft.pk}/check/").content.decode()

    assert f'href="/submissions/{draft.pk}/#id_{world.cell(world.women)}"' in page


def test_data_that_changed_since_the_check_is_looked_at_again(client, world, draft):
    world.enter(client, draft, number="5", save="1")
    form = fields_of(client.get(f"/submissions/{draft.pk}/check/"))
    world.enter(client, draft, number="6", save="1")

    answer = client.post(f"/submissions/{draft.pk}/check/", form)

    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_session_that_ended_loses_nothing_typed(client, world, draft):
    form = opened(client, draft)
    client.logout()

    held = client.post(f"/submissions/{draft.pk}/", world.typed(form, number="61", save="1"))

    assert held.status_code == 401
    assert "nothing you typed is lost" in held.content.decode()
    waiting = fields_of(held)
    assert "save" not in waiting
    client.force_login(world.evaluator)
    back = client.post(f"/submissions/{draft.pk}/", waiting | {"held": "1"})
    assert "Nothing has been saved yet." in back.content.decode()
    assert not draft.observations.exists()
    client.post(f"/submissions/{draft.pk}/", fields_of(back) | {"save": "1"})
    assert stored(draft)[world.number.pk, None].value == 61


def test_a_form_without_this_sessions_token_saves_nothing_and_loses_nothing(world, draft):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.evaluator)
    form = world.typed(opened(strict, draft), number="61", save="1")
    form["csrfmiddlewaretoken"] = "x" * 64

    answer = strict.post(f"/submissions/{draft.pk}/", form)

    assert answer.status_code == 200
    assert "Nothing has been saved yet." in answer.content.decode()
    assert fields_of(answer)[world.names["number"]] == "61"
    assert not draft.observations.exists()
    strict.post(f"/submissions/{draft.pk}/", fields_of(answer) | {"save": "1"})
    assert draft.observations.count() == 1


def test_strangers_who_are_signed_out_learn_nothing(client, world, draft):
    client.logout()
    known = client.post(f"/submissions/{draft.pk}/", {"value-1": "5"})
    unknown = client.post("/submissions/999999/", {"value-1": "5"})
    assert known.status_code == unknown.status_code == 401
    client.force_login(UserFactory())
    assert client.post(f"/submissions/{draft.pk}/", {"value-1": "5"}).status_code == 404


def test_a_closed_period_keeps_what_was_typed_on_the_page(client, world, draft):
    form = world.typed(opened(client, draft), number="61", save="1")
    Period.objects.filter(pk=world.period.pk).update(status="closed")

    answer = client.post(f"/submissions/{draft.pk}/", form)

    assert answer.status_code == 409
    assert "61" in answer.content.decode()
    assert not draft.observations.exists()


def test_a_long_form_has_parts_and_saving_one_leaves_the_others(client, world, draft, monkeypatch):
    monkeypatch.setattr("monitoring.forms.entry.MOST_INPUTS", 3)
    record_observations(draft, [{"indicator": world.yes_no.pk, "value": 1}], by=world.evaluator)
    page = client.get(f"/submissions/{draft.pk}/").content.decode()
    assert "Part 1 of" in page

    answer = world.enter(client, draft, number="5", next="1")

    assert answer.headers["Location"].endswith("?part=2")
    rows = stored(draft)
    assert {key[0] for key in rows} == {world.number.pk, world.yes_no.pk}


@pytest.mark.parametrize("size", [5, 60])
def test_the_form_costs_the_same_queries_at_any_size(client, django_assert_num_queries, size):
    world = Entering()
    sex = DimensionFactory()
    CategoryFactory(dimension=sex)
    for _ in range(size):
        world.indicator(people=True).dimensions.add(sex)
    draft = SubmissionFactory(unit=world.unit, period=world.period, values={world.number: 5})
    client.force_login(world.evaluator)

    # session; user; submission; who may edit it; indicators, dimensions, categories; values;
    # what is not safe; why it was returned, to whom; stories; series, last values; targets;
    # reasons per value; what the page's frame asks: notices
    with django_assert_num_queries(20):
        page = client.get(f"/submissions/{draft.pk}/")

    assert len(page.content) < 400 * 1024
