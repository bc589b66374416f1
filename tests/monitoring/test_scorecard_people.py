"""A5 against arithmetic done by hand, in the comments."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from registry.models import Event
from tests.factories import SubmissionFactory, UnsafeBreakdownFactory
from tests.factories.monitoring import approve
from tests.monitoring.measured import World
from tests.monitoring.scored import outcome_of, subject_of

pytestmark = pytest.mark.django_db
CUTOFF = datetime(2024, 6, 1, tzinfo=UTC)


class People(World):
    """Two units, one quarter, breakdowns by sex (F, M, _U) and by age (Y, O)."""

    def __init__(self):
        super().__init__(units=2, periods=1)
        self.sex, self.by_sex = self.dimension()
        self.age, self.by_age = self.dimension("AGE", "Y O")

    def counted(self, **fields):
        return self.indicator(self.sex, self.age, counts_people="contacts", **fields)

    def send(self, unit, values, unsafe=(), at=CUTOFF - timedelta(days=9)):
        """One unit's quarter; `values` by indicator: the total, then parts by code."""
        codes = {**self.by_sex, **self.by_age}
        cells = {}
        for indicator, (total, parts) in values.items():
            cells |= {indicator: Decimal(total)} if total is not None else {}
            cells |= {(indicator, codes[code]): Decimal(n) for code, n in parts.items()}
        made = SubmissionFactory(unit=self.units[unit], period=self.periods[0], values=cells)
        for indicator, dimension in unsafe:
            UnsafeBreakdownFactory(submission=made, indicator=indicator, dimension=dimension)
        return approve(made, at) if at else made

    def outcome(self, cutoff_at=CUTOFF):
        on = self.periods[0].ends_on
        return outcome_of("A5", subject_of(self.partnership, self.framework, on, cutoff_at))


@pytest.fixture
def people():
    return People()


def test_one_dimension_must_come_to_the_total_in_every_observation(people):
    whole, mixed, short, silent = (people.counted() for _ in range(4))
    people.indicator(people.sex)  # counts no people
    people.send(
        0,
        {
            whole: (10, {"F": 5, "M": 4, "_U": 1}),  # 5 + 4 + 1 = 10
            mixed: (10, {"F": 5, "M": 5}),  # by sex here
            short: (10, {"F": 5, "M": 4}),  # 9 of 10
        },
    )
    people.send(1, {whole: (7, {"F": 7, "Y": 3}), mixed: (7, {"Y": 3, "O": 4})})  # by age there

    outcome = people.outcome()

    # whole: by sex in both; mixed: by neither in both; short: 1 lacks; silent: no observation
    assert (outcome.numerator, outcome.denominator) == (1, 4)
    assert {row["type"] for row in outcome.evidence} == {"monitoring.observation"}
    assert silent.pk


def test_parts_without_a_total_are_not_complete(people):
    indicator = people.counted()
    people.send(0, {indicator: (None, {"F": 5, "M": 5})})
    assert people.outcome().value == 0


def test_both_parts_of_a_ratio_must_come_to_theirs(people):
    indicator = people.counted(ratio=True)
    female, male = people.by_sex["F"], people.by_sex["M"]
    values = {indicator: (6, 20), (indicator, female): (4, 10), (indicator, male): (2, 9)}
    approve(
        SubmissionFactory(unit=people.units[0], period=people.periods[0], values=values),
        CUTOFF - timedelta(days=9),
    )

    assert people.outcome().value == 0  # 4 + 2 = 6, but 10 + 9 = 19 of 20


def test_what_is_not_safe_is_set_apart_with_its_reason_and_left_out_where_all_is(people):
    part, all_of_it, one_way = (people.counted() for _ in range(3))
    people.send(
        0,
        {part: (10, {"F": 5, "M": 5}), all_of_it: (10, {}), one_way: (10, {})},
        unsafe=[
            (all_of_it, people.sex),
            (all_of_it, people.age),
            (one_way, people.sex),  # by age it would be safe
        ],
    )
    people.send(1, {part: (7, {})}, unsafe=[(part, people.sex)])

    outcome = people.outcome()

    # part: complete by sex where it is safe; one_way: not broken down by age; all_of_it: left out
    assert (outcome.numerator, outcome.denominator) == (1, 2)
    assert outcome.beside["left_out"] == [
        {"indicator": all_of_it.pk, "reason": "not safe to collect"}
    ]
    stated = [row for row in outcome.evidence if row["type"] == "monitoring.unsafebreakdown"]
    assert len(stated) == 4  # the reasons themselves are for insiders, and open there


def test_what_waits_for_a_reviewer_is_left_out(people):
    waiting, done = people.counted(), people.counted()
    people.send(0, {done: (3, {"F": 3})})
    sent = people.send(1, {waiting: (3, {"F": 3})}, at=None)
    facts = {"indicators": [waiting.pk]}
    Event.log(sent, "submitted", became="submitted", at=CUTOFF - timedelta(days=2), facts=facts)

    outcome = people.outcome()

    assert (outcome.numerator, outcome.denominator) == (1, 1)
    assert outcome.beside == {"waiting_for_reviewer": 1, "longest_wait_days": 2}


def test_a_later_approval_changes_nothing(people):
    indicator = people.counted()
    people.send(0, {indicator: (10, {"F": 10})})
    before = people.outcome()
    people.send(1, {indicator: (7, {})}, at=CUTOFF + timedelta(days=1))

    assert people.outcome() == before
    assert (before.value, people.outcome(CUTOFF + timedelta(days=2)).value) == (1, 0)


def test_is_not_applicable_without_indicators_that_count_people(people):
    people.indicator(people.sex)
    assert people.outcome().state == "not_applicable"
