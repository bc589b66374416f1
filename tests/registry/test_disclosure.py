"""Counts of people in small groups: hidden, and not to be worked out from what is shown."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.disclosure import alone, disclose, plainly


def texts(parts, total=None):
    table = disclose(parts, total)
    return table.total.text, [part.text for part in table.parts]


@pytest.mark.parametrize(
    ("count", "text"), [(None, ""), (0, "0"), (1, "1–10"), (10, "1–10"), (11, "11")]
)
def test_a_count_that_stands_alone(count, text):
    assert alone(count).text == text
    assert alone(count).is_hidden == (text == "1–10")
    assert plainly(count).text == ("" if count is None else str(count))


def test_without_a_total_each_part_stands_alone():
    assert texts([0, 3, 40, None]) == ("", ["0", "1–10", "40", ""])


@pytest.mark.parametrize(
    ("parts", "total", "shown"),
    [
        ([40, 31], 71, ["40", "31"]),
        # one small part: the largest covers it
        ([40, 25, 6], 71, ["suppressed", "25", "suppressed"]),
        ([380, 400, 3], 783, ["380", "suppressed", "suppressed"]),
        # what is missing to the total is a part too: 4 people would be told by subtraction
        ([40, 27], 71, ["suppressed", "27"]),
        # two that might be worked out from 13, were they alone hidden
        ([40, 10, 10], 60, ["suppressed", "suppressed", "suppressed"]),
        ([60, 10, 10], 80, ["suppressed", "suppressed", "suppressed"]),
        # the largest is hardly larger than the next: who knows that would know the small one
        ([11, 11, 5], 27, ["suppressed", "suppressed", "suppressed"]),
        # nothing stays nothing
        ([0, 40, 6, 30], 76, ["0", "suppressed", "suppressed", "30"]),
        ([40, 0, 12, 5], 57, ["suppressed", "0", "12", "suppressed"]),
        ([0, 0], 0, ["0", "0"]),
        # three times at most 10, and nothing large beside them: the 0 goes too
        ([9, 1, 1, 0], 11, ["suppressed"] * 4),
        # not counted is neither 0 nor hidden
        ([None, 40, 25, 6], 71, ["", "suppressed", "25", "suppressed"]),
    ],
)
def test_parts_of_a_total_that_everybody_sees(parts, total, shown):
    assert texts(parts, total) == (str(total), shown)


@pytest.mark.parametrize("parts", [[4, 3], [7, 0], [0, 0], [2, None]])
def test_a_small_total_hides_its_whole_breakdown(parts):
    total, shown = texts(parts, 7)
    assert total == "1–10"
    assert shown == ["" if part is None else "suppressed" for part in parts]


def test_hides_all_parts_where_they_are_more_than_the_total_and_one_is_small():
    assert texts([50, 6, 0], 52) == ("52", ["suppressed"] * 3)
    assert texts([50, 12, 0], 52) == ("52", ["50", "12", "0"])


LIMIT = 3


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_who_knows_the_rules_cannot_work_out_a_small_part(count):
    """Every table of up to four parts of at most 9 (small: up to 3): all those that are published
    alike are taken together, as somebody would who has this program. In every place where one of
    them has a hidden small count, others have other numbers."""
    alike = defaultdict(list)
    for parts in product(range(3 * LIMIT + 1), repeat=count):
        alike[published(parts, sum(parts))].append(parts)
    for tables in alike.values():
        for place in range(count):
            possible = {parts[place] for parts in tables}
            if possible & set(range(1, LIMIT + 1)):
                assert len(possible) > 1, tables[:5]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_nor_what_is_missing_to_the_total(count):
    alike = defaultdict(list)
    for cells in product(range(3 * LIMIT + 1), repeat=count + 1):
        alike[published(cells[:-1], sum(cells))].append(cells)
    for tables in alike.values():
        for place in range(count + 1):
            possible = {cells[place] for cells in tables}
            if possible & set(range(1, LIMIT + 1)):
                assert len(possible) > 1, tables[:5]


def published(parts, total):
    table = disclose(parts, total, limit=LIMIT)
    return table.total.text, tuple(part.text for part in table.parts)


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=9), st.integers(0, 30))
def test_shows_nothing_small_and_leaves_every_hidden_part_open(parts, rest):
    table = disclose(parts, sum(parts) + rest)

    for part, shown in zip(parts, table.parts, strict=True):
        assert shown.value in (None, part)
        assert not (1 <= part <= 10 and shown.value is not None)
