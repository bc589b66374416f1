"""E1 to E3 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.reports.accountability import coalition
from partnerships.models import AffectedGroup
from tests.factories import (
    AffectedGroupFactory,
    ConsultationFactory,
    MarkerFactory,
    MembershipFactory,
    PartnershipFactory,
    PartnershipVersionFactory,
)
from tests.monitoring.subjects import at, ids, subject_of

pytestmark = pytest.mark.django_db
AFTER = at(2026, 1, 5)
LATE = at(2026, 2, 28)  # after the cut-off


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


def test_e1_counts_members_of_the_day():
    partnership = PartnershipFactory(active=True, lead=False)
    MembershipFactory(partnership=partnership, partner__kind="msme")
    MembershipFactory(
        partnership=partnership, partner__kind="parliament", left=True, ended_on=date(2025, 11, 30)
    )
    # Private and public of five; then private alone.
    assert coalition.broad_coalition(subject_of(partnership, on=date(2025, 11, 30))).value == (
        Decimal("0.4")
    )
    outcome = coalition.broad_coalition(subject_of(partnership))
    assert (outcome.value, outcome.beside) == (Decimal("0.2"), {"sectors": ["private"]})


def test_e1_takes_the_level_that_was_registered_by_the_day(partnership):
    PartnershipVersionFactory(partnership=partnership)
    partnership.change(level="community")
    PartnershipVersionFactory(partnership=partnership, why="amended", at=at(2025, 11, 1))

    before = coalition.broad_coalition(subject_of(partnership, on=date(2025, 10, 31)))
    assert (before.denominator, coalition.broad_coalition(subject_of(partnership)).denominator) == (
        5,
        3,
    )


def test_e1_has_no_data_without_members():
    alone = PartnershipFactory(active=True, lead=False)
    assert coalition.broad_coalition(subject_of(alone)).state == "no_data"


def test_e2_counts_groups_that_were_consulted_and_told(partnership):
    heard, untold, old, never, gone, later = (
        AffectedGroupFactory(partnership=partnership, **fields)
        for fields in ({}, {}, {}, {}, {"withdrawn": True}, {"mapped_on": date(2026, 1, 2)})
    )

    def held(group, **fields):
        ConsultationFactory(partnership=partnership, turnouts=[{"group": group}], **fields)

    told = {"told": True, "told_on": date(2025, 6, 10), "told_at": at(2025, 6, 11)}
    held(heard, held_on=date(2025, 6, 1), **told)
    held(untold, held_on=date(2025, 6, 1))
    held(old, held_on=date(2024, 12, 31), **told)  # the last 12 months begin on 1 January 2025
    held(gone, held_on=date(2025, 6, 1), **told)

    outcome = coalition.social_dialogue(subject_of(partnership))

    # One of four on the map: `gone` was taken off it, `later` put on it afterwards.
    assert outcome.value == Decimal("0.25")
    assert outcome.beside == {"not_heard_and_told": [untold.pk, old.pk, never.pk]}
    assert ("affectedgroup", later.pk) not in ids(outcome)


def test_e2_what_was_told_after_the_day_or_recorded_after_the_cutoff_does_not_count(partnership):
    group = AffectedGroupFactory(partnership=partnership)
    ConsultationFactory(
        partnership=partnership, turnouts=[{"group": group}], held_on=date(2025, 12, 1),
        told=True, told_on=date(2026, 1, 4), told_at=AFTER,
    )  # fmt: skip
    assert coalition.social_dialogue(subject_of(partnership)).value == 0
    later = subject_of(partnership, on=date(2026, 1, 31), cutoff_at=LATE)
    assert coalition.social_dialogue(later).value == 1


def test_e2_is_zero_where_nobody_is_mapped(partnership):
    outcome = coalition.social_dialogue(subject_of(partnership))
    assert (outcome.value, outcome.state) == (0, "measured")
    assert outcome.why
    assert outcome.next_step


def test_e3_counts_markers_of_24_months_of_four(partnership):
    def assessed(kind, on, **fields):
        return MarkerFactory(
            partnership=partnership, assessed=True, kind=kind, assessed_on=on,
            review_on=date(2027, 1, 1), **fields,
        )  # fmt: skip

    gender = assessed("gender", date(2024, 1, 1))
    climate = assessed("climate", date(2025, 1, 1), significance=0, evidence="", reason="None.")
    assessed("human_rights", date(2023, 12, 31))  # 24 months begin on 1 January 2024
    assessed("leave_no_one_behind", date(2025, 5, 1), created_at=LATE)  # after the cut-off
    MarkerFactory(partnership=partnership, kind="human_rights")  # published, nobody assessed it

    outcome = coalition.principles_mainstreamed(subject_of(partnership))

    assert (outcome.numerator, outcome.denominator) == (2, 4)
    assert {pk for _, pk in ids(outcome)} == {gender.pk, climate.pk}
    assert outcome.beside == {"not_assessed": ["human_rights", "leave_no_one_behind"]}


def test_e3_without_any_assessment_is_zero(partnership):
    assert coalition.principles_mainstreamed(subject_of(partnership)).value == 0


@pytest.mark.parametrize("size", [2, 20])
def test_group_e_costs_the_same_at_any_size(partnership, size, django_assert_num_queries):
    MembershipFactory.create_batch(size, partnership=partnership)
    for group in AffectedGroupFactory.create_batch(size, partnership=partnership):
        ConsultationFactory(partnership=partnership, turnouts=[{"group": group}], told=True)
    MarkerFactory(partnership=partnership, kind="gender", assessed=True)
    subject = subject_of(partnership)
    assert subject.said
    assert subject.accepted
    assert subject.has(AffectedGroup)

    with django_assert_num_queries(0):
        coalition.broad_coalition(subject)
    with django_assert_num_queries(2):  # groups mapped, groups heard and told
        coalition.social_dialogue(subject)
    with django_assert_num_queries(1):  # markers
        coalition.principles_mainstreamed(subject)
