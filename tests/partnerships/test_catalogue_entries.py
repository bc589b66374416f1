"""Solutions, needs and funds: who enters and edits them, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from partnerships.models import Fund, Need, Solution
from partnerships.services.catalogue import (
    edit_fund,
    edit_need,
    edit_solution,
    state_need,
)
from registry.errors import NotAllowed, StaleVersion
from registry.models import Event
from tests.factories import (
    CurrencyFactory,
    FundFactory,
    MembershipFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    SolutionFactory,
    TargetFactory,
    UserFactory,
)
from tests.moves import field_of, read_twice, refused
from tests.partnerships.cataloguing import NEED, WHAT, enter, strangers

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def manager(partner):
    return UserFactory(manages=partner)


@pytest.fixture
def admin():
    return UserFactory(admin=True)


@pytest.mark.parametrize("what", WHAT)
def test_a_partners_managers_and_admins_enter_it(what, partner, manager, admin):
    for by in (manager, admin):
        made = enter(what, partner, by)
        assert [t.code for t in made.targets.all()] == ["6.1"]
        assert Event.objects.about(made).get().by == by


@pytest.mark.parametrize("what", WHAT)
def test_others_do_not(what, partner):
    for by in strangers(partner):
        with refused("managers_only", NotAllowed):
            enter(what, partner, by)


@pytest.mark.parametrize("what", WHAT)
def test_an_unverified_partners_may_and_a_suspended_ones_may_not(what):
    pending, suspended = PartnerFactory(pending=True), PartnerFactory(suspended=True)
    made = enter(what, pending, UserFactory(manages=pending))
    assert not type(made).objects.public().exists(), "public with its partner"
    with refused("partner_suspended"):
        enter(what, suspended, UserFactory(manages=suspended))


@pytest.mark.parametrize(
    ("what", "change", "field"),
    [
        ("solution", {"cost_low": 5, "cost_high": 4, "currency_id": "USD"}, "cost_high"),
        ("solution", {"kinds": []}, "kinds"),
        ("solution", {"kinds": ["data", "data"]}, "kinds"),
        ("solution", {"kinds": ["magic"]}, "kinds"),
        ("solution", {"problem": "x" * 4001}, "problem"),
        ("solution", {"targets": []}, "targets"),
        ("need", {"targets": []}, "targets"),
        ("need", {"kind": "magic"}, "kind"),
        ("need", {"needed_by": date(1066, 1, 1)}, "needed_by"),
        ("fund", {"closes_on": date(2023, 12, 31)}, "closes_on"),
        ("fund", {"least": 5, "most": 4}, "most"),
        ("fund", {"for_kinds": ["club"]}, "for_kinds"),
    ],
)
def test_wrong_input_names_its_field_and_nothing_is_saved(what, change, field, partner, manager):
    with pytest.raises(ValidationError) as error:
        enter(what, partner, manager, **change)

    assert field_of(error.value) == field
    assert not any(model.objects.exists() for model in (Solution, Need, Fund))


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("solution", {"cost_low": 5}),
        ("solution", {"cost_low": -1, "currency_id": "USD"}),
        ("need", {"amount": 5}),
        ("need", {"amount": 5, "unit": "pumps", "currency_id": "USD"}),
        ("need", {"kind": "finance", "amount": 5, "unit": "pumps"}),
        ("need", {"amount": -5, "unit": "pumps"}),
        ("fund", {"amount": -1}),
    ],
)
def test_what_only_the_row_as_a_whole_can_refuse(what, change, partner, manager):
    with pytest.raises(ValidationError):
        enter(what, partner, manager, **change)
    assert not any(model.objects.exists() for model in (Solution, Need, Fund))


@pytest.mark.parametrize(
    ("factory", "change"),
    [
        (SolutionFactory, {"cost_low": Decimal(5), "cost_high": Decimal(4), "currency_id": "USD"}),
        (SolutionFactory, {"cost_low": Decimal(5)}),
        (SolutionFactory, {"screened_at": None}),
        (NeedFactory, {"amount": Decimal(5)}),
        (NeedFactory, {"ended_on": date(2024, 1, 1)}),
        (FundFactory, {"closes_on": date(2023, 1, 1)}),
        (FundFactory, {"least": Decimal(5), "most": Decimal(4)}),
    ],
)
def test_the_database_refuses_it_from_whoever_writes(factory, change):
    CurrencyFactory()
    row = factory()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**change)


def test_a_partnerships_need_is_stated_by_its_lead_alone(manager, partner):
    partnership = PartnershipFactory(active=True)
    lead = partnership.memberships.get().partner
    by = UserFactory(manages=lead)
    targets = [TargetFactory()]
    need = state_need(partnership=partnership, by=by, targets=targets, **NEED)
    assert need.partner == lead

    with refused("lead_only", NotAllowed):
        state_need(partnership=partnership, by=manager, targets=targets, **NEED)
    with pytest.raises(ValidationError, match="stated by its lead"):
        state_need(partnership=partnership, partner=partner, by=by, targets=targets, **NEED)
    with pytest.raises(ValidationError, match="Name the partner"):
        state_need(by=by, targets=targets, **NEED)


def test_a_closed_partnership_states_no_needs(admin):
    with refused("partnership_closed"):
        state_need(
            partnership=PartnershipFactory(completed=True),
            by=admin,
            targets=[TargetFactory()],
            **NEED,
        )


def test_a_partnership_brings_in_what_a_member_owns(partner, manager):
    partnership = PartnershipFactory(active=True)
    with pytest.raises(ValidationError, match="not a member"):
        enter("solution", partner, manager, partnership=partnership)
    MembershipFactory(partnership=partnership, partner=partner)
    assert enter("solution", partner, manager, partnership=partnership).partnership == partnership


@pytest.mark.parametrize(
    ("factory", "edit", "owner"),
    [
        (SolutionFactory, edit_solution, "owner"),
        (NeedFactory, edit_need, "partner"),
        (FundFactory, edit_fund, "partner"),
    ],
)
def test_its_owner_edits_it_and_two_writers_do_not_overwrite_each_other(factory, edit, owner):
    row = factory()
    first, second = read_twice(row)
    by = UserFactory(manages=getattr(row, owner))
    edit(first, by=by, title="New", targets=[TargetFactory(code="3.1")])
    with pytest.raises(StaleVersion):
        edit(second, by=by, title="Other")
    for stranger in strangers(getattr(row, owner)):
        with refused("owner_only", NotAllowed):
            edit(first, by=stranger, title="Theirs")

    row.refresh_from_db()
    assert (row.title, [t.code for t in row.targets.all()]) == ("New", ["3.1"])
