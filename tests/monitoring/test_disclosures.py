"""Indicators may be taken from a disclosure of a standard, which then keeps its meaning."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from monitoring.reports.framework_text import framework_text
from registry.models import Disclosure, Standard
from tests.factories import (
    DisclosureFactory,
    FrameworkFactory,
    GlobalIndicatorFactory,
    IndicatorFactory,
    PartnerFactory,
    ResultFactory,
    UserFactory,
)
from tests.moves import race

pytestmark = pytest.mark.django_db

HEADER = "standard,version,name,publisher,code,label,pillar,measure,checked,source"
ROW = "ACME,2023,A standard made up for tests,Acme,E1,Water,environment,number,no,"


@pytest.fixture
def used():
    disclosure = DisclosureFactory(code="E1", label="Water", sort=1)
    IndicatorFactory(disclosure=disclosure)
    return disclosure


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("code", "E2"),
        ("label", "Waste"),
        ("pillar", "social"),
        ("unit", "m3"),
        ("measure", "ratio"),
        ("direction", "increase"),
        ("is_core", True),
    ],
)
def test_the_database_keeps_what_a_used_disclosure_means(used, name, value):
    unused = DisclosureFactory()

    with pytest.raises(IntegrityError, match="load a new version"), transaction.atomic():
        Disclosure.objects.filter(pk=used.pk).update(**{name: value})
    assert Disclosure.objects.filter(pk=unused.pk).update(**{name: value}) == 1


def test_the_database_keeps_a_used_disclosure_and_its_standard(used):
    with pytest.raises(IntegrityError, match="load a new version"), transaction.atomic():
        Disclosure.objects.filter(pk=used.pk)._raw_delete("default")
    with pytest.raises(IntegrityError, match="load a new version"), transaction.atomic():
        Standard.objects.filter(pk=used.standard_id).update(version="2024")


def test_that_it_was_checked_and_superseded_may_still_be_said(used):
    later = DisclosureFactory(standard__version="2025").standard

    Disclosure.objects.filter(pk=used.pk).update(checked=True, source="The publication, page 7")
    Standard.objects.filter(pk=used.standard_id).update(superseded_by=later)


def test_loading_says_which_row_is_in_use(used, tmp_path):
    path = tmp_path / "acme.csv"
    path.write_text("\n".join([HEADER, ROW.replace("Water", "Waste")]))
    with pytest.raises(CommandError) as refused:
        call_command("load_standard", path)
    assert "row 2, column label: found 'Waste', expected 'Water': it is in use" in str(
        refused.value
    )

    path.write_text("\n".join([HEADER, ROW.replace("E1", "E9")]))
    with pytest.raises(CommandError, match="a row for E1 too: it is in use"):
        call_command("load_standard", path)

    path.write_text("\n".join([HEADER, ROW.replace("no,", "yes,Page 7")]))
    assert call_command("load_standard", path) == "1 disclosures"


def test_the_document_that_members_endorse_names_standard_and_version(used):
    text = framework_text(used.indicators.get().framework)

    assert "Library: ACME 2023 E1 Water, " in text


@pytest.mark.parametrize("n", [1, 2])
def test_an_indicator_names_one_library_at_most(api, n):
    lead = PartnerFactory()
    framework = FrameworkFactory(partnership__lead=lead)
    api.force_authenticate(UserFactory(manages=lead))
    libraries = {
        "disclosure": DisclosureFactory().pk,
        "global_indicator": GlobalIndicatorFactory().code,
    }
    body = {
        "result": ResultFactory(framework=framework).pk,
        "title": "Water drawn",
        "measure": "number",
        "accumulation": "flow",
        "combine": "sum",
        **dict(list(libraries.items())[:n]),
    }

    answer = api.post("/api/v1/indicators/", body, format="json")

    if n == 1:
        assert (answer.status_code, answer.json()["disclosure"]) == (201, libraries["disclosure"])
    else:
        assert answer.status_code == 400
        assert "one library at most" in answer.json()["errors"][0]["detail"]


@pytest.mark.django_db(transaction=True)
def test_taking_an_indicator_and_changing_the_disclosure_do_not_pass_each_other():
    indicator = IndicatorFactory()
    disclosure = DisclosureFactory(label="Water")

    def take():
        type(indicator).objects.filter(pk=indicator.pk).update(disclosure=disclosure)

    def change():
        Disclosure.objects.filter(pk=disclosure.pk).update(label="Waste")

    outcomes = race(take, change)

    disclosure.refresh_from_db()
    indicator.refresh_from_db()
    assert indicator.disclosure_id == disclosure.pk
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes) == (
        disclosure.label == "Water"
    )
