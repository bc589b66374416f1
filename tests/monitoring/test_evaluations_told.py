"""Who is told of what happens around an evaluation."""

from datetime import date

import pytest

from monitoring.services.management import plan_action, respond
from registry.models import Event, Notice
from registry.telling import lines_for, tell
from tests.factories import (
    EvaluationFactory,
    EvaluationFindingFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def told(kind):
    event = Event.objects.filter(kind=kind).latest("pk")
    tell(event)
    return {notice.user for notice in Notice.objects.filter(event=event)}


def test_each_step_is_told_to_whom_it_concerns(people):
    lead, member, admin = people.lead_manager, people.manager, people.admin
    second = UserFactory(manages=people.lead_membership.partner)
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    EvaluationFindingFactory(evaluation=evaluation)
    asked = RecommendationFactory(evaluation=evaluation, member=people.membership)

    evaluation.submit(by=lead)
    assert told("evaluation.submitted") == {second}, "not who did it"
    evaluation.publish(by=lead)
    assert told("evaluation.published") == {second, member}
    respond(asked, by=lead, decision="partly", reason="Half of it.")
    assert told("managementresponse.partly") == {second, member}
    plan = {"what": "Hold a course.", "due_on": date(2090, 1, 1)}
    action = plan_action(asked, by=lead, owner=people.membership, **plan)
    assert told("managementaction.planned") == {member}
    action.report("done", by=member, note="Held.")
    assert told("managementaction.done") == {lead, second}
    other = MembershipFactory(partnership=people.partnership)
    third = UserFactory(manages=other.partner)
    action.report("under_way", by=member, note="One village is left.")
    action.reassign(other, by=lead, reason="They live there.")
    assert told("managementaction.reassigned") == {third}
    action.postpone(date(2091, 1, 1), by=lead, reason="Rain.")
    assert told("managementaction.postponed") == {third}
    action.drop(by=lead, reason="No money.")
    assert told("managementaction.dropped") == {third}
    evaluation.withdraw(by=admin, reason="Not independent.")
    assert told("evaluation.withdrawn") == {lead, second, member, third}


def test_a_notice_leads_to_the_page_on_which_it_is_done(people):
    evaluation = EvaluationFactory(partnership=people.partnership, under_way=True)
    asked = RecommendationFactory(evaluation=evaluation, member=people.membership, published=True)
    said = respond(asked, by=people.lead_manager, decision="accepted")
    plan = {"what": "Hold a course.", "due_on": date(2090, 1, 1), "owner": people.membership}
    action = plan_action(asked, by=people.lead_manager, **plan)
    manager = people.manager
    for kind in ("managementresponse.accepted", "managementaction.planned"):
        told(kind)

    notices = Notice.objects.filter(user=manager).select_related("event").order_by("pk")
    lines = lines_for(list(notices))
    assert [(line.words, line.url) for line in lines] == [
        (
            f"Accepted. Response to Recommendation 1: {evaluation.title}",
            f"/management-responses/{said.pk}/",
        ),
        (
            "To be done after an evaluation: Hold a course.",
            f"/management-actions/{action.pk}/",
        ),
    ]
