"""Head-counts of consultations: insiders see them, others none of 1 to 10 nor what betrays one."""

import pytest

from partnerships.headcounts import heads_of
from tests.factories import ConsultationFactory

pytestmark = pytest.mark.django_db


def shown(turnouts, people=None, inside=False):
    heads = heads_of(ConsultationFactory(people=people, turnouts=turnouts), inside=inside)
    groups = [tuple(cell.text for cell in row[1:]) for row in heads.groups]
    return heads.people.text, groups


COUNTS = [
    {"people": 40, "women": 25, "men": 15},
    {"people": 25, "women": 22, "men": 3},
    {"people": 6, "women": 0, "men": 6},
    {"people": 0},
    {},
]


def test_insiders_see_every_count():
    assert shown(COUNTS, 71, inside=True) == (
        "71",
        [
            ("40", "25", "15", ""),
            ("25", "22", "3", ""),
            ("6", "0", "6", ""),
            ("0", "", "", ""),
            ("", "", "", ""),
        ],
    )


def test_others_see_no_small_one_and_none_by_subtraction():
    """Of 71 people 6 are hidden, and the 40 with them; 3 of 25 are hidden, and the 22 with them."""
    assert shown(COUNTS, 71) == (
        "71",
        [
            ("suppressed", "suppressed", "suppressed", ""),
            ("25", "suppressed", "suppressed", ""),
            ("suppressed", "suppressed", "suppressed", ""),
            ("0", "", "", ""),
            ("", "", "", ""),
        ],
    )


def test_without_a_total_each_group_stands_alone():
    assert shown(COUNTS[1:4]) == (
        "",
        [
            ("25", "suppressed", "suppressed", ""),
            ("1–10", "suppressed", "suppressed", ""),
            ("0", "", "", ""),
        ],
    )


def test_a_small_meeting_is_not_broken_down():
    assert shown([{"people": 4, "women": 4}, {"people": 3}], 7) == (
        "1–10",
        [("suppressed", "suppressed", "", ""), ("suppressed", "", "", "")],
    )


def test_people_of_no_group_do_not_betray_a_small_one():
    """60 came, 55 of them of the one group: 5 others could be told by subtraction."""
    assert shown([{"people": 55}], 60) == ("60", [("suppressed", "", "", "")])
