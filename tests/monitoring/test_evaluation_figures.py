"""What a report says of evaluations as of two dates, by hand; and that later news changes none."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.reports.documents.evaluations import section
from monitoring.reports.documents.parts import Document, Link, Missing, Tiles
from monitoring.reports.evaluations import evaluations_of
from monitoring.reports.snapshot import digest, plain
from tests.factories import (
    EvaluationFactory,
    FollowUpFactory,
    ManagementActionFactory,
    ManagementResponseFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    UserFactory,
)
from tests.factories.evaluations import published

pytestmark = pytest.mark.django_db


def at(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def story(partnership):
    """An evaluation of 3 March 2025 with five recommendations, to be answered by 2 May.

    20 March: 1 accepted, with an action due on 30 June (begun on 1 May, done on 10 July) and one
    due on 31 May (nothing noted; postponed on 1 August to 31 December). 10 April: 2 accepted in
    part, with an action dropped on 1 June. 5 May: 3 rejected. 4 is never answered. 5 goes to the
    secretariat; it was rejected on 20 March and accepted on 1 September.
    """
    evaluation = EvaluationFactory(
        partnership=partnership, under_way=True, relevance=5, efficiency=3, is_independent=True
    )
    member = MembershipFactory(partnership=partnership)
    one, two, three, _four = (
        RecommendationFactory(evaluation=evaluation, member=member) for _ in range(4)
    )
    five = RecommendationFactory(evaluation=evaluation, secretariat=True, priority="high")
    published(evaluation)

    def said(recommendation, decision, day, revision=1):
        ManagementResponseFactory(
            recommendation=recommendation,
            decision=decision,
            reason="Because.",
            revision=revision,
            stated_on=day,
            created_at=at(day),
        )

    def noted(action, day, status, due_on=None):
        FollowUpFactory(
            action=action, noted_on=day, status=status, due_on=due_on or action.due_on, at=at(day)
        )

    said(one, "accepted", date(2025, 3, 20))
    begun = ManagementActionFactory(
        recommendation=one, due_on=date(2025, 6, 30), status="done", noted=False
    )
    noted(begun, date(2025, 3, 20), "not_started")
    noted(begun, date(2025, 5, 1), "under_way")
    noted(begun, date(2025, 7, 10), "done")
    silent = ManagementActionFactory(recommendation=one, due_on=date(2025, 12, 31), noted=False)
    noted(silent, date(2025, 3, 20), "not_started", date(2025, 5, 31))
    noted(silent, date(2025, 8, 1), "not_started", date(2025, 12, 31))
    said(two, "partly", date(2025, 4, 10))
    dropped = ManagementActionFactory(
        recommendation=two, due_on=date(2025, 9, 30), status="dropped", noted=False
    )
    noted(dropped, date(2025, 4, 10), "not_started")
    noted(dropped, date(2025, 6, 1), "dropped")
    said(three, "rejected", date(2025, 5, 5))
    said(five, "rejected", date(2025, 3, 20))
    said(five, "accepted", date(2025, 9, 1), revision=2)
    return evaluation


def figures(partnership, day, cutoff=None):
    found = evaluations_of(partnership, day, cutoff or at(day, 23))
    answers = found["by_response"]
    states = found["by_action_status"]
    return {
        "published": len(found["published"]),
        "recommendations": found["recommendations_total"],
        "answers": [answers[code] for code in ("accepted", "partly", "rejected", "none")],
        "late": found["responses_overdue"],
        "actions": [states[code] for code in ("not_started", "under_way", "done", "dropped")],
        "overdue": found["actions_overdue"],
    }


NOTHING = {
    "published": 0,
    "recommendations": 0,
    "answers": [0, 0, 0, 0],
    "late": 0,
    "actions": [0, 0, 0, 0],
    "overdue": 0,
}


def by_hand(answers, late, actions, overdue):
    return {
        "published": 1,
        "recommendations": 5,
        "answers": answers,
        "late": late,
        "actions": actions,
        "overdue": overdue,
    }


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2025, 3, 2), NOTHING),
        (date(2025, 3, 3), by_hand([0, 0, 0, 5], 0, [0, 0, 0, 0], 0)),
        (date(2025, 3, 31), by_hand([1, 0, 1, 3], 0, [2, 0, 0, 0], 0)),
        # the day by which to answer is still in time
        (date(2025, 5, 2), by_hand([1, 1, 1, 2], 0, [2, 1, 0, 0], 0)),
        (date(2025, 5, 3), by_hand([1, 1, 1, 2], 2, [2, 1, 0, 0], 0)),
        # due on 31 May: overdue from 1 June; the other was dropped that day
        (date(2025, 5, 31), by_hand([1, 1, 2, 1], 1, [2, 1, 0, 0], 0)),
        (date(2025, 6, 1), by_hand([1, 1, 2, 1], 1, [1, 1, 0, 1], 1)),
        (date(2025, 7, 1), by_hand([1, 1, 2, 1], 1, [1, 1, 0, 1], 2)),
        (date(2025, 7, 10), by_hand([1, 1, 2, 1], 1, [1, 0, 1, 1], 1)),
        (date(2025, 8, 1), by_hand([1, 1, 2, 1], 1, [1, 0, 1, 1], 0)),
        (date(2025, 12, 31), by_hand([2, 1, 1, 1], 1, [1, 0, 1, 1], 0)),
        (date(2026, 1, 1), by_hand([2, 1, 1, 1], 1, [1, 0, 1, 1], 1)),
    ],
)
def test_counts_as_by_hand_on_any_day(partnership, day, wanted):
    assert figures(partnership, day) == wanted


@pytest.mark.usefixtures("story")
def test_what_was_recorded_after_the_cutoff_is_not_known(partnership):
    day = date(2025, 6, 30)

    assert figures(partnership, day, at(date(2025, 4, 1))) == by_hand(
        [1, 0, 1, 3], 3, [2, 0, 0, 0], 1
    )
    # what became of it after the reference date is not told, however late the cut-off
    assert figures(partnership, day, at(date(2026, 6, 1))) == figures(partnership, day)


def test_an_earlier_date_reads_the_same_after_later_news(partnership, story):
    day, cutoff = date(2025, 7, 1), at(date(2025, 7, 20))
    before = digest(plain(evaluations_of(partnership, day, cutoff)))
    for action in story.recommendations.get(number=1).actions.all():
        FollowUpFactory(
            action=action, status="done", noted_on=date(2025, 6, 30), at=at(date(2025, 8, 9))
        )
    ManagementResponseFactory(
        recommendation=story.recommendations.get(number=4),
        stated_on=date(2025, 9, 9),
        created_at=at(date(2025, 9, 9)),
    )
    other = EvaluationFactory(partnership=partnership, under_way=True)
    published(other, date(2025, 7, 2))
    story.withdraw(by=UserFactory(admin=True), reason="Not independent.")

    assert digest(plain(evaluations_of(partnership, day, cutoff))) == before
    assert figures(partnership, day, datetime.now(UTC) + timedelta(days=1)) == NOTHING


def test_names_each_recommendation_with_what_was_answered_and_done(partnership, story):
    found = plain(evaluations_of(partnership, date(2025, 7, 1), at(date(2025, 7, 1), 23)))
    (evaluation,) = found["published"]

    assert evaluation["title"] == story.title
    assert evaluation["ratings"] == {"relevance": 5, "efficiency": 3}
    assert (evaluation["published_on"], evaluation["respond_by"]) == ("2025-03-03", "2025-05-02")
    assert [(r["number"], r["response"]) for r in evaluation["recommendations"]] == [
        (1, "accepted"),
        (2, "partly"),
        (3, "rejected"),
        (4, "none"),
        (5, "rejected"),
    ]
    actions = evaluation["recommendations"][0]["actions"]
    assert [(a["status"], a["due_on"], a["is_overdue"]) for a in actions] == [
        ("under_way", "2025-06-30", True),
        ("not_started", "2025-05-31", True),
    ]


@pytest.mark.usefixtures("story")
def test_takes_two_queries_at_any_size_and_one_where_nothing_was_published(partnership):
    day = date(2025, 12, 31)
    for size in (1, 12):
        for _ in range(size - 1):
            evaluation = EvaluationFactory(partnership=partnership, under_way=True)
            asked = RecommendationFactory(evaluation=evaluation)
            published(evaluation)
            ManagementActionFactory(recommendation=asked)
        # evaluations with recommendations and responses; actions as they were noted last
        with CaptureQueriesContext(connection) as queries:
            found = evaluations_of(partnership, day, at(day))
        assert len(queries) == 2
        assert len(found["published"]) == size
    other = PartnershipFactory(active=True)
    with CaptureQueriesContext(connection) as queries:
        evaluations_of(other, day, at(day))
    assert len(queries) == 1


def test_an_evaluation_without_recommendations_is_counted(partnership):
    published(EvaluationFactory(partnership=partnership, under_way=True))

    wanted = {**NOTHING, "published": 1}
    assert figures(partnership, date(2025, 12, 31)) == wanted


@pytest.mark.usefixtures("story")
def test_the_section_says_the_same_and_its_totals_are_the_sums_of_its_rows(partnership):
    day = date(2025, 7, 1)
    content = plain({"evaluations": evaluations_of(partnership, day, at(day, 23))})
    made = section(content)
    document = Document("", "", [], [made])
    tables = {table.key: table for table in document.tables()}

    assert document.blocks()[0].text == (
        "1 evaluation made 5 recommendations. The management accepted 1 wholly and 1 in part, "
        "rejected 2 and left 1 unanswered."
    )
    tiles = next(block for block in document.blocks() if isinstance(block, Tiles))
    assert [tile.value for tile in tiles.tiles] == [1, 5, 1, 0, 2]
    for table in tables.values():
        keys = {column.key for column in table.columns}
        assert len(keys) == len(table.columns)
        assert {len(row) for row in table.rows} == {len(table.columns)}
    rows = tables["recommendations"].rows
    sums = [sum(row[column] for row in rows) for column in range(6, 11)]
    assert sums == list(tables["recommendations"].totals[6:]) == [1, 1, 0, 1, 2]
    assert isinstance(tables["evaluations"].rows[0][0], Link)
    assert rows[3][5] == Missing("no response")
    assert tables["evaluation-ratings"].rows[0][1:3] == [5, Missing("not rated")]


def test_the_section_says_that_there_is_nothing_and_knows_older_contents(partnership):
    day = date(2025, 7, 1)
    made = section(plain({"evaluations": evaluations_of(partnership, day, at(day))}))

    assert [block.text for block in made.blocks] == ["No evaluation had been published."]
    assert section({"format": "partnership-report/1"}) is None
