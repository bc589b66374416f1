"""Checking the answers, submitting them, and the moves that the lead makes afterwards."""

from datetime import date

import pytest

from partnerships.models.reviews import PartnershipReview
from tests.factories import (
    AffectedGroupFactory,
    AgreementFactory,
    BeneficiaryGroupFactory,
    BenefitFactory,
    CommitmentFactory,
    ConsultationFactory,
    MarkerFactory,
    MembershipFactory,
    ObjectiveFactory,
    PartnershipFactory,
    RiskFactory,
    TargetFactory,
    TechnologyAssessmentFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


def at(partnership, page=""):
    return f"/partnerships/{partnership.reference or partnership.pk}/work/{page}"


def status_of(partnership):
    return type(partnership).objects.get(pk=partnership.pk).status


@pytest.fixture
def led(client):
    """`led(**state)` makes a partnership and signs in a manager of its lead."""

    def make(**state):
        partnership = PartnershipFactory(**state)
        client.force_login(UserFactory(manages=partnership.memberships.get().partner))
        MembershipFactory(partnership=partnership)
        return partnership

    return make


def move(client, partnership, name, **values):
    return client.post(at(partnership, "move/"), {"move": name, **values})


def test_shows_every_answer_with_a_way_to_change_it_and_back(client, led):
    partnership = led()
    ObjectiveFactory(partnership=partnership, text="Every village drinks safe water.")
    partnership.targets.add(TargetFactory(code="6.1"))

    text = client.get(at(partnership, "check/")).content.decode()

    for words in ("Every village drinks safe water.", "6.1 ", partnership.summary):
        assert words in text
    for page in ("about", "objectives", "targets"):
        assert f'href="{at(partnership, page)}/?back=check"' in text


def test_shows_how_agreements_risks_principles_and_the_dialogue_stand(client, led):
    partnership = led()
    AgreementFactory(partnership=partnership, title="How we work")
    RiskFactory.create_batch(2, partnership=partnership)
    RiskFactory(partnership=partnership, shares__none=True, status="closed")
    BenefitFactory(partnership=partnership)
    MarkerFactory(partnership=partnership, assessed=True)
    BeneficiaryGroupFactory(partnership=partnership, people="youth")
    AffectedGroupFactory.create_batch(2, partnership=partnership)
    AffectedGroupFactory(partnership=partnership, withdrawn=True)
    ConsultationFactory(partnership=partnership, held_on=date(2024, 3, 5))
    TechnologyAssessmentFactory(partnership=partnership)

    page = client.get(at(partnership, "check/"))

    said = {row.section.value: dict(answers) for row, _, answers in page.context["rows"]}
    assert said["agreements"] == {"Partnership agreement": "How we work (1): draft"}
    assert said["risks"] == {
        "Risks": "2 open, 1 closed; 2 of 3 shared between the members",
        "Benefits": "1 expected; 1 of 1 shared between the members",
    }
    assert said["principles"]["For whom"] == "young people"
    assert said["principles"]["Gender equality"].startswith("1: ")
    assert said["dialogue"] == {
        "Groups on the stakeholder map": 3,  # with the one that was consulted
        "Consultations": "1, the last on 5 Mar 2024",
        "Technologies looked at": 1,
    }
    for name in ("agreements", "risks", "principles", "dialogue"):
        assert f'href="/partnerships/{partnership.pk}/{name}/?back=check"' in page.content.decode()


def test_a_refused_submission_names_what_is_missing_by_section(client, led):
    partnership = led()

    page = client.post(at(partnership, "check/"), {"step": "submit"})

    assert status_of(partnership) == "draft"
    text = page.content.decode()
    assert 'role="alert"' in text
    assert '<a href="#targets">Goals and targets: ' in text
    assert 'id="targets"' in text


def complete(partnership):
    """Whatever the check asks for."""
    partnership.targets.add(TargetFactory())
    ObjectiveFactory(partnership=partnership)
    for member in partnership.memberships.all():
        promise = CommitmentFactory(membership=member, partnership=partnership)
        promise.deliverables.create(title="Pumps", due_on=promise.due_on)


def test_a_complete_one_is_submitted_and_told_what_happens_next(client, led):
    partnership = led()
    complete(partnership)

    page = client.post(at(partnership, "check/"), {"step": "submit"}, follow=True)

    assert status_of(partnership) == "submitted"
    assert "What happens next" in page.content.decode()


def test_the_secretariat_s_remarks_stand_at_their_sections(client, led):
    partnership = led(submitted=True)
    admin = UserFactory(admin=True)
    complete(partnership)
    type(partnership).objects.filter(pk=partnership.pk).update(status="draft")
    partnership.refresh_from_db()
    partnership.submit(by=admin)
    PartnershipReview.objects.get(partnership=partnership)
    partnership.send_back(
        by=admin, reason="Nearly there.", sections={"targets": "Which goal comes first?"}
    )

    rows = client.get(at(partnership)).context["rows"]
    said = {row["section"].value: row["said"] for row in rows if row["said"]}
    assert said == {"about": ["Nearly there."], "targets": ["Which goal comes first?"]}
    client.force_login(People(partnership).observer)
    assert not any(row["said"] for row in client.get(at(partnership)).context["rows"])


@pytest.mark.parametrize(
    ("was", "name", "reason", "became"),
    [
        ("submitted", "take_back", None, "draft"),
        ("registered", "activate", "", "active"),
        ("active", "complete", "All is done before its day.", "completed"),
        ("active", "terminate", "The funding ended.", "terminated"),
    ],
)
def test_the_lead_moves_it_on(client, led, was, name, reason, became):
    partnership = led(**{was: True})

    values = {} if reason is None else {"reason": reason}
    assert move(client, partnership, name, **values).status_code == 302
    assert status_of(partnership) == became


def test_ending_it_early_needs_a_reason_and_keeps_what_else_was_typed(client, led):
    partnership = led(active=True)

    page = move(client, partnership, "terminate", reason="")

    assert "This field is required." in page.content.decode()
    assert status_of(partnership) == "active"


def test_a_move_from_the_wrong_state_is_refused_in_words(client, led):
    partnership = led(registered=True)

    page = move(client, partnership, "complete", reason="Done.")

    assert "Cannot go from registered to completed." in page.content.decode()
    assert status_of(partnership) == "registered"


def test_only_known_moves_are_made(client, led):
    partnership = led(submitted=True)

    for name in ("register", "suspend", "delete", ""):
        assert move(client, partnership, name).status_code == 404
    assert status_of(partnership) == "submitted"


def test_a_copy_is_a_draft_of_ones_own(client, led):
    source = led(active=True, title="Wells")
    ObjectiveFactory(partnership=source, text="Every village drinks safe water.")
    lead = source.memberships.get(roles=["lead"]).partner
    page = client.get(at(source, "copy/"))
    assert page.context["form"]["title"].value() == "Wells"

    body = {"lead": lead.pk, "title": "Wells again", "starts_on": "2031-01-01"}
    client.post(at(source, "copy/"), body)
    made = type(source).objects.get(title="Wells again")
    assert (made.status, made.starts_on.year) == ("draft", 2031)
    assert made.objectives.get().text == "Every village drinks safe water."


def test_what_may_be_the_same_is_pointed_out_and_confirmed(client, led):
    there = PartnershipFactory(active=True, title="Safe water for the schools of Turkana")
    partnership = led(title="Safe water for the schools of Turkana")
    complete(partnership)
    there.targets.set(partnership.targets.all())

    hub = client.get(at(partnership)).content.decode()
    assert "Is it there already?" in hub
    refused = client.post(at(partnership, "check/"), {"step": "submit"})
    assert "This may be the same initiative" in refused.content.decode()
    assert status_of(partnership) == "draft"
    client.post(at(partnership, "check/"), {"step": "submit", "confirm_distinct": "1"})
    assert status_of(partnership) == "submitted"


@pytest.mark.parametrize("who", ["lead_observer", "lead_evaluator", "manager", "observer"])
def test_others_move_nothing(client, who):
    partnership = PartnershipFactory(registered=True)
    client.force_login(People(partnership)[who])

    assert move(client, partnership, "activate").status_code == 403
    assert status_of(partnership) == "registered"
