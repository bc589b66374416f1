"""`manage.py import_partners`: all rows or none, every fault named, twice is once."""

import pytest
from django.core.management import CommandError, call_command

from registry.models import Event, Partner, PartnerIdentifier
from tests.factories import (
    CountryFactory,
    IdentifierSchemeFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    StakeholderGroupFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
GOOD = """name,kind,country,countries,groups,identifiers,size
Tumaini Water Trust,foundation,KE,KE|PE,MGOS-01,UNGC:9362|LEI:213800KUD8LAJWSQ9D15,
Pumps and Pipes Ltd,msme,PE,,,,small
"""


@pytest.fixture(autouse=True)
def vocabularies():
    CountryFactory(alpha2="KE"), CountryFactory(alpha2="PE")
    StakeholderGroupFactory(), IdentifierSchemeFactory(code="NO-BRC")
    UserFactory(email="admin@example.org", is_staff=True)


@pytest.fixture
def load(tmp_path):
    def run(text, **options):
        path = tmp_path / "partners.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return call_command("import_partners", str(path), by="admin@example.org", **options)

    return run


def test_registers_all_rows_and_a_second_run_nothing(load):
    assert load(GOOD) == "2 registered, 0 known already"
    assert load(GOOD) == "0 registered, 2 known already"

    trust = Partner.objects.get(name="Tumaini Water Trust")
    assert trust.status == "pending"
    assert [country.alpha2 for country in trust.countries.order_by("alpha2")] == ["KE", "PE"]
    assert PartnerIdentifier.objects.count() == 2
    assert Event.objects.filter(kind="partner.registered").count() == 2
    assert trust not in Partner.objects.public()


def test_a_dry_run_saves_nothing(load):
    assert load(GOOD, dry_run=True) == "dry run, nothing saved: 2 registered, 0 known already"
    assert not Partner.objects.exists()


def test_all_faults_of_all_rows_are_named_and_nothing_is_saved(load):
    text = """name,kind,size,country,identifiers,groups
Fine,union,,KE,,
,union,,KE,,
Odd,club,,XX,,MGOS-99
Start,start_up,large,,LEI:213800KUD8LAJWSQ9D16,
Reg,union,,,NO-BRX:972417920,
Nul\0,union,,,,
Short,union
"""
    with pytest.raises(CommandError) as refusal:
        load(text)

    said = str(refusal.value)
    for words in (
        "row 3, column name:",
        "row 4, column kind:",
        "row 4, column country: unknown: XX",
        "row 4, column groups: unknown: MGOS-99",
        "row 5, column size: The size contradicts",
        "row 5, column identifiers: The check digits do not match",
        "row 6, column identifiers: No register has the code NO-BRX. Near: NO-BRC.",
        "row 7, column name: contains a NUL character",
        "row 8, column name: the row has 2 cells",
    ):
        assert words in said
    assert not Partner.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,kind,colour\nA,union,red\n", "column colour: no such column"),
        ("name,kind,status\nA,union,verified\n", "column status: no such column"),
        ("name,country\nA,KE\n", "column kind: the column is missing"),
        ("name,kind,name\nA,union,B\n", "column name: the column stands there twice"),
        ("", "column name: the column is missing"),
        (b"name,kind\n\xff,union\n", "not UTF-8 text"),
        ('name,kind\n"A,union\n', "not a CSV file"),
    ],
)
def test_a_wrong_column_or_file_is_refused(load, text, words):
    with pytest.raises(CommandError) as refusal:
        load(text)

    assert words in str(refusal.value)
    assert not Partner.objects.exists()


def test_possible_duplicates_are_faults_until_confirmed(load):
    there = PartnerFactory(name="Tumaini Water Trust")
    text = "name,kind,country\nTumaini Water Trusts,union,KE\n"

    with pytest.raises(CommandError, match=rf"Tumaini Water Trust \({there.pk}\)"):
        load(text)
    assert load(text, confirm_distinct=True) == "1 registered, 0 known already"


def test_two_rows_with_one_identifier_are_one_organisation(load):
    text = "name,kind,identifiers\nAlpha,union,UNGC:5\nBeta,union,UNGC:5\n"

    assert load(text) == "1 registered, 1 known already"


def test_identifiers_of_several_partners_in_one_row_are_a_fault(load):
    PartnerIdentifierFactory(scheme="UNGC", value="5")
    PartnerIdentifierFactory(scheme="UNGC", value="6")

    with pytest.raises(CommandError, match="belong to several partners"):
        load("name,kind,identifiers\nAlpha,union,UNGC:5|UNGC:6\n")


@pytest.mark.parametrize("by", ["nobody@example.org", "manager@example.org"])
def test_only_an_admin_imports(tmp_path, by):
    UserFactory(email="manager@example.org")
    path = tmp_path / "partners.csv"
    path.write_text(GOOD)

    with pytest.raises(CommandError):
        call_command("import_partners", str(path), by=by)
    assert not Partner.objects.exists()
