"""The grid: many units in one page, each unit's data its own, all of it or nothing."""

from decimal import Decimal

import pytest

from monitoring.models import Submission
from tests.factories import CategoryFactory, SubmissionFactory, UserFactory
from tests.monitoring.gridding import Gridding, fields_of_grid

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    world = Gridding()
    client.force_login(world.evaluator)
    return world


def test_one_save_begins_a_draft_for_every_unit_with_a_value(client, world):
    first, second, third = world.units

    answer = world.enter(
        client,
        {
            world.of(first): "12,5",
            world.of(second): "0",
            world.of(second, world.coverage, "numerator"): "4",
            world.of(second, world.coverage, "denominator"): "10",
        },
    )

    assert answer.status_code == 302
    assert world.values() == {
        (first.pk, world.wells.pk): Decimal("12.5"),
        (second.pk, world.wells.pk): 0,
        (second.pk, world.coverage.pk): (4, 10),
    }
    assert not third.submissions.exists()
    assert {s.created_by for s in Submission.objects.all()} == {world.evaluator}
    page = client.get(world.address).content.decode()
    assert "“12,5” is 12.5" in page


def test_bad_values_are_named_by_unit_and_indicator_and_nothing_is_saved(client, world):
    first, second, _ = world.units
    typed = {world.of(first): "5", world.of(second): "N/A"}
    typed[world.of(first, world.coverage, "numerator")] = "3"

    page = world.enter(client, typed).content.decode()

    assert f'href="#id_{world.of(second)}"' in page
    assert f"{second}: {world.wells}: Expected a number" in page
    assert f'href="#id_{world.of(first, world.coverage, "denominator")}"' in page
    assert 'value="N/A"' in page
    assert world.values() == {}
    assert not Submission.objects.exists()


def test_what_was_emptied_is_taken_out_of_its_draft(client, world):
    first, second, _ = world.units
    world.enter(client, {world.of(first): "5", world.of(second): "6"})

    world.enter(client, {world.of(first): ""})

    assert world.values() == {(second.pk, world.wells.pk): 6}


def test_who_was_overtaken_saves_nothing_and_sees_both_values(client, world):
    first = world.units[0]
    world.enter(client, {world.of(first): "5"})
    old = fields_of_grid(client.get(world.address))
    world.enter(client, {world.of(first): "7"})

    answer = client.post(world.address, old | {world.of(first): "9", "save": "1"})

    assert answer.status_code == 409
    assert "Saved meanwhile: 7" in answer.content.decode()
    assert world.values() == {(first.pk, world.wells.pk): 7}
    again = fields_of_grid(answer)
    assert again[world.of(first)] == "9"
    client.post(world.address, again | {"save": "1"})
    assert world.values() == {(first.pk, world.wells.pk): 9}


def test_another_units_change_does_not_hold_up_who_types_elsewhere(client, world):
    first, second, _ = world.units
    old = fields_of_grid(client.get(world.address))
    world.enter(client, {world.of(first): "7"})

    answer = client.post(world.address, old | {world.of(second): "9", "save": "1"})

    assert answer.status_code == 302
    assert world.values() == {(first.pk, world.wells.pk): 7, (second.pk, world.wells.pk): 9}


@pytest.mark.parametrize("versions", ["", "x", "[]", "{}", '{"1": "x"}'])
def test_a_form_without_versions_is_an_old_one(client, world, versions):
    form = fields_of_grid(client.get(world.address))
    form |= {world.of(world.units[0]): "5", "versions": versions, "save": "1"}

    assert client.post(world.address, form).status_code == 409
    assert world.values() == {}


def test_the_lead_enters_for_all_units_on_their_behalf(client, world):
    client.force_login(world.lead)
    query = f"?for={world.leading.pk}"

    world.enter(client, {world.of(world.theirs): "8"}, query)

    begun = world.theirs.submissions.get()
    assert (begun.sent_for, begun.created_by) == (world.leading, world.lead)
    assert world.values() == {(world.theirs.pk, world.wells.pk): 8}


def test_others_units_are_not_in_the_grid_of_ones_own(client, world):
    page = client.get(world.address).content.decode()

    assert "District 01" in page
    assert "Upstream" not in page


def test_a_draft_of_the_units_own_people_is_not_open_to_the_sender_for_all(client, world):
    SubmissionFactory(unit=world.theirs, period=world.period, values={world.wells: 3})
    client.force_login(world.lead)
    query = f"?for={world.leading.pk}"

    page = client.get(world.address + query)

    assert world.of(world.theirs) not in fields_of_grid(page)
    assert "<b>3</b>" in page.content.decode()
    form = fields_of_grid(page) | {world.of(world.theirs): "8", "save": "1"}
    client.post(world.address + query, form)
    assert world.values() == {(world.theirs.pk, world.wells.pk): 3}


def test_strangers_find_no_grid(client, world):
    client.force_login(UserFactory())
    assert client.get(world.address).status_code == 404


def test_categories_of_one_indicator_for_many_units(client, world):
    female = CategoryFactory(code="F", label="Female")
    world.wells.dimensions.add(female.dimension)
    first, second, _ = world.units
    query = f"?indicator={world.wells.pk}"
    name = f"{world.of(first)}-{female.pk}"

    world.enter(client, {world.of(first): "9", name: "4"}, query)

    stored = {o.category_id: o.value for o in first.observations.all()}
    assert stored == {None: 9, female.pk: 4}
    assert not second.submissions.exists()


