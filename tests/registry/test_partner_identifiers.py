"""Identifiers: their registers, their check digits, and whose they are."""

import csv
import re

import pytest
from django.core.exceptions import ValidationError

from registry.models import IdentifierScheme, PartnerIdentifier
from registry.models.check_digits import MODULES, checked
from registry.services.partners import add_identifier, register_partner
from tests.factories import (
    IdentifierSchemeFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    UserFactory,
)
from tests.moves import race, refused

pytestmark = pytest.mark.django_db


def add(scheme, value, partner=None):
    partner = partner or PartnerFactory(pending=True)
    return add_identifier(partner, by=UserFactory(admin=True), scheme=scheme, value=value)


@pytest.mark.parametrize(
    ("scheme", "value", "stored"),
    [
        ("br-cnpj", " 02326629-0001-51 ", ("BR-CNPJ", "02326629000151")),
        ("FR-RCS", "512 788 308 00025", ("FR-RCS", "51278830800025")),
        ("NO-BRC", "972417920", ("NO-BRC", "972417920")),
        ("XI-LEI", "213800KUD8LAJWSQ9D15", ("LEI", "213800KUD8LAJWSQ9D15")),
        ("iati", "XM-DAC-41301", ("IATI", "XM-DAC-41301")),
        ("ungc", "9362", ("UNGC", "9362")),
        ("NL-KVK", "41202535", ("NL-KVK", "41202535")),
    ],
)
def test_stored_as_its_register_writes_it(scheme, value, stored):
    for code in ("BR-CNPJ", "FR-RCS", "NO-BRC", "NL-KVK"):
        IdentifierSchemeFactory(code=code)

    identifier = add(scheme, value)

    assert (identifier.scheme, identifier.value) == stored


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("BR-CNPJ", "02326629-0001-52", "bad_check_digits"),
        ("FR-RCS", "512 788 309", "bad_check_digits"),
        ("NO-BRC", "٩72417920", "bad_check_digits"),
        ("NO-BRC", "97241792", "bad_check_digits"),
        ("LEI", "213800KUD8LAJWSQ9D16", "bad_check_digits"),
        ("UNGC", "12a", "bad_identifier"),
        ("UNGC", "-5", "bad_identifier"),
        ("IATI", "XM DAC 41301", "bad_identifier"),
    ],
)
def test_what_no_register_can_have_given_is_refused(scheme, value, code):
    for known in ("BR-CNPJ", "FR-RCS", "NO-BRC"):
        IdentifierSchemeFactory(code=known)

    with pytest.raises(ValidationError) as refusal:
        add(scheme, value)

    assert [error.code for error in refusal.value.error_dict["value"]] == [code]
    assert not PartnerIdentifier.objects.exists()


def test_an_unknown_register_is_refused_and_near_ones_are_named():
    for code in ("GB-COH", "GB-CHC", "BR-CNPJ"):
        IdentifierSchemeFactory(code=code)
    IdentifierSchemeFactory(code="GB-COX", is_deprecated=True)

    with pytest.raises(ValidationError) as refusal:
        add("GB-CO", "1")

    [text] = refusal.value.message_dict["scheme"]
    assert text == "No register has the code GB-CO. Near: GB-COH, GB-CHC."


def test_a_deprecated_register_is_refused_to_people():
    IdentifierSchemeFactory(code="SE-BLV", is_deprecated=True)

    with pytest.raises(ValidationError, match="no longer in use") as refusal:
        add("SE-BLV", "556698-6849")

    assert refusal.value.error_dict["scheme"][0].code == "deprecated_scheme"


@pytest.mark.parametrize("first", ["register", "iati"])
def test_the_register_and_iati_write_one_identifier_in_two_ways(first):
    IdentifierSchemeFactory(code="NL-KVK")
    pairs = [("NL-KVK", "41202535"), ("IATI", "NL-KVK-41202535")]
    holder = PartnerFactory(pending=True)
    one, other = pairs if first == "register" else reversed(pairs)
    add(*one, partner=holder)

    with refused("partner_identifier_once") as refusal:
        add(*other)
    add(*other, partner=holder)  # both ways at one partner are no contradiction

    assert refusal.value.extra == {"partner": holder.pk}


def test_nothing_is_learnt_about_a_partner_that_one_does_not_see():
    hidden = PartnerIdentifierFactory(partner=PartnerFactory(pending=True), value="XM-1")

    with refused("partner_identifier_once") as refusal:
        register_partner(
            by=UserFactory(), name="New", kind="union", identifiers=[("IATI", hidden.value)]
        )

    assert refusal.value.extra == {}
    assert str(refusal.value) == "Another partner has this identifier already."


@pytest.mark.django_db(transaction=True)
def test_of_ten_partners_that_claim_an_identifier_at_once_one_gets_it():
    IdentifierSchemeFactory(code="NL-KVK")
    partners, admin = PartnerFactory.create_batch(10), UserFactory(admin=True)
    ways = [("NL-KVK", "41202535"), ("IATI", "nl-kvk-41202535")] * 5
    calls = [
        lambda partner=partner, scheme=scheme, value=value: add_identifier(
            partner, by=admin, scheme=scheme, value=value
        )
        for partner, (scheme, value) in zip(partners, ways, strict=True)
    ]

    outcomes = race(*calls)

    assert PartnerIdentifier.objects.count() == 1
    assert [getattr(one, "code", "") for one in outcomes].count("partner_identifier_once") == 9


def test_the_registers_own_examples_pass(refdata):
    path = refdata / "orgid" / "org_id_lists.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        listed = {row["code"]: row for row in csv.DictReader(file)}

    assert listed.keys() >= MODULES.keys()
    for code in MODULES:
        examples = re.split("[,;]", listed[code]["example_identifiers"])
        plain = [re.sub(r"\s*\(.*", "", example).strip() for example in examples]
        assert all(checked(code, example) for example in plain if example), code


def test_a_published_identifier_tells_its_register():
    for code in ("XM-DAC", "NL-KVK", "CH", "CH-BS"):
        IdentifierSchemeFactory(code=code)

    def of(identifier):
        found = IdentifierScheme.objects.of_published(identifier)
        return found and found.code

    assert of("XM-DAC-963-1") == "XM-DAC"
    assert of("nl-kvk-1") == "NL-KVK"
    assert of("CH-BS-5") == "CH-BS"
    assert of("ZZ-1") is None
    assert of("") is None
