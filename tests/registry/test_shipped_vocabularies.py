"""Holds the CSV files that ship with the product against the published facts."""

import csv
import re

import pytest

from monitoring.vocabularies import SHIPPED as MONITORING_DATA
from registry.tables import shipped_rows
from registry.vocabularies import SHIPPED


def published(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def column(rows, *names):
    return {tuple(row[name] for name in names) for row in rows}


def plain(text):
    return re.sub(r"\W+", " ", text.lower()).strip()


def test_targets_have_the_official_codes_goals_and_kinds(refdata):
    ours = column(shipped_rows(SHIPPED / "targets.csv"), "code", "goal", "kind")
    official = published(refdata / "sdg" / "sdg_targets.csv")

    assert ours == {(row["code"], row["goal"], row["kind"].split("_")[0]) for row in official}
    assert len(ours) == 169


def test_indicators_have_the_official_codes_tiers_repeats_and_series(refdata):
    facts = ["code", "target", "tier", "repeat_of", "unsd_series"]
    ours = column(shipped_rows(SHIPPED / "global_indicators.csv"), *facts)
    facts = ["code", "target", "tier_2022Q1", "repeat_of", "unsd_series_codes"]
    official = published(refdata / "sdg" / "sdg_indicators.csv")

    assert ours == column(official, *facts)
    assert len(ours) == 248
    assert sum(not repeat_of for *_, repeat_of, _series in ours) == 231


def test_indicators_stand_in_the_official_order(refdata):
    ours = [row["code"] for row in shipped_rows(SHIPPED / "global_indicators.csv")]

    assert ours == [row["code"] for row in published(refdata / "sdg" / "sdg_indicators.csv")]


def test_a_repeat_shares_the_label_of_its_original_and_nothing_else_does():
    rows = shipped_rows(SHIPPED / "global_indicators.csv")
    labels = {row["code"]: row["label"] for row in rows}

    assert all(row["label"] == labels[row["repeat_of"] or row["code"]] for row in rows)
    assert len(set(labels.values())) == 231


@pytest.mark.parametrize("kind", ["goals", "targets", "global_indicators"])
def test_labels_are_short_and_not_the_official_words(refdata, kind):
    labels = [row["label"] for row in shipped_rows(SHIPPED / f"{kind}.csv")]
    official = published(refdata / "sdg" / f"sdg_{kind.removeprefix('global_')}.csv")
    titles = {plain(row[name]) for row in official for name in row if name.endswith("_en")}

    assert not {label for label in labels if plain(label) in titles}
    assert not {label for label in labels if not 1 <= len(label.split()) <= 10}


def test_goals_have_seventeen_colours():
    goals = shipped_rows(SHIPPED / "goals.csv")

    assert [row["number"] for row in goals] == [str(number) for number in range(1, 18)]
    assert len({row["colour"] for row in goals}) == 17
    assert all(re.fullmatch("#[0-9A-F]{6}", row["colour"]) for row in goals)
    assert [goals[i]["colour"] for i in (0, 5, 16)] == ["#E5243B", "#26BDE2", "#19486A"]


def test_countries_are_those_of_iso_3166(refdata):
    ours = shipped_rows(SHIPPED / "countries.csv")
    iati = published(refdata / "iati" / "codelists" / "Country.csv")
    # Kosovo has no ISO code, the Netherlands Antilles are no longer a country.
    iso = {row["code"] for row in iati} - {"XK", "AN"}

    assert {row["alpha2"] for row in ours} == iso
    assert len({row["alpha3"] for row in ours}) == len({row["name"] for row in ours}) == 249


def test_countries_have_the_m49_codes_and_regions(refdata):
    facts = ["m49", "region", "sub_region"]
    ours = column(shipped_rows(SHIPPED / "countries.csv"), "alpha3", *facts)
    m49 = column(published(refdata / "geo" / "m49_countries_groups.csv"), "iso3", *facts)

    # M49 lists no Taiwan; ISO 3166 does.
    assert ours - m49 == {("TWN", "158", "Asia", "Eastern Asia")}
    assert not m49 - ours


def test_countries_lie_on_the_globe():
    for row in shipped_rows(SHIPPED / "countries.csv"):
        assert -90 <= float(row["latitude"]) <= 90, row
        assert -180 <= float(row["longitude"]) <= 180, row


@pytest.mark.parametrize(
    ("alpha2", "latitude", "longitude"),
    [("KE", 0.5, 38), ("BR", -11, -53), ("RU", 62, 99), ("NZ", -44, 170), ("FJ", -18, 178)],
)
def test_countries_lie_where_they_are(alpha2, latitude, longitude):
    countries = {row["alpha2"]: row for row in shipped_rows(SHIPPED / "countries.csv")}

    assert float(countries[alpha2]["latitude"]) == pytest.approx(latitude, abs=2)
    assert float(countries[alpha2]["longitude"]) == pytest.approx(longitude, abs=2)


def test_currencies_hold_every_code_that_iati_files_use(refdata):
    ours = {row["code"] for row in shipped_rows(SHIPPED / "currencies.csv")}
    iati = {row["code"] for row in published(refdata / "iati" / "codelists" / "Currency.csv")}

    assert iati <= ours
    assert ours - iati == {"CHE", "CHW", "UYW", "XAD", "XCG", "XSU", "XUA", "ZWG"}


CODE_LISTS = {
    "SEX": "CL_SEX",
    "AGE": "CL_AGE",
    "DISABILITY_STATUS": "CL_DISABILITY",
    "URBANISATION": "CL_URBANISATION",
    "INCOME_WEALTH_QUANTILE": "CL_QUANTILE",
    "EDUCATION_LEV": "CL_EDUCATION_LEV",
    "OCCUPATION": "CL_OCCUPATION",
}


def dimensions():
    return shipped_rows(MONITORING_DATA / "dimensions.csv")


def test_dimensions_are_concepts_of_the_sdg_data_structure(refdata):
    structure = published(refdata / "sdg" / "sdmx" / "sdg_dsd_components.csv")
    concepts = {row["id"]: row["codelist"] for row in structure if row["kind"] == "dimension"}

    assert {row["sdmx_concept"] for row in dimensions()} == set(CODE_LISTS)
    assert CODE_LISTS.items() <= concepts.items()


@pytest.mark.parametrize(("concept", "code_list"), CODE_LISTS.items())
def test_categories_have_the_codes_of_sdmx(refdata, concept, code_list):
    sdmx = {row["code"] for row in published(refdata / "sdg" / "sdmx" / f"{code_list}.csv")}

    for row in dimensions():
        if row["sdmx_concept"] == concept:
            there = row["category"] in sdmx
            assert row["sdmx_code"] == (row["category"] if there else ""), row
            assert there or row["category"] == "_U", row


def test_every_dimension_knows_what_is_not_known_and_none_has_a_total():
    categories = {}
    for row in dimensions():
        categories.setdefault(row["dimension"], []).append(row["category"])

    for codes in categories.values():
        assert codes[-1] == "_U"
        assert not {"_T", "_X", "_N"} & set(codes)
        assert len(codes) == len(set(codes))


STANDARDS = {
    "unctad-gci-2019.csv": "unctad_gci_core_indicators.csv",
    "wef-scm-2020.csv": "wef_scm_21_core.csv",
}


@pytest.mark.parametrize(("ours", "theirs"), STANDARDS.items())
def test_standards_have_their_codes_and_short_words_of_our_own(refdata, ours, theirs):
    rows = shipped_rows(SHIPPED / "standards" / ours)
    names = published(refdata / "esg" / theirs)
    titles = {plain(row["name"]) for row in names}

    assert [row["code"] for row in rows] == [row["code"] for row in names]
    assert len(rows) == (33 if "unctad" in ours else 21)
    assert not {row["label"] for row in rows if plain(row["label"]) in titles}
    assert not {row["label"] for row in rows if not 1 <= len(row["label"].split()) <= 10}
    # Nothing was checked against the publication, and nothing pretends to have been.
    assert {row["checked"] for row in rows} == {"no"}
    assert {row["sdg_checked"] for row in rows} <= {"no", ""}


def test_principles_are_ten_in_words_of_our_own(refdata):
    rows = shipped_rows(SHIPPED / "principles.csv")
    theirs = published(refdata / "esg" / "ungc_ten_principles.csv")

    areas = [re.sub("[ -]", "_", row["area"].lower()) for row in theirs]
    assert [row["area"] for row in rows] == areas
    assert not {plain(row["label"]) for row in rows} & {plain(row["text"]) for row in theirs}


def test_groups_are_those_of_the_snapshot(refdata):
    countries = {row["alpha3"]: row["alpha2"] for row in shipped_rows(SHIPPED / "countries.csv")}
    wanted = set()
    for row in published(refdata / "geo" / "m49_countries_groups.csv"):
        marked = {group for group in ("LDC", "LLDC", "SIDS") if row[group.lower()]}
        regions = {row[f"{kind}_code"] for kind in ("region", "sub_region", "intermediate_region")}
        wanted |= {(group, countries[row["iso3"]]) for group in marked | regions - {""}}

    assert column(shipped_rows(SHIPPED / "group_memberships.csv"), "group", "country") == wanted
