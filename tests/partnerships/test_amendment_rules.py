"""By an amendment nothing becomes true that a draft could not have been registered with."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from partnerships.models import Membership
from partnerships.services.amendments import approve_amendment, draft_amendment
from partnerships.services.handovers import offer_lead
from partnerships.services.member_invitations import take_up
from tests.factories import (
    AgreementFactory,
    BudgetLineFactory,
    CommitmentFactory,
    CurrencyFactory,
    ExpenditureFactory,
    MembershipFactory,
    MembershipInvitationFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    made = PartnershipFactory(active=True, ends_on=date(2026, 12, 31))
    MembershipFactory(partnership=made)
    return made


@pytest.fixture
def by():
    return UserFactory(admin=True)


def propose(partnership, by, **changes):
    return draft_amendment(partnership, by=by, changes=changes, reason="Because.")


def slips(partnership, by, **changes):
    with pytest.raises(ValidationError) as refused:
        propose(partnership, by, **changes)
    return sorted(refused.value.message_dict)


def budget_row(line, **values):
    days = {"starts_on": str(line.starts_on), "ends_on": str(line.ends_on)}
    return {"id": line.pk, "title": line.title, "amount": "5", "currency": "USD", **days, **values}


def test_what_it_was_registered_with_is_not_taken_away(partnership, by):
    changes = {"about": {"summary": "", "ends_on": None}, "targets": {"primary_goal": None}}
    assert slips(partnership, by, **changes) == [
        "changes.about.ends_on",
        "changes.about.summary",
        "changes.targets.primary_goal",
    ]


def test_a_promise_postponed_beyond_the_new_end_is_named(partnership, by):
    promise = CommitmentFactory(partnership=partnership, due_on=date(2025, 1, 1))
    promise.postpone(date(2026, 6, 1), by=by, reason="Rain.")
    assert slips(partnership, by, about={"ends_on": "2025-12-31"}) == ["changes.about.ends_on"]


def test_what_was_spent_stays_in_its_currency(partnership, by):
    CurrencyFactory(code="KES")
    line = ExpenditureFactory(line=BudgetLineFactory(partnership=partnership)).line
    found = slips(partnership, by, budget=[budget_row(line, currency="KES")])
    assert found == ["changes.budget.0.currency"]


def test_a_budget_of_as_many_lines_as_a_draft_may_have_is_amended(partnership, by):
    days = {"starts_on": "2024-02-01", "ends_on": "2024-03-01"}
    currency = CurrencyFactory().code
    rows = [{"title": f"{n}", "amount": "5", "currency": currency, **days} for n in range(200)]
    assert len(propose(partnership, by, budget=rows).after["budget"]) == 200


def test_who_leaves_by_it_is_not_asked_to_lead_any_more(partnership, by):
    leaving = MembershipFactory(partnership=partnership)
    offer = offer_lead(partnership, to=leaving, by=by)
    amendment = propose(partnership, by, members={"end": [{"membership": leaving.pk}]})
    amendment.submit(by=by)
    approve_amendment(amendment, by=by)
    offer.refresh_from_db()
    assert offer.status == "declined"


def test_an_agreement_that_binds_meanwhile_is_asked_too(partnership, by):
    amendment = propose(partnership, by, about={"title": "Pipes"})
    amendment.submit(by=by)
    AgreementFactory(partnership=partnership, binding=True, amendments_need_endorsement=True)
    with refused("endorsements_missing"):
        approve_amendment(amendment, by=by)


def test_by_mail_nobody_joins_after_registration(partnership):
    partner = PartnerFactory()
    person = UserFactory(manages=partner)
    invitation = MembershipInvitationFactory(partnership=partnership, email=person.email)
    with refused("needs_amendment"):
        take_up(invitation, by=person, partner=partner)
    assert not Membership.objects.filter(partner=partner).exists()
