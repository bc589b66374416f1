"""Reports are published and withdrawn by admins; one revision of a period is published."""

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import Report
from registry.errors import NotAllowed
from tests.factories import PeriodFactory, ReportFactory, UserFactory
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
MOVES = {
    "publish": lambda r, by: r.publish(by=by),
    "withdraw": lambda r, by: r.withdraw(by=by, reason="A unit reported twice."),
}
FROM = {
    "publish": {"draft": "published"},
    "withdraw": {"draft": "withdrawn", "published": "withdrawn"},
}
STATES = ["draft", "published", "superseded", "withdrawn"]
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
WRONG = [(move, was) for move in FROM for was in STATES if was not in FROM[move]]


def stored(report):
    return Report.objects.get(pk=report.pk)


@pytest.mark.parametrize(("move", "was", "to"), ALLOWED)
def test_an_admin_moves_it_and_its_content_stays(move, was, to):
    report = ReportFactory(status=was)

    MOVES[move](report, UserFactory(admin=True))

    assert (stored(report).status, stored(report).content) == (to, report.content)
    assert moves_of(report) == [(was, to)]


@pytest.mark.parametrize(("move", "was"), WRONG)
def test_refuses_a_move_from_the_wrong_state(move, was):
    report = ReportFactory(status=was)

    with refused("invalid_transition"):
        MOVES[move](report, UserFactory(admin=True))

    assert stored(report).status == was


@pytest.mark.parametrize("who", ["lead_manager", "manager", "evaluator", "observer", "outsider"])
@pytest.mark.parametrize("move", MOVES)
def test_others_do_not_move_it(move, who):
    report = ReportFactory()

    with refused("admins_only", NotAllowed):
        MOVES[move](report, People(report.partnership)[who])

    assert moves_of(report) == []


@pytest.mark.parametrize(("first", "second"), [("publish", "withdraw"), ("withdraw", "publish")])
def test_of_two_moves_read_at_once_the_first_wins(first, second):
    report, admin = ReportFactory(), UserFactory(admin=True)
    one, other = read_twice(report)

    MOVES[first](one, admin)
    with refused("invalid_transition"):
        MOVES[second](other, admin)

    assert len(moves_of(report)) == 1


def test_a_new_revision_supersedes_the_published_one():
    old = ReportFactory(published=True)
    new = ReportFactory(period=old.period, revision=2)
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
    old = ReportFactory()
    new = ReportFactory(period=old.period, revision=2, published=True)

    with refused("later_revision_published"):
        old.publish(by=UserFactory(admin=True))

    assert [stored(r).status for r in (old, new)] == ["draft", "published"]


def test_a_withdrawal_gives_its_reason():
    with pytest.raises(ValidationError) as refusal:
        ReportFactory(published=True).withdraw(by=UserFactory(admin=True), reason=" ")

    assert "reason" in refusal.value.message_dict


@pytest.mark.django_db(transaction=True)
def test_of_revisions_published_at_once_one_remains_published():
    first = ReportFactory()
    reports = [first, *[ReportFactory(period=first.period, revision=n) for n in (2, 3, 4)]]
    admin = UserFactory(admin=True)

    outcomes = race(*[lambda r=r: r.publish(by=admin) for r in reports])

    assert {getattr(o, "code", o) for o in outcomes} <= {None, "later_revision_published"}
    assert Report.objects.get(status="published").revision == 4
