"""An organisation that seems to be registered already is shown before it is registered again."""

import pytest

from registry.models import Partner
from registry.services.partners import edit_partner, register_partner
from tests.factories import (
    CountryFactory,
    FormerNameFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    UserFactory,
)
from tests.moves import race, refused

pytestmark = pytest.mark.django_db


def similar(name, alpha2="KE", **more):
    country = CountryFactory(alpha2=alpha2) if alpha2 else None
    return list(Partner.objects.similar_to(name, country=country, **more))


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Tumaini Water Trust", "Tumaini Water Trust"),
        ("Tumaini Water Trust", "TUMAINI  water-trust."),
        ("Tumaini Water Trust", "Tumaini Watter Trust"),
        ("Tumaini Water Trust", "Tumaini Water Trust Ltd"),
        ("Фонд чистой воды", "Фонд чистой вода"),
        ("مؤسسة المياه النظيفة", "مؤسسة المياه النظيفه"),
        ("清洁水资源基金会", "清洁水资源基金会"),
    ],
)
def test_a_near_name_in_the_same_country_is_found(stored, typed):
    partner = PartnerFactory(name=stored)
    PartnerFactory(name="Something else altogether")

    assert similar(typed) == [partner]


def test_elsewhere_only_nearly_the_same_name_is_found():
    partner = PartnerFactory(name="Tumaini Water Trust", country__alpha2="PE")

    assert similar("Tumaini Water Fund") == []
    assert similar("Tumaini Water Trust") == [partner]


def test_where_a_country_is_not_known_it_does_not_matter():
    partner = PartnerFactory(name="Tumaini Water Trust", country=None)

    assert similar("Tumaini Water Fund") == [partner]
    assert similar("Tumaini Water Fund", alpha2="") == [partner]


def test_a_former_name_and_an_identifier_are_found_too_the_likest_first():
    former = FormerNameFactory(name="Tumaini Water Fund").partner
    other = PartnerIdentifierFactory(scheme="NL-KVK", value="41202535").partner

    found = similar("Tumaini Water Funds", identifiers=["nl-kvk-41202535"])

    assert found == [other, former]
    assert found[0].likeness == 1
    assert 0.5 < found[1].likeness < 1


def test_registering_it_again_asks_for_a_confirmation():
    partner = PartnerFactory(name="Tumaini Water Trust")
    fields = {
        "by": UserFactory(),
        "name": "Tumaini Water Trust Ltd",
        "kind": "msme",
        "country": partner.country,
    }

    with refused("possible_duplicates") as refusal:
        register_partner(**fields)
    assert refusal.value.extra == {"partners": [{"id": partner.pk, "name": "Tumaini Water Trust"}]}
    assert Partner.objects.count() == 1

    register_partner(**fields, confirm_distinct=True)
    assert Partner.objects.count() == 2


def test_a_partner_that_one_does_not_see_is_not_named():
    PartnerFactory(name="Tumaini Water Trust", pending=True)

    register_partner(by=UserFactory(), name="Tumaini Water Trust", kind="msme")

    assert Partner.objects.count() == 2


def test_a_new_name_is_compared_with_others_not_with_itself():
    PartnerFactory(name="Tumaini Water Trust")
    partner, admin = PartnerFactory(name="Tumaini Wells"), UserFactory(admin=True)

    with refused("possible_duplicates"):
        edit_partner(partner, by=admin, name="Tumaini Water Trusts")
    edit_partner(partner, by=admin, name="Tumaini Well")
    edit_partner(partner, by=admin, name="Tumaini Water Trusts", confirm_distinct=True)

    assert Partner.objects.get(pk=partner.pk).name == "Tumaini Water Trusts"


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_five_times_at_once_registers_one_partner():
    user = UserFactory()
    call = lambda: register_partner(by=user, name="Tumaini Water Trust", kind="msme")  # noqa: E731

    outcomes = race(*[call] * 5)

    assert Partner.objects.count() == 1
    assert [getattr(one, "code", "") for one in outcomes].count("possible_duplicates") == 4
