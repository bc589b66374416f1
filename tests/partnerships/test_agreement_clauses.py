"""The clauses of a draft, its checklist, and words that stay once they were proposed."""

from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Agreement, Clause
from partnerships.services.agreements import (
    add_clause,
    begin_from_checklist,
    begin_from_former,
    draft_agreement,
    edit_agreement,
    edit_clause,
    move_clause,
    remove_clause,
)
from registry.errors import NotAllowed, StaleVersion
from tests.factories import AgreementFactory, ClauseFactory, PartnershipFactory
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
ESSENTIAL = ["who", "why", "contributions", "decisions", "sharing_data", "exit"]


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def draft_of(people, *kinds):
    agreement = AgreementFactory(partnership=people.partnership)
    for kind in kinds:
        ClauseFactory(agreement=agreement, kind=kind, heading=kind.capitalize())
    return agreement


def headings(agreement):
    return [str(clause) for clause in agreement.clauses.all()]


@pytest.mark.parametrize("lacking", ESSENTIAL)
def test_a_proposal_without_a_required_clause_is_refused_and_the_clause_named(people, lacking):
    agreement = draft_of(people, *(kind for kind in ESSENTIAL if kind != lacking))

    with pytest.raises(ValidationError) as refusal:
        agreement.propose(by=people.lead_manager)

    assert f"({lacking})" in refusal.value.message_dict["clauses"][0]
    assert Agreement.objects.get(pk=agreement.pk).status == "draft"


def test_what_is_recommended_only_may_be_missing(people):
    agreement = draft_of(people, *ESSENTIAL)

    agreement.propose(by=people.lead_manager)

    assert agreement.status == "proposed"
    assert "property" in [entry.kind for entry in agreement.missing()]


def test_an_agreement_of_un_and_business_carries_the_ten_principles():
    people = People(PartnershipFactory(active=True, kind="un_business"))
    agreement = draft_of(people, *ESSENTIAL)

    with pytest.raises(ValidationError) as refusal:
        agreement.propose(by=people.lead_manager)
    assert "(ten_principles)" in refusal.value.message_dict["clauses"][0]

    ClauseFactory(agreement=agreement, kind="ten_principles")
    agreement.propose(by=people.lead_manager)
    assert agreement.status == "proposed"


def test_engagement_principles_have_a_checklist_of_their_own(people):
    agreement = AgreementFactory(partnership=people.partnership, kind="engagement")

    with pytest.raises(ValidationError) as refusal:
        agreement.propose(by=people.lead_manager)

    text = refusal.value.message_dict["clauses"][0]
    assert [kind in text for kind in ("(inclusion)", "(answers)", "(complaints)")] == [True] * 3


@pytest.mark.parametrize("kind", ["partnership", "engagement"])
def test_what_the_checklist_begins_with_can_be_proposed(people, kind):
    agreement = begin_from_checklist(people.partnership, by=people.lead_manager, kind=kind)

    agreement.propose(by=people.lead_manager)

    assert not agreement.missing()
    assert agreement.status == "proposed"


def test_the_text_is_made_of_the_clauses_in_their_order(people):
    agreement = draft_agreement(
        people.partnership,
        by=people.lead_manager,
        kind="partnership",
        title="Ours",
        preamble="We,\r\nthe members.",
        quorum="two_thirds",
        clauses=[{"kind": kind, "heading": kind, "text": "Yes. "} for kind in ESSENTIAL],
    )

    agreement.propose(by=people.lead_manager)

    assert agreement.text == (
        "Ours\nEdition 1\n\nWe,\nthe members.\n\n1. who\nYes.\n\n2. why\nYes.\n\n"
        "3. contributions\nYes.\n\n4. decisions\nYes.\n\n5. sharing_data\nYes.\n\n"
        "6. exit\nYes.\n\nDocuments bind when at least two thirds of the members have endorsed"
        " them.\n"
    )
    assert agreement.sha256 == sha256(agreement.text.encode()).hexdigest()


