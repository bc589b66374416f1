"""Any standard comes from a CSV file: all of it, or nothing and every fault by row and column."""

import pytest
from django.core.management import CommandError, call_command

from registry.models import Crosswalk, Disclosure, Event, Standard
from registry.services.standards import load_standard
from registry.tables import LARGEST, BadTable
from registry.vocabularies import SHIPPED, load_vocabularies
from tests.factories import DisclosureFactory, TargetFactory

pytestmark = pytest.mark.django_db

HEADER = "standard,version,name,publisher,code,label,pillar,measure,direction,core,sdg_targets"
FIRST = "ACME,2024,Acme's own,Acme,E1,Water drawn,environment,number,decrease,yes,6.4|9.4:identical"
SECOND = "ACME,2024,,,S1,Injuries,social,ratio,decrease,no,"


@pytest.fixture(autouse=True)
def targets():
    for code in ("6.4", "9.4"):
        TargetFactory(code=code)


def load(path, **options):
    return call_command("load_standard", path, **options)


def test_loads_disclosures_with_their_links(table):
    said = load(table(HEADER, FIRST, SECOND))

    assert said == "1 standards, 2 disclosures, 2 crosswalks"
    standard = Standard.objects.get(code="ACME", version="2024")
    assert (standard.name, standard.publisher) == ("Acme's own", "Acme")
    water, injuries = standard.disclosures.all()
    assert (water.pillar, water.measure, water.direction) == ("environment", "number", "decrease")
    assert (water.is_core, water.checked, injuries.is_core) == (True, False, False)
    links = water.crosswalks.order_by("target__code").values_list("target__code", "kind", "checked")
    assert list(links) == [("6.4", "contributes", False), ("9.4", "identical", False)]


def test_loading_again_changes_nothing_and_logs_nothing(table):
    path = table(HEADER, FIRST, SECOND)
    load(path)
    before = list(Disclosure.objects.values_list("pk", "code"))

    assert load(path) == "0 changes"
    assert list(Disclosure.objects.values_list("pk", "code")) == before
    assert Event.objects.filter(kind="standard.loaded").count() == 1


def test_what_nobody_uses_follows_the_file(table):
    load(table(HEADER, FIRST, SECOND))
    changed = FIRST.replace("6.4|9.4:identical", "6.4:proxy")

    said = load(table(HEADER, changed))
    assert said == "1 disclosures removed, 2 crosswalks"
    assert Disclosure.objects.get().code == "E1"
    assert Crosswalk.objects.get().kind == "proxy"


def test_dry_run_counts_and_saves_nothing(table):
    said = load(table(HEADER, FIRST, SECOND), dry_run=True)

    assert said == "dry run, nothing saved: 1 standards, 2 disclosures, 2 crosswalks"
    assert not Standard.objects.exists()
    assert not Event.objects.exists()


def test_a_new_version_stands_beside_the_old_one(table):
    load(table(HEADER, FIRST))
    header = HEADER.replace("publisher", "publisher,supersedes")
    later = "ACME,2026,Acme's own,Acme,2024,E1,Water used,environment,number,decrease,yes,6.4"

    load(table(header, later))

    old, new = Standard.objects.order_by("version")
    assert (old.superseded_by, new.superseded_by) == (new, None)
    assert old.disclosures.get().label == "Water drawn"
    assert new.disclosures.get().label == "Water used"


def test_a_version_is_never_superseded_by_an_earlier_one(table):
    header = HEADER.replace("publisher", "publisher,supersedes")
    row = "ACME,{},Acme's own,Acme,{},E1,Water,environment,number,decrease,yes,6.4"
    load(table(header, row.format("2024", "")))
    load(table(header, row.format("2025", "2024")))
    load(table(header, row.format("2026", "2025")))

    for version, supersedes in (("2024", "2026"), ("2024", "2024"), ("2024", "1999")):
        with pytest.raises(CommandError, match="column supersedes"):
            load(table(header, row.format(version, supersedes)))


def test_names_every_fault_of_every_row(table):
    path = table(
        HEADER,
        "ACME,2024,Acme's own,Acme,E1,,environment,number,decrease,yes,6.4",
        "ACME,2024,,,E1,Doubled,nature,kilos,down,perhaps,99.9",
        "ACME,2025,,,E3,Other version,environment,number,,,6.4:nearly",
        "ACME,2024,,,E4,Short row",
    )

    with pytest.raises(BadTable) as refused:
        load_standard(path)

    assert [(fault.row, fault.column, fault.found) for fault in refused.value.faults] == [
        (2, "label", ""),
        (3, "code", "E1"),
        (3, "pillar", "nature"),
        (3, "measure", "kilos"),
        (3, "direction", "down"),
        (3, "core", "perhaps"),
        (3, "sdg_targets", "99.9"),
        (4, "version", "2025"),
        (4, "sdg_targets", "6.4:nearly"),
        (5, "sdg_targets", "6 cells"),
    ]
    assert not Standard.objects.exists()


