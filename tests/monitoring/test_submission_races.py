"""Of two who move or write a submission at once, one wins; nothing is lost, nobody blocks."""

import pytest

from monitoring.services.submissions import record_observations
from registry.errors import DomainError
from tests.factories import IndicatorFactory, UserFactory
from tests.monitoring.sending import FROM, MOVES, Sent
from tests.moves import moves_of, race, read_twice

pytestmark = pytest.mark.django_db
WRONG_CODES = {"invalid_transition", "submission_locked"}


@pytest.mark.parametrize(
    ("first", "second", "was"),
    [
        ("submit", "submit", "draft"),
        ("approve", "approve", "submitted"),
        ("approve", "send_back", "submitted"),
        ("send_back", "approve", "submitted"),
        ("withdraw", "approve", "submitted"),
        ("withdraw", "submit", "draft"),
    ],
)
def test_of_two_moves_read_at_once_the_first_wins(first, second, was):
    sent = Sent(was)
    one, other = read_twice(sent.submission)

    MOVES[first](one, sent.people.admin)
    with pytest.raises(DomainError) as refusal:
        MOVES[second](other, sent.people.admin)

    assert refusal.value.code in WRONG_CODES

    assert moves_of(sent.submission) == [(was, FROM[first][was])]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("against", ["approve", "send_back", "withdraw"])
def test_of_decisions_at_once_exactly_one_wins(against):
    sent = Sent("submitted")
    reviewers = [sent.people.lead_manager, *UserFactory.create_batch(5, admin=True)]
    moves = [MOVES["approve"] if n % 2 else MOVES[against] for n in range(6)]
    copies = [sent.stored for _ in reviewers]
    calls = zip(moves, copies, reviewers, strict=True)

    outcomes = race(*[lambda m=m, s=s, by=by: m(s, by) for m, s, by in calls])

    codes = {getattr(o, "code", o) for o in outcomes}
    assert codes <= {None, "invalid_transition", "stale_version"}, outcomes
    moved = moves_of(sent.submission)
    assert moved[0][0] == "submitted"
    assert [was for was, _ in moved].count("submitted") == 1
    assert len(moved) == outcomes.count(None)


@pytest.mark.django_db(transaction=True)
def test_two_writers_into_one_draft_do_not_lose_or_lock_each_other():
    sent = Sent("draft")
    others = IndicatorFactory.create_batch(4, result=sent.indicator.result)
    by = sent.people.evaluator
    copies = [sent.stored for _ in others]

    def write(copy, indicator):
        record_observations(copy, [{"indicator": indicator.pk, "value": 1}], by=by)

    calls = zip(copies, others, strict=True)
    outcomes = race(
        *[lambda s=s, i=i: write(s, i) for s, i in calls],
        lambda: sent.stored.submit(by=sent.people.manager),
    )

    codes = {getattr(o, "code", o) for o in outcomes}
    assert codes <= {None, "stale_version", "invalid_transition", "submission_locked"}, outcomes
    assert outcomes.count(None) >= 1
    written = outcomes[:4].count(None)
    assert sent.stored.observations.count() == 1 + written


def test_a_copy_that_was_read_before_a_move_writes_nothing():
    sent = Sent("draft")
    one, other = read_twice(sent.submission)
    one.submit(by=sent.people.evaluator)
    new = IndicatorFactory(result=sent.indicator.result)

    with pytest.raises(DomainError) as refusal:
        record_observations(other, [{"indicator": new.pk, "value": 1}], by=sent.people.evaluator)

    assert refusal.value.code in {"stale_version", "submission_locked"}
    assert sent.stored.observations.count() == 1
