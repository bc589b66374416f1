"""Reminders after evaluations: on which days, of what, to whom, each once; and what waits."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.models import EvaluationReminder
from monitoring.models.evaluation_reminders import due_about, remind
from monitoring.models.waiting_evaluations import to_do, to_publish, to_respond, waits_for
from monitoring.tasks import remind_of_evaluations
from registry.models import Event, Notice
from registry.services.merging import merge_partners
from registry.telling import tell
from tests.factories import (
    EvaluationFactory,
    FollowUpFactory,
    ManagementActionFactory,
    ManagementResponseFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
)
from tests.factories.evaluations import published
from tests.moves import People, race

pytestmark = pytest.mark.django_db
RESPOND_BY = date(2025, 5, 2)  # 60 days after 3 March 2025
DUE = date(2025, 9, 30)
# Written from the design: days after the due date, and the reminder of that day.
KINDS = {-14: "before_14", 0: "due", 7: "after_7", 30: "after_30"}


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def recommended(people, **values):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    return RecommendationFactory(
        evaluation=evaluation, **{"member": people.membership, "published": True, **values}
    )


def sent_on(day):
    """What a beat of that day sends, as (evaluation, action, kind)."""
    before = set(EvaluationReminder.objects.values_list("pk", flat=True))
    for due in list(due_about(day)):
        remind(due, day)
    made = EvaluationReminder.objects.exclude(pk__in=before)
    return sorted(made.values_list("evaluation", "action", "kind"))


def sent_about(due_on):
    return {
        after: kind
        for after in range(-40, 90)
        for _, _, kind in sent_on(due_on + timedelta(days=after))
    }


def told(kind):
    event = Event.objects.filter(kind=f"evaluationreminder.{kind}").latest("pk")
    tell(event)
    return {notice.user for notice in Notice.objects.filter(event=event)}


def test_responses_are_asked_for_on_each_day_named_and_on_no_other(people):
    recommended(people)

    assert sent_about(RESPOND_BY) == KINDS


def test_an_action_is_asked_for_on_each_day_named_and_on_no_other(people):
    ManagementActionFactory(recommendation=recommended(people), due_on=DUE)

    assert sent_about(DUE) == KINDS


def test_days_that_were_missed_are_made_up_for_by_the_last_alone(people):
    ManagementActionFactory(recommendation=recommended(people), due_on=DUE)

    assert [kind for _, _, kind in sent_on(DUE + timedelta(days=9))] == ["after_7"]
    assert sent_on(DUE + timedelta(days=9)) == []
    assert sent_on(DUE + timedelta(days=60)) == []


def test_an_overdue_action_with_news_since_is_left_alone(people):
    silent, told_of, before = (
        ManagementActionFactory(recommendation=recommended(people), due_on=DUE) for _ in range(3)
    )
    FollowUpFactory(action=told_of, note="Half.", noted_on=DUE + timedelta(days=3))
    FollowUpFactory(action=before, note="Half.", noted_on=DUE)

    asked = [action for _, action, _ in sent_on(DUE + timedelta(days=7))]
    assert asked == [silent.pk, before.pk]


def test_an_action_that_falls_due_later_is_asked_for_anew(people):
    action = ManagementActionFactory(recommendation=recommended(people), due_on=DUE)
    assert sent_on(DUE)
    later = DUE + timedelta(days=100)
    action.change(due_on=later)

    assert sent_about(later) == KINDS


def test_nothing_is_asked_for_that_was_answered_done_dropped_or_withdrawn(people):
    answered = recommended(people)
    ManagementResponseFactory(recommendation=answered, decision="rejected", reason="No.")
    for status in ("done", "dropped"):
        asked = recommended(people)
        ManagementActionFactory(recommendation=asked, due_on=DUE, status=status)
    gone = recommended(people)
    ManagementActionFactory(recommendation=gone, due_on=DUE)
    gone.evaluation.withdraw(by=people.lead_manager, reason="Not independent.")
    unfinished = EvaluationFactory(partnership=people.partnership, under_way=True)
    RecommendationFactory(evaluation=unfinished, member=people.membership)

    assert sent_on(RESPOND_BY) == sent_on(DUE) == []


def test_one_reminder_for_all_that_an_evaluation_still_waits_for(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    asked = RecommendationFactory.create_batch(3, evaluation=evaluation, member=people.membership)
    published(evaluation)
    ManagementResponseFactory(recommendation=asked[0])

    assert sent_on(RESPOND_BY) == [(evaluation.pk, None, "due")]


def test_who_is_to_act_is_told_and_after_a_month_the_lead_too(people):
    ManagementActionFactory(recommendation=recommended(people), due_on=DUE)
    manager, lead, admin = people.manager, people.lead_manager, people.admin

    sent_on(DUE)
    assert told("due") == {manager}
    sent_on(DUE + timedelta(days=30))
    assert told("after_30") == {manager, lead}
    assert admin not in told("after_30")


def test_the_lead_is_told_of_responses_and_admins_of_those_that_are_theirs(people):
    lead, admin = people.lead_manager, people.admin
    recommended(people)
    sent_on(RESPOND_BY)
    assert told("due") == {lead}

    recommended(people, member=None, addressed_to="secretariat")
    sent_on(RESPOND_BY)
    assert told("due") == {admin}


@pytest.mark.django_db(transaction=True)
def test_two_beats_send_each_once(people):
    ManagementActionFactory(recommendation=recommended(people), due_on=DUE)
    due = next(one for one in due_about(DUE) if one.action)

    outcomes = race(lambda: remind(due, DUE), lambda: remind(due, DUE))

    assert sorted(outcomes) == [False, True]
    assert Event.objects.filter(kind="evaluationreminder.due").count() == 1


def test_finds_what_is_due_in_two_queries_at_any_size(people):
    for size in (1, 10):
        for _ in range(size):
            ManagementActionFactory(recommendation=recommended(people), due_on=RESPOND_BY)
            recommended(people)
        # evaluations that wait for responses; actions with what was noted last
        with CaptureQueriesContext(connection) as queries:
            found = list(due_about(RESPOND_BY))
        assert len(queries) == 2
    assert len(found) == 22


def test_the_task_goes_on_after_one_that_fails(people, monkeypatch):
    from monitoring.models import evaluation_reminders

    due = [evaluation_reminders.Due(EvaluationFactory(), None, DUE) for _ in range(3)]
    monkeypatch.setattr(evaluation_reminders, "due_about", lambda on: iter(due))
    calls = []

    def send(one, on):
        calls.append(one)
        if one is due[1]:
            raise RuntimeError("a row that cannot be read")
        return True

    monkeypatch.setattr(evaluation_reminders, "remind", send)
    assert remind_of_evaluations() == 2
    assert calls == due


def test_what_waits_is_told_to_who_can_do_it(people):
    lead, member = people.lead_membership.partner_id, people.membership.partner_id
    sent = EvaluationFactory(partnership=people.partnership, submitted=True)
    unanswered = recommended(people)
    action = ManagementActionFactory(recommendation=recommended(people), due_on=DUE)
    ManagementActionFactory(recommendation=recommended(people), due_on=date(2090, 1, 1))
    waits = {source: list(source(people.lead_manager, [lead])) for source in (to_publish, to_do)}

    assert [task.url for task in waits[to_publish]] == [f"/evaluations/{sent.pk}/"]
    assert waits[to_do] == []
    assert [task.url for task in to_respond(people.lead_manager, [lead])] == [
        f"/recommendations/{unanswered.pk}/respond/"
    ]
    assert [task.url for task in to_do(people.manager, [member])] == [
        f"/management-actions/{action.pk}/"
    ]
    assert list(to_publish(people.manager, [member])) == []
    assert list(to_respond(people.manager, [member])) == []


def test_the_secretariat_sees_what_it_owes_and_what_is_owed_to_it(people):
    recommended(people)
    recommended(people, member=None, addressed_to="secretariat")
    ManagementActionFactory(recommendation=recommended(people), due_on=DUE)

    assert [(one.label, one.number) for one in waits_for(people.admin)] == [
        ("Recommendations to answer", 1),
        ("Responses to evaluations overdue", 2),
        ("Actions after evaluations overdue", 1),
    ]


def test_two_members_made_one_leave_what_was_published_as_it_was_said(people):
    asked = recommended(people)
    action = ManagementActionFactory(recommendation=asked)
    into = MembershipFactory(partnership=people.partnership)
    duplicate = people.membership.partner

    merge_partners(duplicate, into=into.partner, by=people.admin, reason="The same one twice.")

    for row in (asked, action):
        row.refresh_from_db()
    assert asked.member.partner_id == into.partner_id
    assert action.owner.partner_id == into.partner_id
    assert action.owner.ended_on is None, "what is to be done is the present member's"
