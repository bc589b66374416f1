"""Pages on which documents are written clause by clause, read, endorsed and objected to."""

import pytest

from partnerships.models import Agreement, Objection
from tests.factories import (
    AgreementFactory,
    ClauseFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
    with_required_clauses,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def draft(people):
    return with_required_clauses(AgreementFactory(partnership=people.partnership))


@pytest.fixture
def proposal(people, draft):
    draft.propose(by=people.lead_manager)
    return draft


def page(agreement, rest=""):
    partnership = agreement.partnership
    return f"/partnerships/{partnership.reference}/agreements/{agreement.pk}/{rest}"


def text_of(answer):
    return answer.content.decode()


def test_a_draft_is_begun_written_and_proposed(client, people):
    client.force_login(people.lead_manager)
    base = f"/partnerships/{people.partnership.reference}/agreements/"

    answer = client.post(f"{base}begin/partnership/", follow=True)
    agreement = Agreement.objects.get()
    assert answer.redirect_chain[-1][0] == page(agreement, "edit/")
    clause = agreement.clauses.first()
    client.post(
        page(agreement, f"clauses/{clause.pk}/"),
        {"version": clause.version, "kind": "who", "heading": "We", "text": "Two of us."},
    )
    agreement.refresh_from_db()
    rules = {"title": "Ours", "quorum": "two_thirds", "amendments_need_endorsement": "on"}
    client.post(page(agreement, "edit/"), {"version": agreement.version, **rules})
    answer = client.post(page(agreement, "propose/"), follow=True)

    agreement.refresh_from_db()
    assert (agreement.status, agreement.quorum, agreement.title) == (
        "proposed",
        "two_thirds",
        "Ours",
    )
    assert "Two of us." in agreement.text
    assert agreement.sha256 in text_of(answer)


def test_a_proposal_that_lacks_a_clause_is_refused_on_the_page(client, people):
    agreement = AgreementFactory(partnership=people.partnership)
    client.force_login(people.lead_manager)

    answer = client.post(page(agreement, "propose/"))

    assert answer.status_code == 400
    assert "still missing" in text_of(answer)


def test_of_two_managers_the_second_keeps_what_was_typed_and_is_told(client, people, draft):
    clause = draft.clauses.first()
    client.force_login(people.lead_manager)
    form = {"version": clause.version, "kind": "who", "heading": "We", "text": "The first."}

    client.post(page(draft, f"clauses/{clause.pk}/"), form)
    answer = client.post(page(draft, f"clauses/{clause.pk}/"), form | {"text": "The second."})

    assert "changed by somebody else" in text_of(answer)
    assert "The second." in text_of(answer)
    clause.refresh_from_db()
    assert clause.text == "The first."


def test_clauses_change_places_and_go(client, people):
    agreement = AgreementFactory(partnership=people.partnership)
    first, second = (ClauseFactory(agreement=agreement, heading=h) for h in "AB")
    client.force_login(people.lead_manager)

    client.post(page(agreement, f"clauses/{second.pk}/arrange/"), {"act": "up"})
    assert [c.heading for c in agreement.clauses.all()] == ["B", "A"]
    client.post(page(agreement, f"clauses/{second.pk}/arrange/"), {"act": "remove"})
    client.post(page(agreement, f"clauses/{first.pk}/arrange/"), {"act": "sideways"})

    assert [str(c) for c in agreement.clauses.all()] == ["1. A"]


def test_a_member_endorses_the_text_that_stood_on_the_page(client, people, proposal):
    client.force_login(people.manager)
    shown = text_of(client.get(page(proposal)))
    assert proposal.sha256 in shown
    form = {"membership": people.membership.pk, "sha256": proposal.sha256}

    answer = client.post(page(proposal, "endorse/"), form | {"sha256": "0" * 64})
    assert "not the text proposed" in text_of(answer)
    assert not proposal.endorsements.exists()
    client.post(page(proposal, "endorse/"), form)

    assert proposal.endorsements.get().user == people.manager
    assert "Endorse this text" not in text_of(client.get(page(proposal)))


def test_nobody_speaks_for_another_member(client, people, proposal):
    other = MembershipFactory(partnership=people.partnership)
    client.force_login(people.manager)

    answer = client.post(
        page(proposal, "endorse/"), {"membership": other.pk, "sha256": proposal.sha256}
    )

    assert answer.status_code == 400
    assert not proposal.endorsements.exists()


def test_an_objection_is_shown_to_members_only(client, people, proposal):
    client.force_login(people.manager)
    form = {"membership": people.membership.pk, "reason": ""}
    answer = client.post(page(proposal, "object/"), form)
    assert answer.status_code == 400

    client.post(page(proposal, "object/"), form | {"reason": "<b>Too vague</b>."})

    assert Objection.objects.get().reason == "<b>Too vague</b>."
    assert "&lt;b&gt;Too vague" in text_of(client.get(page(proposal)))
    client.logout()
    assert client.get(page(proposal)).status_code == 404


def test_the_public_reads_what_binds_by_whom_and_what_changed(client, people):
    former = AgreementFactory(
        partnership=people.partnership, superseded=True, text="We meet once a year."
    )
    later = AgreementFactory(
        partnership=people.partnership, binding=True, text="We meet twice a year."
    )

    shown = text_of(client.get(page(later)))
    assert "Endorsed by 2 of 2 members" in shown
    assert later.sha256 in shown
    assert str(people.membership.partner) in shown
    assert later.endorsements.first().user.email not in shown
    changes = text_of(client.get(page(later, f"changes/?former={former.pk}")))
    assert '<del><span class="hidden">taken away: </span> once</del>' in changes
    assert '<ins><span class="hidden">added: </span> twice</ins>' in changes


def test_members_that_joined_later_are_not_endorsed_yet_and_may_endorse(client, people):
    agreement = AgreementFactory(partnership=people.partnership, binding=True)
    late = MembershipFactory(partnership=people.partnership)
    client.force_login(UserFactory(manages=late.partner))

    shown = text_of(client.get(page(agreement)))
    assert "Not endorsed yet" in shown
    client.post(page(agreement, "endorse/"), {"membership": late.pk, "sha256": agreement.sha256})

    assert agreement.endorsements.count() == 3
    assert Agreement.objects.get().status == "binding"


def test_taking_back_needs_a_reason(client, people, proposal):
    client.force_login(people.lead_manager)

    assert client.post(page(proposal, "withdraw/"), {"reason": ""}).status_code == 400
    client.post(page(proposal, "withdraw/"), {"reason": "We talk first."})

    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"


@pytest.mark.parametrize("former", ["", "x", "9" * 30, "1"])
def test_changes_from_an_edition_that_is_none_are_not_found(client, people, former):
    agreement = AgreementFactory(partnership=people.partnership, binding=True)

    answer = client.get(page(agreement, f"changes/?former={former}"))

    assert answer.status_code == 404


def test_a_document_costs_the_same_for_many_members(
    client, people, proposal, django_assert_max_num_queries
):
    MembershipFactory.create_batch(12, partnership=people.partnership)
    client.force_login(people.manager)

    with django_assert_max_num_queries(30):
        client.get(page(proposal))
