"""Reviews of partners: from a draft to a decision that does not change, and what it opens."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from partnerships.services.partnerships import create_partnership, edit_partnership
from registry.errors import DomainError, NotAllowed
from registry.models import DueDiligence, Event, Notice
from registry.services.due_diligence import (
    Answered,
    begin_review,
    edit_criterion,
    edit_review,
)
from registry.tasks import remind_of_due_diligence
from tests.factories import MembershipFactory, PartnerFactory, PartnershipFactory, UserFactory
from tests.factories.due_diligence import (
    CriterionAnswerFactory,
    DueDiligenceFactory,
    ExclusionCriterionFactory,
)
from tests.moves import moves_of, race, refused

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _today():
    """Also for a run that crosses midnight."""
    with time_machine.travel(datetime.combine(TODAY, time(12), UTC)):
        yield


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def test_a_decision_supersedes_the_one_before(admin):
    company = PartnerFactory(company=True)
    first, second = (DueDiligenceFactory(partner=company) for _ in range(2))

    first.decide(by=admin)
    second.decide(by=admin)

    first.refresh_from_db()
    assert (first.status, second.status, second.decided_on) == ("superseded", "decided", TODAY)
    assert moves_of(first) == [("draft", "decided"), ("decided", "superseded")]
    assert DueDiligence.objects.valid(TODAY).get() == second


@pytest.mark.parametrize("role", ["manages", "evaluates", "observes"])
def test_only_admins_review(role):
    review = DueDiligenceFactory()

    with refused("admins_only", NotAllowed):
        review.decide(by=UserFactory(**{role: review.partner}))


def test_nobody_reviews_an_organisation_of_their_own():
    review = DueDiligenceFactory()

    with refused("own_partner", NotAllowed):
        review.decide(by=UserFactory(admin=True, manages=review.partner))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"findings": " "}, "findings"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=3000)}, "expires_on"),
        ({"ten_principles_on": None}, "ten_principles_on"),
    ],
)
def test_what_lacks_is_said_by_field(admin, values, field):
    review = DueDiligenceFactory(**values)

    with pytest.raises(ValidationError) as refusal:
        review.decide(by=admin)

    assert list(refusal.value.error_dict) == [field]
    assert DueDiligence.objects.get(pk=review.pk).status == "draft"


@pytest.mark.parametrize(
    ("answer", "outcome", "field"),
    [
        ("applies", "cleared", "outcome"),
        ("applies", "conditional", "outcome"),
        ("applies", "not_cleared", None),
        ("unclear", "cleared", "outcome"),
        ("unclear", "conditional", None),
        ("clear", "cleared", None),
        (None, "cleared", "answers"),
    ],
)
def test_the_outcome_fits_the_answers(admin, answer, outcome, field):
    criterion = ExclusionCriterionFactory()
    review = DueDiligenceFactory(outcome=outcome, conditions="A yearly audit.")
    if answer:
        CriterionAnswerFactory(review=review, criterion=criterion, answer=answer)

    if field is None:
        review.decide(by=admin)
        return
    with pytest.raises(ValidationError) as refusal:
        review.decide(by=admin)
    assert list(refusal.value.error_dict) == [field]


def test_answers_keep_the_words_they_were_asked_in(admin):
    criterion = ExclusionCriterionFactory(text="Makes weapons.")
    company = PartnerFactory(company=True)
    review = begin_review(company, by=admin, answers=[Answered(criterion, "clear")])

    edit_criterion(criterion, by=admin, text="Makes or sells weapons.")

    assert review.answers.get().wording == "Makes weapons."


def test_only_what_is_asked_today_is_answered(admin):
    ended = ExclusionCriterionFactory(active_until=TODAY - timedelta(days=1))

    with pytest.raises(ValidationError):
        begin_review(PartnerFactory(), by=admin, answers=[Answered(ended, "clear")])

    assert not DueDiligence.objects.exists()


def test_a_decided_review_is_not_edited(admin):
    with refused("review_decided"):
        edit_review(DueDiligenceFactory(cleared=True), by=admin, findings="Other.")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE registry_duediligence SET outcome = 'not_cleared'",
        "UPDATE registry_duediligence SET expires_on = expires_on + 900",
        "UPDATE registry_duediligence SET findings = ''",
        "UPDATE registry_duediligence SET status = 'draft'",
        "DELETE FROM registry_criterionanswer",
        "UPDATE registry_criterionanswer SET answer = 'applies'",
    ],
)
def test_what_was_decided_does_not_change_by_any_way(admin, sql):
    review = DueDiligenceFactory()
    CriterionAnswerFactory(review=review)
    review.decide(by=admin)

    with (
        pytest.raises(DatabaseError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert refusal.value.__cause__.diag.constraint_name == "review_decided"


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_is_the_last_word():
    admin, company = UserFactory(admin=True), PartnerFactory(company=True)
    pks = [DueDiligenceFactory(partner=company).pk for _ in range(2)]

    race(*(lambda pk=pk: DueDiligence.objects.get(pk=pk).decide(by=admin) for pk in pks))

    assert DueDiligence.objects.current().filter(partner=company).count() == 1


def invitation(kind, **partner):
    partnership = PartnershipFactory(active=True, kind=kind)
    invited = PartnerFactory(**partner)
    membership = MembershipFactory(partnership=partnership, partner=invited, invited=True)
    return membership, UserFactory(manages=invited)


@pytest.mark.parametrize("kind", ["ppp", "un_business"])
@pytest.mark.parametrize(
    "review",
    [
        None,
        {},
        {"not_cleared": True},
        {
            "cleared": True,
            "decided_on": TODAY - timedelta(days=9),
            "expires_on": TODAY - timedelta(days=1),
        },
        {"cleared": True, "status": "superseded"},
    ],
)
def test_a_company_is_not_accepted_without_a_review_that_is_valid(kind, review):
    membership, manager = invitation(kind, company=True)
    if review is not None:
        DueDiligenceFactory(partner=membership.partner, **review)

    with refused("due_diligence_required"):
        membership.accept(by=manager)

    membership.refresh_from_db()
    assert membership.status == "invited"


@pytest.mark.parametrize("last_day", [TODAY, TODAY + timedelta(days=30)])
def test_a_company_is_accepted_with_one_to_its_last_day(last_day):
    membership, manager = invitation("ppp", company=True)
    DueDiligenceFactory(partner=membership.partner, cleared=True, expires_on=last_day)

    membership.accept(by=manager)

    assert membership.status == "accepted"


@pytest.mark.parametrize(
    ("kind", "partner"), [("alliance", {"company": True}), ("ppp", {}), ("un_business", {})]
)
def test_others_and_elsewhere_need_none(kind, partner):
    membership, manager = invitation(kind, **partner)

    membership.accept(by=manager)

    assert membership.status == "accepted"


def test_nor_does_a_company_lead_one_without():
    company = PartnerFactory(company=True)
    facts = {"title": "New", "summary": "New.", "level": "national", "starts_on": TODAY}

    with refused("due_diligence_required"):
        create_partnership(lead=company, by=UserFactory(manages=company), kind="ppp", **facts)


def test_nor_does_a_change_of_kind_let_members_in(admin):
    partnership = PartnershipFactory()
    member = MembershipFactory(partnership=partnership, partner=PartnerFactory(company=True))

    with refused("due_diligence_required") as refusal:
        edit_partnership(partnership, by=admin, kind="ppp")

    partnership.refresh_from_db()
    assert partnership.kind == "multi_stakeholder"
    assert refusal.value.extra == {"partner": member.partner_id}


@pytest.mark.django_db(transaction=True)
def test_a_decision_against_it_and_an_acceptance_come_one_after_the_other():
    membership, manager = invitation("ppp", company=True)
    admin = UserFactory(admin=True)
    DueDiligenceFactory(partner=membership.partner, cleared=True)
    against = DueDiligenceFactory(partner=membership.partner, outcome="not_cleared")

    outcomes = race(
        lambda: type(membership).objects.get(pk=membership.pk).accept(by=manager),
        lambda: DueDiligence.objects.get(pk=against.pk).decide(by=admin),
    )

    membership.refresh_from_db()
    assert outcomes[1] is None
    if membership.status == "invited":
        assert isinstance(outcomes[0], DomainError)
        assert outcomes[0].code == "due_diligence_required"


def test_reminders_are_told_once_at_each_stage(admin):
    review = DueDiligenceFactory(cleared=True, expires_on=TODAY + timedelta(days=100))
    manager = UserFactory(manages=review.partner)
    told = []

    for day in range(160):
        if DueDiligence.objects.remind(on=TODAY + timedelta(days=day)):
            told.append((day, Event.objects.about(review).order_by("-pk")[0].facts["days"]))

    assert told == [(40, 60), (70, 30), (93, 7), (100, 0)]
    for user in (admin, manager):
        assert Notice.objects.filter(user=user, kind__startswith="duediligence.").count() == 4
    assert review.findings not in str([event.facts for event in Event.objects.about(review)])


def test_after_days_without_a_run_only_the_most_urgent_is_told(admin):
    DueDiligenceFactory(cleared=True, expires_on=TODAY + timedelta(days=5))

    assert remind_of_due_diligence() == 1
    assert remind_of_due_diligence() == 0


def test_managers_see_outcome_and_dates_and_no_findings(api):
    review = DueDiligenceFactory(cleared=True, ten_principles_statement="Signed.")
    draft = DueDiligenceFactory(partner=review.partner)
    CriterionAnswerFactory(review=draft, note="Secret.")
    api.force_authenticate(UserFactory(manages=review.partner))

    shown = api.get("/api/v1/due-diligence/").json()["results"]

    (row,) = shown
    assert (row["outcome"], row["expires_on"]) == ("cleared", str(review.expires_on))
    hidden = ("findings", "conditions", "ten_principles_statement", "ten_principles_on", "answers")
    assert not any(row[name] for name in hidden)
