"""Responses to recommendations and the actions under them: who, when, and what stays on record."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from monitoring.models import FollowUp, ManagementAction, ManagementResponse
from monitoring.services.management import plan_action, respond, revise_response
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    EvaluationFactory,
    ManagementActionFactory,
    ManagementResponseFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    UserFactory,
)
from tests.factories.evaluations import PUBLISHED_ON, published
from tests.moves import People, moves_of, race, read_twice, refused

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
WHO = [
    "lead_manager",
    "admin",
    "lead_evaluator",
    "manager",
    "evaluator",
    "observer",
    "outsider",
]


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def recommended(people, **values):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    return RecommendationFactory(
        evaluation=evaluation, **{"member": people.membership, "published": True, **values}
    )


def planned(people, **values):
    return ManagementActionFactory(recommendation=recommended(people), **values)


@pytest.mark.parametrize("who", WHO)
def test_the_leads_managers_answer_for_members_and_admins_for_the_secretariat(people, who):
    to_member = recommended(people)
    to_us = recommended(people, member=None, addressed_to="secretariat")
    for asked, may in ((to_member, ("lead_manager", "admin")), (to_us, ("admin",))):
        if who in may:
            made = respond(asked, by=people[who], decision="accepted")
            assert (made.revision, made.stated_on) == (1, TODAY())
        else:
            with refused("responders_only", NotAllowed):
                respond(asked, by=people[who], decision="accepted")


@pytest.mark.parametrize("state", ["under_way", "submitted", "withdrawn"])
def test_only_what_is_published_is_answered(people, state):
    asked = RecommendationFactory(
        evaluation=EvaluationFactory(partnership=people.partnership, under_way=True)
    )
    at = {"withdrawn_at": timezone.now()} if state == "withdrawn" else {}
    asked.evaluation.change(status=state, **at)

    with refused("not_published"):
        respond(asked, by=people.lead_manager, decision="accepted")
    assert not ManagementResponse.objects.exists()


@pytest.mark.parametrize(
    ("decision", "reason", "field"),
    [
        ("partly", "", "reason"),
        ("rejected", "  ", "reason"),
        ("rejected", "x" * 5001, "reason"),
        ("perhaps", "Why not.", "decision"),
    ],
)
def test_a_doubtful_answer_gives_its_reason(people, decision, reason, field):
    with pytest.raises(ValidationError) as refusal:
        respond(recommended(people), by=people.lead_manager, decision=decision, reason=reason)
    assert list(refusal.value.message_dict) == [field]


def test_a_reason_is_kept_as_it_was_typed(people):
    said = "<script>alert(1)</script> مرفوض 拒绝"
    made = respond(recommended(people), by=people.lead_manager, decision="rejected", reason=said)

    assert ManagementResponse.objects.get(pk=made.pk).reason == said


@pytest.mark.django_db(transaction=True)
def test_of_two_that_answer_at_once_one_does(people):
    first, second = read_twice(recommended(people))
    by = people.lead_manager

    outcomes = race(
        lambda: respond(first, by=by, decision="accepted"),
        lambda: respond(second, by=by, decision="rejected", reason="No money."),
    )
    assert [one.code for one in outcomes if isinstance(one, Exception)] == ["responded_already"]
    assert ManagementResponse.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_answer_otherwise_at_once_one_does(people):
    said = respond(recommended(people), by=people.lead_manager, decision="accepted")
    first, second = read_twice(said)
    by = people.lead_manager

    outcomes = race(
        lambda: revise_response(first, by=by, decision="partly", reason="Half of it."),
        lambda: revise_response(second, by=by, decision="rejected", reason="None of it."),
    )
    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [StaleVersion]
    assert list(ManagementResponse.objects.values_list("revision", flat=True)) == [2, 1]


def test_a_later_answer_stands_beside_the_earlier_one(people):
    asked = recommended(people)
    first = respond(asked, by=people.lead_manager, decision="rejected", reason="No money.")
    with refused("responded_already"):
        respond(asked, by=people.lead_manager, decision="accepted")
    with pytest.raises(ValidationError, match="another one"):
        revise_response(first, by=people.lead_manager, decision="accepted", reason=" ")
    second = revise_response(
        first, by=people.lead_manager, decision="partly", reason="Money for one village."
    )

    assert list(ManagementResponse.objects.current()) == [second]
    assert (second.revision, first.decision) == (2, "rejected")
    with pytest.raises(StaleVersion):
        revise_response(first, by=people.lead_manager, decision="accepted", reason="Again.")
    with refused("responders_only", NotAllowed):
        revise_response(second, by=people.manager, decision="accepted", reason="Again.")


def test_nothing_is_rejected_while_something_is_to_be_done_about_it(people):
    action = planned(people)
    said = action.recommendation.responses.get()
    deny = {"by": people.lead_manager, "decision": "rejected", "reason": "No money."}

    with refused("open_actions"):
        revise_response(said, **deny)
    action.drop(by=people.lead_manager, reason="No money.")
    assert revise_response(said, **deny).decision == "rejected"


@pytest.mark.parametrize("who", WHO)
def test_who_answers_plans_what_is_done(people, who):
    for asked, may in (
        (recommended(people), ("lead_manager", "admin")),
        (recommended(people, member=None, addressed_to="secretariat"), ("admin",)),
    ):
        ManagementResponseFactory(recommendation=asked)
        plan = {"what": "Hold a course.", "due_on": date(2030, 1, 1), "owner": people.membership}
        if who in may:
            action = plan_action(asked, by=people[who], **plan)
            assert [row.status for row in action.follow_ups.all()] == ["not_started"]
        else:
            with refused("responders_only", NotAllowed):
                plan_action(asked, by=people[who], **plan)


def test_an_action_has_an_owner_of_now_and_a_day_after_publication(people):
    asked = recommended(people)
    ManagementResponseFactory(recommendation=asked)
    good = {"what": "Hold a course.", "due_on": date(2030, 1, 1), "owner": people.membership}
    bad = [
        ("owner", {"owner": MembershipFactory()}),
        ("owner", {"owner": MembershipFactory(partnership=people.partnership, left=True)}),
        ("owner", {"owner": MembershipFactory(partnership=people.partnership, invited=True)}),
        ("owner", {"owner": None}),
        ("due_on", {"due_on": PUBLISHED_ON - timedelta(days=1)}),
        ("due_on", {"due_on": date(2900, 1, 1)}),
        ("what", {"what": " "}),
        ("what", {"what": "x" * 2001}),
    ]
    for field, values in bad:
        with pytest.raises(ValidationError) as refusal:
            plan_action(asked, by=people.lead_manager, **{**good, **values})
        assert list(refusal.value.message_dict) == [field], values
    assert not ManagementAction.objects.exists()
    assert plan_action(asked, by=people.lead_manager, **{**good, "due_on": PUBLISHED_ON}).pk


def test_nothing_is_planned_without_a_yes(people):
    plan = {"what": "Hold a course.", "due_on": date(2030, 1, 1), "owner": people.membership}
    with refused("not_responded"):
        plan_action(recommended(people), by=people.lead_manager, **plan)
    rejected = recommended(people)
    ManagementResponseFactory(recommendation=rejected, decision="rejected", reason="No.")
    with refused("rejected"):
        plan_action(rejected, by=people.lead_manager, **plan)


def test_the_secretariat_may_do_itself_what_it_is_asked_to(people):
    asked = recommended(people, member=None, addressed_to="secretariat")
    ManagementResponseFactory(recommendation=asked)
    action = plan_action(asked, by=people.admin, what="Write a guide.", due_on=date(2030, 1, 1))

    assert action.owner is None
    action.report("done", by=people.admin, note="Published.")
    with refused("owner_only", NotAllowed):
        action.report("under_way", by=people.lead_manager, note="Not yet.")


# Written from the design: from which state a report leads to which; the same is a note.
REPORTS = {
    "not_started": ["not_started", "under_way", "done"],
    "under_way": ["under_way", "done"],
    "done": ["under_way"],
    "dropped": [],
}


@pytest.mark.parametrize("state", REPORTS)
@pytest.mark.parametrize("to", ["not_started", "under_way", "done"])
def test_reports_lead_only_along_the_table(people, state, to):
    action = planned(people, status=state)
    lines = action.follow_ups.count()

    if to in REPORTS[state]:
        action.report(to, by=people.manager, note="Two courses were held.")
        assert (action.follow_ups.count(), action.status) == (lines + 1, to)
        assert moves_of(action) == ([(state, to)] if state != to else [])
    else:
        with refused("action_ended" if state == to else "invalid_transition"):
            action.report(to, by=people.manager, note="Two courses were held.")
        action.refresh_from_db()
        assert (action.follow_ups.count(), action.status) == (lines, state)


@pytest.mark.parametrize("state", REPORTS)
def test_what_is_not_ended_is_dropped_with_a_reason(people, state):
    action = planned(people, status=state)
    with pytest.raises(ValidationError):
        action.drop(by=people.lead_manager, reason=" ")
    if state in ("not_started", "under_way"):
        action.drop(by=people.lead_manager, reason="No money.")
        assert action.follow_ups.last().note == "No money."
    else:
        with refused("invalid_transition"):
            action.drop(by=people.lead_manager, reason="No money.")


@pytest.mark.parametrize("who", WHO)
def test_the_owners_managers_report_and_who_answers_plans_otherwise(people, who):
    def acts():
        action = planned(people)
        other = MembershipFactory(partnership=people.partnership)
        by, why = people[who], "The rains came early."
        return {
            "report": lambda: action.report("under_way", by=by, note="Begun."),
            "postpone": lambda: action.postpone(date(2031, 1, 1), by=by, reason=why),
            "reassign": lambda: action.reassign(other, by=by, reason=why),
            "drop": lambda: action.drop(by=by, reason=why),
        }

    may = {"manager": ["report"], "lead_manager": ["postpone", "reassign", "drop"]}
    may["admin"] = ["report", "postpone", "reassign", "drop"]
    for name in acts():
        act = acts()[name]
        if name in may.get(who, []):
            act()
        else:
            with refused("owner_only" if name == "report" else "responders_only", NotAllowed):
                act()


def test_once_its_owner_has_left_the_lead_reports_or_gives_it_to_another(people):
    action = planned(people)
    people.membership.change(status="left", ended_on=date(2025, 6, 30))
    with refused("owner_only", NotAllowed):
        action.report("done", by=people.manager, note="Done.")
    action.report("under_way", by=people.lead_manager, note="Others go on with it.")

    with pytest.raises(ValidationError) as refusal:
        action.reassign(people.membership, by=people.lead_manager, reason="Back to them.")
    assert list(refusal.value.message_dict) == ["owner"]
    other = MembershipFactory(partnership=people.partnership)
    was = action.owner_id
    action.reassign(other, by=people.lead_manager, reason="They know the villages.")
    action.report("done", by=UserFactory(manages=other.partner), note="Done.")
    event = Event.objects.about(action).get(kind="managementaction.reassigned")
    assert event.facts == {"was": was, "became": other.pk}


def test_a_later_day_is_later_and_the_former_one_stays_on_record(people):
    action = planned(people, due_on=date(2030, 3, 1))
    for day in (date(2030, 3, 1), date(2030, 2, 1)):
        with pytest.raises(ValidationError, match="Later than 1 Mar 2030"):
            action.postpone(day, by=people.lead_manager, reason="Rain.")
        action.refresh_from_db()
    action.postpone(date(2030, 6, 1), by=people.lead_manager, reason="Rain.")

    days = list(action.follow_ups.order_by("pk").values_list("due_on", flat=True))
    assert days == [date(2030, 3, 1), date(2030, 6, 1)]


def test_news_is_of_a_day_that_has_come_and_not_before_the_last(people):
    action = planned(people)  # first noted on 20 March 2025
    bad = [
        ("on", {"on": TODAY() + timedelta(days=1)}),
        ("on", {"on": date(2025, 3, 19)}),
        ("note", {"note": " "}),
        ("note", {"note": "x" * 5001}),
        ("status", {"status": "dropped"}),
    ]
    for field, values in bad:
        with pytest.raises(ValidationError) as refusal:
            action.report(by=people.manager, **{"status": "under_way", "note": "Begun.", **values})
        assert list(refusal.value.message_dict) == [field]
        action.refresh_from_db()
    action.report("under_way", by=people.manager, note="Begun.", on=date(2025, 3, 20))
    assert action.follow_ups.last().noted_on == date(2025, 3, 20)


def test_nothing_moves_any_more_once_the_evaluation_is_withdrawn(people):
    action = planned(people)
    action.evaluation.withdraw(by=people.lead_manager, reason="Not independent.")
    action = ManagementAction.objects.get(pk=action.pk)

    for act in (
        lambda: action.report("done", by=people.manager, note="Done."),
        lambda: action.postpone(date(2031, 1, 1), by=people.lead_manager, reason="Rain."),
        lambda: action.drop(by=people.lead_manager, reason="No money."),
        lambda: respond(action.recommendation, by=people.lead_manager, decision="accepted"),
    ):
        with refused("not_published"):
            act()


@pytest.mark.django_db(transaction=True)
def test_of_two_reports_at_once_one_is_kept(people):
    first, second = read_twice(planned(people))
    by = people.manager

    outcomes = race(
        lambda: first.report("done", by=by, note="All held."),
        lambda: second.report("under_way", by=by, note="Half held."),
    )
    assert sum(isinstance(one, Exception) for one in outcomes) == 1
    assert FollowUp.objects.count() == 2


def test_nobody_rewrites_what_was_answered_or_noted(people):
    action = planned(people)
    attempts = [
        lambda: ManagementResponse.objects.update(decision="rejected", reason="x"),
        ManagementResponse.objects.all().delete,
        lambda: FollowUp.objects.update(status="done"),
        FollowUp.objects.all().delete,
        lambda: ManagementAction.objects.update(what="Something else."),
        ManagementAction.objects.filter(pk=action.pk).delete,
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_a_recommendation_of_a_partnership_that_is_published_later_is_not_seen_before(people):
    asked = RecommendationFactory(
        evaluation=EvaluationFactory(partnership=people.partnership, under_way=True)
    )
    assert asked not in type(asked).objects.visible_to(people.outsider)
    published(asked.evaluation)
    assert asked in type(asked).objects.visible_to(people.outsider)
