"""Former names, parents, sizes, languages, groups and places of partners."""

import csv
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.errors import NotAllowed
from registry.models import FormerName, Language, Partner
from registry.services.partner_facts import add_former_name, remove_former_name
from registry.services.partners import edit_partner, register_partner
from tests.factories import (
    CountryFactory,
    FormerNameFactory,
    PartnerFactory,
    StakeholderGroupFactory,
    UserFactory,
)
from tests.moves import race, refused

pytestmark = pytest.mark.django_db


def test_a_name_that_is_given_up_is_kept_with_its_last_day():
    partner = PartnerFactory(name="Water Trust", pending=True)

    edit_partner(partner, by=UserFactory(manages=partner), name="Rivers and Lakes")
    edit_partner(partner, by=UserFactory(admin=True), name="Oceans United")

    today = timezone.localdate()
    kept = set(partner.former_names.values_list("name", "until_on"))
    assert kept == {("Water Trust", today), ("Rivers and Lakes", today)}


def test_a_name_taken_up_and_given_up_again_is_kept_once():
    partner, admin = PartnerFactory(name="Water Trust"), UserFactory(admin=True)
    FormerNameFactory(partner=partner, name="WATER TRUST", until_on=date(2001, 1, 1))

    edit_partner(partner, by=admin, name="Rivers and Lakes")

    assert partner.former_names.get().until_on == timezone.localdate()


def test_another_way_of_writing_a_name_is_no_former_name():
    partner = PartnerFactory(name="water trust", pending=True)

    edit_partner(partner, by=UserFactory(manages=partner), name="Water Trust")

    assert not FormerName.objects.exists()


def test_a_manager_adds_and_removes_a_former_name():
    partner = PartnerFactory()
    manager = UserFactory(manages=partner)

    former = add_former_name(partner, by=manager, name=" Well Fund ", until_on=date(1999, 5, 1))
    with refused("former_name_once"):
        add_former_name(partner, by=manager, name="WELL FUND")
    assert former.name == "Well Fund"

    remove_former_name(former, by=manager)
    assert not FormerName.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "Old", "until_on": timezone.localdate() + timedelta(days=2)}, "until_on"),
    ],
)
def test_a_former_name_makes_sense(fields, field):
    partner = PartnerFactory()

    with pytest.raises(ValidationError) as refusal:
        add_former_name(partner, by=UserFactory(admin=True), **fields)

    assert list(refusal.value.message_dict) == [field]


def test_others_do_not_touch_its_former_names():
    former, other = FormerNameFactory(), UserFactory(manages=PartnerFactory())

    with refused("managers_only", NotAllowed):
        add_former_name(former.partner, by=other, name="Mine")
    with refused("managers_only", NotAllowed):
        remove_former_name(former, by=other)


def test_an_organisation_does_not_belong_to_itself_over_others():
    admin = UserFactory(admin=True)
    top, middle, bottom = PartnerFactory.create_batch(3)
    edit_partner(middle, by=admin, parent=top)
    edit_partner(bottom, by=admin, parent=middle)

    for parent in (top, middle, bottom):
        with refused("partner_parent_cycle"):
            edit_partner(top, by=admin, parent=parent)
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.filter(pk=top.pk).update(parent=bottom)

    assert Partner.objects.get(pk=top.pk).parent is None


@pytest.mark.django_db(transaction=True)
def test_three_that_make_each_other_their_parent_at_once_leave_no_cycle():
    admin = UserFactory(admin=True)
    ring = PartnerFactory.create_batch(3)
    calls = [
        lambda child=child, parent=parent: edit_partner(child, by=admin, parent=parent)
        for child, parent in zip(ring, [*ring[1:], ring[0]], strict=True)
    ]

    outcomes = race(*calls)

    assert [getattr(one, "code", "") for one in outcomes].count("partner_parent_cycle") == 1
    assert Partner.objects.filter(parent=None).count() == 1


def test_the_parent_of_a_verified_partner_is_for_admins():
    partner = PartnerFactory()

    with refused("partner_verified", NotAllowed):
        edit_partner(partner, by=UserFactory(manages=partner), parent=PartnerFactory())


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("start_up", "large"),
        ("msme", "large"),
        ("large_company", "small"),
        ("large_company", "start_up"),
        ("foundation", "start_up"),
    ],
)
def test_a_size_that_contradicts_the_kind_is_refused(kind, size):
    with pytest.raises(ValidationError) as refusal:
        register_partner(by=UserFactory(), name="Pumps", kind=kind, size=size)
    with pytest.raises(IntegrityError, match="partner_size_fits_kind"), transaction.atomic():
        PartnerFactory(kind=kind, size=size)

    assert list(refusal.value.message_dict) == ["size"]


@pytest.mark.parametrize("kind", Partner.Kind)
def test_the_model_and_the_database_allow_the_same_sizes(kind):
    for size in Partner.Size:
        allowed = size in Partner.SIZES.get(kind, Partner.OTHER_SIZES)
        try:
            with transaction.atomic():
                PartnerFactory(kind=kind, size=size)
        except IntegrityError:
            assert not allowed, size
        else:
            assert allowed, size


def test_places_groups_and_languages_are_stored_and_replaced():
    user = UserFactory()
    kenya, peru = CountryFactory(alpha2="KE"), CountryFactory(alpha2="PE")
    women, farmers = StakeholderGroupFactory(), StakeholderGroupFactory(code="MGOS-09")

    partner = register_partner(
        by=user,
        name="Water Trust",
        kind="foundation",
        city="Kisumu",
        level="regional",
        languages=[Language.objects.create(code="sw", name="Swahili")],
        countries=[kenya, peru],
        groups=[women],
    )
    edit_partner(partner, by=user, groups=[farmers], countries=[peru])

    stored = Partner.objects.get()
    assert (stored.city, stored.level) == ("Kisumu", "regional")
    assert list(stored.countries.all()) == [peru]
    assert list(stored.groups.all()) == [farmers]
    assert [language.name for language in stored.languages.all()] == ["Swahili"]
    assert stored.version == 2


def test_each_kind_has_an_iati_type_of_the_code_list(refdata):
    path = refdata / "iati" / "codelists" / "OrganisationType.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        known = {row["code"] for row in csv.DictReader(file)}

    assert Partner.FACTS.keys() == set(Partner.Kind)
    assert {facts.iati_type for facts in Partner.FACTS.values()} <= known
