"""Facts of a partner that stand in reports, and identifiers that can be."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import PartnerIdentifier
from registry.services.partners import add_identifier, edit_partner
from tests.factories import (
    CountryFactory,
    ImportBatchFactory,
    MembershipFactory,
    PartnerFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db
GOOD_LEI = "213800KUD8LAJWSQ9D15"


def imported_member(**fields):
    batch = ImportBatchFactory()
    partner = PartnerFactory(pending=True, import_batch=batch, **fields)
    MembershipFactory(partner=partner)
    return partner


@pytest.mark.parametrize("admin", [True, False])
def test_kind_and_country_of_a_member_stay_even_while_it_is_pending(admin):
    partner = imported_member()
    by = UserFactory(admin=True) if admin else UserFactory(manages=partner)

    for fact in ({"kind": "foundation"}, {"country": CountryFactory(alpha2="PE")}):
        with refused("partner_settled"):
            edit_partner(partner, by=by, **fact)

    partner.refresh_from_db()
    assert (partner.kind, partner.country.alpha2) == ("civil_society", "KE")


def test_what_a_file_left_open_an_admin_states_and_nobody_else():
    partner = imported_member(kind="", country=None)

    with refused("partner_settled"):
        edit_partner(partner, by=UserFactory(manages=partner), kind="foundation")
    edit_partner(partner, by=UserFactory(admin=True), kind="foundation")
    edit_partner(partner, by=UserFactory(admin=True), country=CountryFactory(alpha2="PE"))

    partner.refresh_from_db()
    assert (partner.kind, partner.country.alpha2) == ("foundation", "PE")


def test_who_is_nowhere_a_member_yet_may_mend_its_kind():
    partner = PartnerFactory(pending=True)

    edit_partner(partner, by=UserFactory(manages=partner), kind="foundation")

    partner.refresh_from_db()
    assert partner.kind == "foundation"


@pytest.mark.parametrize("scheme", ["LEI", "lei", "XI-LEI"])
def test_an_lei_is_written_as_its_register_does(scheme):
    partner = PartnerFactory(pending=True)

    stored = add_identifier(
        partner, by=UserFactory(admin=True), scheme=scheme, value=" 2138-00kud8lajwsq9d15 "
    )

    assert stored.value == GOOD_LEI


@pytest.mark.parametrize(
    "value",
    [
        "213800KUD8LXJWSQ9D15",  # one letter changed
        "213800KUD8LAJWSQ9D16",  # one check digit changed
        "213800KUD8AL" + "JWSQ9D15",  # two letters swapped
        "04",  # check digits of nothing
        GOOD_LEI[:-1],
        GOOD_LEI + "0",
        "٢" + GOOD_LEI[1:],
        "",
    ],
)
def test_an_lei_that_cannot_be_is_refused(value):
    with pytest.raises(ValidationError) as refusal:
        add_identifier(
            PartnerFactory(pending=True), by=UserFactory(admin=True), scheme="LEI", value=value
        )

    assert list(refusal.value.message_dict) == ["value"]
    assert not PartnerIdentifier.objects.exists()
