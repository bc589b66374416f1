"""Every state of a report × every move × every role, written by hand."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from monitoring.models import Report
from registry.errors import NotAllowed
from tests.factories import PeriodFactory, ReportFactory, UserFactory
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
ROLES = ["lead_manager", "manager", "evaluator", "observer", "outsider"]
MOVES = {
    "send": lambda r, by: r.send_for_comment(by=by),
    "review": lambda r, by: r.to_review(by=by),
    "publish": lambda r, by: r.publish(by=by),
    "embargo": lambda r, by: r.embargo(by=by, until=timezone.now() + timedelta(days=3)),
    "withdraw": lambda r, by: r.withdraw(by=by, reason="A unit reported twice."),
}
# What comes of an admin's move of a partnership's report, by the state it is in: the state that
# follows, or the refusal's code. `over`: in right of reply, whose days have gone by.
TABLE = """
           send                review              publish             embargo      withdraw
draft      in_reply            reply_comes_first   invalid_transition  draft        withdrawn
in_reply   invalid_transition  reply_period_runs   invalid_transition  in_reply     withdrawn
over       invalid_transition  in_review           invalid_transition  in_reply     withdrawn
in_review  invalid_transition  invalid_transition  published           in_review    withdrawn
published  invalid_transition  invalid_transition  invalid_transition  not_waiting  withdrawn
superseded invalid_transition  invalid_transition  invalid_transition  not_waiting  withdrawn
withdrawn  invalid_transition  invalid_transition  invalid_transition  not_waiting  invalid_transition
"""  # noqa: E501
# The same for a portfolio report, to which nobody replies.
WITHOUT_REPLY = """
           send                review              publish             embargo      withdraw
draft      no_right_of_reply   in_review           invalid_transition  draft        withdrawn
in_review  no_right_of_reply   invalid_transition  published           in_review    withdrawn
published  no_right_of_reply   invalid_transition  invalid_transition  not_waiting  withdrawn
"""
STATES = set(Report.Status.values)


def cells(table):
    names, *lines = [line.split() for line in table.strip().splitlines()]
    return [
        (state, move, outcome)
        for state, *outcomes in lines
        for move, outcome in zip(names, outcomes, strict=True)
    ]


def in_state(state, **values):
    now = timezone.now()
    moments = {
        "in_reply": {"reply_until": now + timedelta(days=5)},
        "over": {"status": "in_reply", "reply_until": now - timedelta(seconds=1)},
        "in_review": {"review_since": now},
        "published": {"published_at": now},
        "superseded": {"published_at": now},
    }
    return ReportFactory(**{"status": state, **moments.get(state, {}), **values})


def portfolio(state):
    return in_state(
        state,
        kind="portfolio",
        period=None,
        partnership=None,
        starts_on="2024-01-01",
        ends_on="2024-12-31",
        reference_on="2024-12-31",
        cutoff_at=timezone.now(),
    )


def stored(report):
    return Report.objects.get(pk=report.pk)


def check(report, move, outcome):
    was = report.status
    if outcome in STATES:
        MOVES[move](report, UserFactory(admin=True))
        assert (stored(report).status, stored(report).content) == (outcome, report.content)
        assert moves_of(report) == ([(was, outcome)] if was != outcome else [])
    else:
        with refused(outcome):
            MOVES[move](report, UserFactory(admin=True))
        assert stored(report).status == was
        assert moves_of(report) == []


def test_the_table_names_every_state_and_every_move():
    states = {state for state, _, _ in cells(TABLE)} - {"over"}
    assert states == STATES
    assert {move for _, move, _ in cells(TABLE)} == set(MOVES)


@pytest.mark.parametrize(("state", "move", "outcome"), cells(TABLE))
def test_an_admins_move(state, move, outcome):
    check(in_state(state), move, outcome)


@pytest.mark.parametrize(("state", "move", "outcome"), cells(WITHOUT_REPLY))
def test_an_admins_move_where_nobody_replies(state, move, outcome):
    check(portfolio(state), move, outcome)


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("state", ["draft", "over", "in_review", "published"])
def test_others_do_not_move_it(state, move, who):
    report = in_state(state)

    with refused("admins_only", NotAllowed):
        MOVES[move](report, People(report.partnership)[who])

    assert moves_of(report) == []


@pytest.mark.parametrize(
    ("state", "first", "second"),
    [
        ("in_review", "publish", "withdraw"),
        ("in_review", "withdraw", "publish"),
        ("over", "review", "withdraw"),
        ("draft", "send", "withdraw"),
        ("draft", "withdraw", "send"),
    ],
)
def test_of_two_moves_read_at_once_the_first_wins(state, first, second):
    report, admin = in_state(state), UserFactory(admin=True)
    one, other = read_twice(report)

    MOVES[first](one, admin)
    with refused("invalid_transition"):
        MOVES[second](other, admin)

    assert len(moves_of(report)) == 1


def test_a_reply_lasts_fourteen_days():
    report = ReportFactory()
    before = timezone.now()

    report.send_for_comment(by=UserFactory(admin=True))

    left = stored(report).reply_until - before
    assert timedelta(days=14) <= left < timedelta(days=14, minutes=1)


def test_a_new_revision_supersedes_the_published_one():
    old = ReportFactory(published=True)
    new = ReportFactory(period=old.period, revision=2, in_review=True)
    elsewhere = ReportFactory(period=PeriodFactory(framework=old.period.framework), published=True)

    new.publish(by=UserFactory(admin=True))

    assert [stored(r).status for r in (old, new, elsewhere)] == [
        "superseded",
        "published",
        "published",
    ]
    assert moves_of(old) == [("published", "superseded")]


def test_a_refused_publication_leaves_the_published_one_in_place():
    old = ReportFactory(published=True)
    withdrawn = ReportFactory(period=old.period, revision=2, status="withdrawn")

    with refused("invalid_transition"):
        withdrawn.publish(by=UserFactory(admin=True))

    assert stored(old).status == "published"


def test_an_older_revision_is_not_published_over_a_newer_one():
    old = ReportFactory(in_review=True)
    new = ReportFactory(period=old.period, revision=2, published=True)

    with refused("later_revision_published"):
        old.publish(by=UserFactory(admin=True))

    assert [stored(r).status for r in (old, new)] == ["in_review", "published"]


def test_publishing_withdraws_what_never_was_public_and_says_why():
    old = ReportFactory(in_reply=True)
    new = ReportFactory(period=old.period, revision=2, in_review=True)

    new.publish(by=UserFactory(admin=True))

    assert stored(old).status == "withdrawn"
    assert moves_of(old) == [("in_reply", "withdrawn")]


@pytest.mark.parametrize("state", ["draft", "in_reply", "in_review", "published", "superseded"])
def test_a_withdrawal_gives_its_reason(state):
    with pytest.raises(ValidationError) as refusal:
        in_state(state).withdraw(by=UserFactory(admin=True), reason=" ")

    assert "reason" in refusal.value.message_dict


@pytest.mark.django_db(transaction=True)
def test_of_revisions_published_at_once_one_remains_published():
    first = ReportFactory(in_review=True)
    later = [ReportFactory(period=first.period, revision=n, in_review=True) for n in (2, 3, 4)]
    admin = UserFactory(admin=True)

    outcomes = race(*[lambda r=r: r.publish(by=admin) for r in [first, *later]])

    # Each either lost to a later one, or was overtaken before its turn came.
    allowed = {None, "later_revision_published", "invalid_transition", "stale_version"}
    assert {getattr(o, "code", o) for o in outcomes} <= allowed
    assert Report.objects.get(status="published").revision == 4