def test_a_block_goes_where_its_names_say_and_is_shown_before_it_is_saved(client, world):
    first, _, third = world.units
    block = f"Unit\tWells\tCoverage\n{third}\t1 234,5\t4 / 10\n{first}\t7\t\nNowhere\t5\t"
    form = fields_of_grid(client.get(world.address)) | {"block": block, "paste": "1"}

    answer = client.post(world.address, form)

    page, laid = answer.content.decode(), fields_of_grid(answer)
    assert world.values() == {}
    assert "4 values laid over the grid; nothing is saved yet." in page
    assert laid[world.of(third)] == "1 234,5"
    assert "“1 234,5” is 1234.5" in page
    assert "“Nowhere” is not a unit on this page" in page
    client.post(world.address, laid | {"save": "1"})
    assert world.values() == {
        (third.pk, world.wells.pk): Decimal("1234.5"),
        (third.pk, world.coverage.pk): (4, 10),
        (first.pk, world.wells.pk): 7,
    }


def test_a_block_without_names_follows_from_the_chosen_place(client, world):
    _, second, third = world.units
    form = fields_of_grid(client.get(world.address))
    form |= {"block": "5\n6\n7", "at_unit": str(second.pk), "at_column": "0", "paste": "1"}

    answer = client.post(world.address, form)

    laid = fields_of_grid(answer)
    assert (laid[world.of(second)], laid[world.of(third)]) == ("5", "6")
    assert "below the last unit" in answer.content.decode()


def test_a_block_with_a_bad_value_says_so_before_it_is_saved(client, world):
    form = fields_of_grid(client.get(world.address)) | {"block": "<5", "paste": "1"}
    form["at_unit"] = str(world.units[0].pk)

    page = client.post(world.address, form).content.decode()

    assert "Expected one exact number" in page
    assert f'href="#id_{world.of(world.units[0])}"' in page


def test_ticked_units_are_handed_in_together(client, world):
    first, second, third = world.units
    world.enter(client, {world.of(unit): "5" for unit in world.units})
    keys = [unit.submissions.get().pk for unit in (first, second)]

    client.post(f"{world.address}send/", {"submission": keys})

    states = {u.pk: u.submissions.get().status for u in world.units}
    assert states == {first.pk: "submitted", second.pk: "submitted", third.pk: "draft"}


def test_none_is_handed_in_if_one_cannot_be(client, world):
    first, second, _ = world.units
    world.enter(client, {world.of(first): "5"})
    empty = SubmissionFactory(unit=second, period=world.period)
    keys = [first.submissions.get().pk, empty.pk]

    answer = client.post(f"{world.address}send/", {"submission": keys}, follow=True)

    assert f"{second}: There is no value to submit." in answer.content.decode()
    assert first.submissions.get().status == "draft"


def test_a_session_that_ended_loses_nothing_typed(client, world):
    form = fields_of_grid(client.get(world.address)) | {world.of(world.units[0]): "61"}
    client.logout()

    held = client.post(world.address, form | {"save": "1"})

    assert held.status_code == 401
    waiting = fields_of_grid(held)
    client.force_login(world.evaluator)
    back = client.post(world.address, waiting | {"held": "1"})
    assert world.values() == {}
    assert fields_of_grid(back)[world.of(world.units[0])] == "61"


@pytest.mark.parametrize(("units", "indicators"), [(3, 5), (20, 60)])
def test_the_grid_costs_the_same_queries_at_any_size(
    client, django_assert_num_queries, units, indicators
):
    world = Gridding(units, indicators)
    for unit in world.units:
        SubmissionFactory(unit=unit, period=world.period, values={world.wells: 5})
    client.force_login(world.evaluator)

    # session; user; period; sender; units counted, units; indicators with dimensions;
    # submissions, open ones, values; last values; senders; all indicators, with dimensions; notices
    with django_assert_num_queries(16):
        page = client.get(world.address)

    assert len(page.content) < 60 * 1024


@pytest.mark.parametrize("units", [3, 20])
def test_saving_the_grid_costs_the_same_queries_at_any_size(
    client, django_assert_max_num_queries, units
):
    world = Gridding(units)
    client.force_login(world.evaluator)
    form = fields_of_grid(client.get(world.address))
    typed = {world.of(unit): "5" for unit in world.units}

    # what the page reads, then the pipeline: its locks, its checks, its drafts begun as a set
    with django_assert_max_num_queries(70):
        client.post(world.address, form | typed | {"save": "1"})

    assert len(world.values()) == units


@pytest.mark.parametrize(
    "number", ["9" * 5000, "9" * 18, "\u0663"], ids=["endless", "large", "arabic"]
)
def test_numbers_that_nobody_has_are_passed_over(client, world, number):
    sent = client.post(world.address + "send/", {"submission": number})
    form = {"block": "5", "at_unit": number, "at_column": "0", "paste": "1"}
    pasted = client.post(world.address, form)

    assert sent.status_code == 302
    assert pasted.status_code in (200, 409)


def test_what_was_opened_and_is_no_readable_json_overtakes_nobody(client, world):
    form = {"versions": "[" * 200_000, "opened": "[" * 200_000, "save": "1"}

    answer = client.post(world.address, form | {world.of(world.units[0]): "5"})

    assert answer.status_code == 409
    assert world.values() == {}