def test_clauses_are_added_changed_moved_and_removed_and_stay_numbered(people):
    agreement, by = draft_of(people, "who", "why", "exit"), people.lead_manager
    first, second, third = agreement.clauses.all()

    move_clause(third, by=by, up=True)
    assert headings(agreement) == ["1. Who", "2. Exit", "3. Why"]
    remove_clause(Clause.objects.get(pk=first.pk), by=by)
    assert headings(agreement) == ["1. Exit", "2. Why"]
    add_clause(agreement, by=by, kind="review", heading="Review", text="Yearly.")
    edit_clause(Clause.objects.get(pk=second.pk), by=by, heading="Aim")
    assert headings(agreement) == ["1. Exit", "2. Aim", "3. Review"]
    with refused("at_the_edge"):
        move_clause(agreement.clauses.first(), by=by, up=True)


def test_all_clauses_are_replaced_at_once_or_none(people):
    pk = draft_of(people, "who", "why").pk
    agreement = Agreement.objects.get(pk=pk)
    good = {"kind": "exit", "heading": "Leaving", "text": "With notice."}

    with pytest.raises(ValidationError):
        edit_agreement(agreement, by=people.lead_manager, clauses=[good, good | {"heading": ""}])
    assert headings(agreement) == ["1. Who", "2. Why"]
    agreement = Agreement.objects.get(pk=pk)
    with pytest.raises(ValidationError):
        edit_agreement(agreement, by=people.lead_manager, clauses=[good] * 61)

    agreement = Agreement.objects.get(pk=pk)
    edit_agreement(agreement, by=people.lead_manager, clauses=[good])
    assert headings(agreement) == ["1. Leaving"]


def test_of_two_managers_who_change_one_clause_the_second_is_told(people):
    first, second = read_twice(draft_of(people, "who").clauses.get())

    edit_clause(first, by=people.lead_manager, text="Mine.")
    with pytest.raises(StaleVersion):
        edit_clause(second, by=people.admin, text="Yours.")

    assert Clause.objects.get().text == "Mine."


@pytest.mark.parametrize("who", ["lead_evaluator", "manager", "observer", "outsider"])
def test_only_the_leads_managers_write_clauses(people, who):
    agreement, by = draft_of(people, "who", "why"), people[who]
    clause = agreement.clauses.first()

    for forbidden in (
        lambda: add_clause(agreement, by=by, heading="New", text="New."),
        lambda: edit_clause(clause, by=by, text="Mine."),
        lambda: move_clause(clause, by=by, up=False),
        lambda: remove_clause(clause, by=by),
        lambda: begin_from_checklist(people.partnership, by=by, kind="partnership"),
    ):
        with refused("lead_only", NotAllowed):
            forbidden()

    assert headings(agreement) == ["1. Who", "2. Why"]


def test_the_next_edition_begins_with_the_words_of_the_former(people):
    former = draft_of(people, *ESSENTIAL)
    former.propose(by=people.lead_manager)

    later = begin_from_former(former, by=people.lead_manager)

    assert (later.edition, later.status, later.title) == (2, "draft", former.title)
    assert headings(later) == headings(former)


@pytest.mark.parametrize("status", ["proposed", "binding", "superseded"])
def test_words_that_were_proposed_stay_in_the_database_too(people, status):
    agreement = draft_of(people, *ESSENTIAL)
    agreement.propose(by=people.lead_manager)
    Agreement.objects.filter(pk=agreement.pk).update(status=status)
    rows = Agreement.objects.filter(pk=agreement.pk)

    for write, constraint in (
        (lambda: rows.update(text="Other."), "agreement_words_stay"),
        (lambda: rows.update(quorum="majority"), "agreement_words_stay"),
        (lambda: agreement.clauses.update(text="Other."), "clause_words_stay"),
        (lambda: agreement.clauses.first().delete(), "clause_words_stay"),
        (lambda: ClauseFactory(agreement=agreement), "clause_words_stay"),
    ):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            write()
        assert refusal.value.__cause__.diag.constraint_name == constraint


@pytest.mark.django_db(transaction=True)
def test_a_clause_changed_while_it_is_proposed_is_in_the_text_or_refused(people):
    agreement = draft_of(people, *ESSENTIAL)
    clause = agreement.clauses.first()

    race(
        lambda: Agreement.objects.get(pk=agreement.pk).propose(by=people.admin),
        lambda: edit_clause(Clause.objects.get(pk=clause.pk), by=people.lead_manager, text="Mine."),
    )

    agreement.refresh_from_db()
    if agreement.status == "proposed":
        frozen, agreement.sha256 = agreement.text, ""
        assert frozen == agreement.whole_text()
