"""Registering a partner, its identifiers and its people."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Affiliation, Event, Partner, PartnerIdentifier
from registry.services.partners import (
    add_identifier,
    edit_partner,
    register_partner,
    release_identifier,
)
from registry.services.people import affiliate, remove_affiliation
from tests.factories import NOON, PartnerFactory, UserFactory
from tests.moves import read_twice, refused

pytestmark = pytest.mark.django_db


def test_who_registers_becomes_its_manager_and_it_waits_for_verification():
    user = UserFactory()

    partner = register_partner(
        by=user, name="Water Trust", kind="foundation", identifiers=[("IATI", "XM-1")]
    )

    assert partner.status == "pending"
    assert user.has_role(partner.pk, "manager")
    assert [str(i) for i in partner.identifiers.all()] == ["IATI XM-1"]
    logged = Event.objects.about(partner).order_by("pk").values_list("kind", flat=True)
    assert list(logged) == ["partner.affiliated", "partner.registered"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "", "kind": "foundation"}, "name"),
        ({"name": "x" * 301, "kind": "foundation"}, "name"),
        ({"name": "Water", "kind": "club"}, "kind"),
        ({"name": "Water", "kind": "foundation", "website": "not a link"}, "website"),
        ({"name": "Water", "kind": "msme", "size": "huge"}, "size"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_saved(fields, field):
    with pytest.raises(ValidationError) as refusal:
        register_partner(by=UserFactory(), **fields)

    assert field in refusal.value.message_dict
    assert not Partner.objects.exists()
    assert not Affiliation.objects.exists()


def test_a_kind_is_stated_unless_the_partner_was_imported():
    with pytest.raises(ValidationError):
        register_partner(by=UserFactory(), name="Water Trust")


def test_an_identifier_belongs_to_one_partner_whatever_its_case():
    partner, other = PartnerFactory.create_batch(2)
    admin = UserFactory(admin=True)
    add_identifier(partner, by=admin, scheme="IATI", value="XM-abc")

    with refused("partner_identifier_once") as refusal:
        add_identifier(other, by=admin, scheme="IATI", value="XM-ABC")
    with pytest.raises(IntegrityError, match="partner_identifier_once"), transaction.atomic():
        PartnerIdentifier.objects.create(partner=other, scheme="IATI", value="XM-ABC")

    assert refusal.value.extra == {"partner": partner.pk}

    assert PartnerIdentifier.objects.count() == 1


@pytest.mark.parametrize("role", ["evaluates", "observes"])
def test_only_managers_change_a_partner(role):
    partner = PartnerFactory()

    for user in (UserFactory(**{role: partner}), UserFactory(manages=PartnerFactory())):
        with refused("managers_only", NotAllowed):
            edit_partner(partner, by=user, summary="Mine")
        with refused("managers_only", NotAllowed):
            add_identifier(partner, by=user, scheme="IATI", value="XM-1")


def test_kind_and_country_are_settled_once_verified():
    partner = PartnerFactory()

    with refused("partner_settled", DomainError):
        edit_partner(partner, by=UserFactory(manages=partner), kind="foundation")

    assert Partner.objects.get(pk=partner.pk).kind == "civil_society"


def test_of_two_edits_of_one_version_the_second_is_stale():
    partner = PartnerFactory()
    manager = UserFactory(manages=partner)
    first, second = read_twice(partner)

    edit_partner(first, by=manager, summary="First")
    with refused("stale_version", StaleVersion):
        edit_partner(second, by=manager, summary="Second")

    assert Partner.objects.get(pk=partner.pk).summary == "First"


def test_the_same_role_twice_is_one_row_and_one_event():
    partner, user = PartnerFactory(), UserFactory()
    admin = UserFactory(admin=True)

    rows = [affiliate(user, partner, "evaluator", by=admin) for _ in range(2)]

    assert rows[0] == rows[1]
    assert Event.objects.about(partner).filter(kind="partner.affiliated").count() == 1


def test_an_unknown_role_is_refused():
    partner = PartnerFactory()

    with pytest.raises(ValidationError), transaction.atomic():
        affiliate(UserFactory(), partner, "owner", by=UserFactory(admin=True))

    assert not Affiliation.objects.filter(role="owner").exists()


def test_a_removed_role_no_longer_holds():
    partner = PartnerFactory()
    user = UserFactory(evaluates=partner)

    remove_affiliation(user.affiliations.get(), by=UserFactory(manages=partner))

    assert not user.has_role(partner.pk)


def test_a_user_may_lay_down_its_own_role_but_not_take_anothers():
    partner = PartnerFactory()
    user, other = UserFactory(observes=partner), UserFactory(evaluates=partner)

    with refused("managers_only", NotAllowed):
        remove_affiliation(other.affiliations.get(), by=user)
    remove_affiliation(user.affiliations.get(), by=user)

    assert list(partner.affiliations.all()) == list(other.affiliations.all())


def test_name_and_identifiers_of_a_verified_partner_are_the_admins():
    """Imports match by them: whoever was verified under one name cannot take on another's."""
    partner = PartnerFactory()
    manager, admin = UserFactory(manages=partner), UserFactory(is_staff=True)

    with pytest.raises(NotAllowed, match="registry admin"):
        edit_partner(partner, by=manager, name="Ministry of Foreign Affairs")
    with pytest.raises(NotAllowed, match="registry admin"):
        add_identifier(partner, by=manager, scheme="IATI", value="XM-DAC-7")

    edit_partner(partner, by=admin, name="Ministry of Foreign Affairs")
    add_identifier(partner, by=admin, scheme="IATI", value="XM-DAC-7")


def test_an_admin_takes_a_wrong_identifier_away_so_that_its_owner_can_have_it():
    squatter, owner = PartnerFactory(pending=True), PartnerFactory()
    manager, admin = UserFactory(manages=squatter), UserFactory(is_staff=True)
    claimed = add_identifier(squatter, by=manager, scheme="IATI", value="XM-DAC-7")

    Partner.objects.filter(pk=squatter.pk).update(status="verified", verified_at=NOON)

    with pytest.raises(NotAllowed, match="registry admin"):
        release_identifier(claimed, by=manager)
    release_identifier(claimed, by=admin)

    assert add_identifier(owner, by=admin, scheme="IATI", value="XM-DAC-7").partner == owner