BAD = {
    "no rows": ((HEADER,), "row 2, column name: found ''"),
    "an empty file": (("",), "row 1, column standard: found '', expected this column"),
    "a column is missing": ((HEADER.replace(",pillar", ""), FIRST), "column pillar"),
    "a column stands there twice": ((HEADER + ",code", FIRST + ",E1"), "this column once"),
    "an unknown column": ((HEADER + ",colour", FIRST + ",red"), "column colour: found 'colour'"),
    "semicolons": ((HEADER.replace(",", ";"), FIRST.replace(",", ";")), "column standard"),
    "no publisher": ((HEADER, FIRST.replace(",Acme,", ",,")), "column publisher: found ''"),
    "no code": ((HEADER, FIRST.replace(",E1,", ",,")), "column code: found ''"),
    "a long code": ((HEADER, FIRST.replace("E1", "E" * 41)), "at most 40 characters"),
    "a NUL": ((HEADER, FIRST.replace("Water", "Wa\0ter")), "no NUL character"),
    "more cells": ((HEADER, FIRST + ",more"), "found '12 cells', expected 11 cells"),
    "an unknown target": ((HEADER, FIRST.replace("6.4", "6.99")), "found '6.99|9.4:identical'"),
    "a target twice": ((HEADER, FIRST.replace("9.4:identical", "6.4")), "once each"),
    "another name": (
        (HEADER, FIRST, SECOND.replace("2024,,", "2024,Other,")),
        "row 3, column name",
    ),
    "a slash": ((HEADER, FIRST.replace("ACME", "AC/ME")), "no /, ?, # or %"),
    "a stray quote": ((HEADER, FIRST.replace("Water", '"Wa"ter')), "a row of a CSV file"),
    "checked against nothing": (
        (HEADER + ",checked", FIRST + ",yes"),
        "column source: found '', expected the publication",
    ),
    "links checked against nothing": (
        (HEADER + ",sdg_checked", FIRST + ",yes"),
        "column sdg_source: found ''",
    ),
    "no address": ((HEADER + ",url", FIRST + ",javascript:alert(1)"), "column url"),
}


@pytest.mark.parametrize(("lines", "problem"), BAD.values(), ids=BAD)
def test_refuses_a_file_with(table, lines, problem):
    with pytest.raises(CommandError) as refused:
        load(table(*lines))

    assert problem in str(refused.value)
    assert not Standard.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("encoding", "problem"),
    [
        ("latin-1", "row 2, column -: found 'byte c4, as in Windows-1252 or Latin-1'"),
        ("utf-16", "row 1, column -: found 'text in UTF-16', expected text in UTF-8"),
    ],
)
def test_names_the_encoding_that_is_wrong(table, encoding, problem):
    with pytest.raises(CommandError) as refused:
        load(table(HEADER, FIRST.replace("Water", "Äcker"), encoding=encoding))

    assert problem in str(refused.value)


def test_refuses_a_file_that_is_too_large(table):
    path = table(HEADER, "x" * LARGEST)

    with pytest.raises(CommandError, match="larger than 5 MB"):
        load(path)


def test_refuses_what_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        load(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="directory"):
        load(tmp_path)


def test_finds_disclosures_by_standard_pillar_core_target_and_words(api, table):
    load(table(HEADER, FIRST, SECOND))
    DisclosureFactory(standard__version="1", label="Water of others", pillar="economic")

    def codes(**query):
        return [row["code"] for row in api.get("/api/v1/disclosures/", query).json()["results"]]

    standard = Standard.objects.get(version="2024").pk
    assert codes(standard=standard) == ["E1", "S1"]
    assert codes(standard=standard, pillar="social") == ["S1"]
    assert codes(core=True) == ["E1"]
    assert codes(target="9.4") == ["E1"]
    assert codes(search="DRAWN water") == ["E1"]
    assert codes(search="s1") == ["S1"]
    shown = api.get("/api/v1/crosswalks/", {"target": "9.4"}).json()["results"]
    assert [(row["kind"], row["checked"]) for row in shown] == [("identical", False)]


def test_what_an_operator_has_loaded_is_not_put_back_to_what_ships(table):
    load_vocabularies()
    shipped = (SHIPPED / "standards" / "wef-scm-2020.csv").read_text(encoding="utf-8")
    checked = shipped.replace(",yes,no,not compared", ",yes,yes,Page 16; was not compared", 1)

    assert load(table(*checked.splitlines())) == "1 standards, 1 disclosures"
    assert load_vocabularies()["standards"] == 0

    first = Disclosure.objects.get(code="WEF-01")
    assert (first.checked, first.source[:7]) == (True, "Page 16")
    assert not Standard.objects.get(code="WEF-SCM").is_shipped
    assert Standard.objects.get(code="UNCTAD-GCI").is_shipped
