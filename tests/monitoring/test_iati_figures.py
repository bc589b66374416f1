"""Show 1: targets and actuals of the published files, by hand and as the API says them.

`pytest -s` prints both, and what is odd in the files.
"""

import sys
from datetime import date
from decimal import Decimal

import pytest

from monitoring.models import Indicator
from partnerships.models import Partnership
from registry.vocabularies import load_vocabularies
from tests.monitoring import iati_by_hand
from tests.monitoring.iati import take

pytestmark = pytest.mark.django_db
TODAY = date.today().isoformat()


@pytest.fixture
def files(refdata):
    return sorted((refdata / "iati" / "samples_real").glob("*.xml"))


@pytest.fixture
def imported(files):
    load_vocabularies()
    for file in files:
        take(file.read_bytes())


def indicators_of(cell):
    """The rows of a cell's indicator: those of its result with its title."""
    partnership = Partnership.objects.get(iati_identifier__iexact=cell.activity)
    here = Indicator.objects.filter(result__framework__partnership=partnership).order_by("pk")
    results = list(here.values_list("result", flat=True).distinct().order_by("result"))
    of_result = [i for i in here if i.result_id == results[cell.result]]
    return of_result[cell.indicator]


def said_by_api(api, cell):
    """(target, actual) of the indicator in that period, over REST."""
    query = {"indicator": indicators_of(cell).pk, "by": "period"}
    rows = api.get("/api/v1/series/", query).json()["rows"]
    row = next(
        row
        for row in rows
        if (row["time"]["starts_on"], row["time"]["ends_on"]) == (cell.first, cell.last)
    )
    return Decimal(row["target"]), Decimal(row["figure"]["value"])


def test_figures_by_hand_are_as_the_api_says(api, imported, files):
    """Ten are printed, all are compared; of what is told in words there is no figure."""
    found = iati_by_hand.chosen(files, 1000, TODAY)
    assert len(found) > 50

    sys.stdout.write(f"\n{'':<44}{'period':<24}{'target':>10}{'actual':>10}\n")
    for number, cell in enumerate(found):
        said = said_by_api(api, cell)
        assert said == (cell.target, cell.actual), cell
        if number < 10:
            sys.stdout.write(
                f"{cell.title[:42]:<44}{cell.first}/{cell.last:<13}{cell.target:>10}"
                f"{cell.actual:>10}   API: {said[0]}, {said[1]}\n"
            )
    in_words = [
        cell
        for cell in (cell for file in files for cell in iati_by_hand.cells(file))
        if cell.actuals and not any(iati_by_hand.NUMBER.fullmatch(a) for a in cell.actuals)
    ]
    assert in_words
    for cell in in_words[:10]:
        query = {"indicator": indicators_of(cell).pk, "by": "period"}
        rows = api.get("/api/v1/series/", query).json()["rows"]
        assert {r["figure"]["value"] for r in rows if r["time"]["ends_on"] == cell.last} <= {None}


def test_what_is_odd_in_the_files_is_listed(files):
    sys.stdout.write("\n")
    iati_by_hand.report(files, sys.stdout)
    kinds = {kind for file in files for kind, _, _ in iati_by_hand.odd(file)}
    assert kinds >= {
        "bare percentage",
        "several values for one cell",
        "text as a value",
        "overlapping periods",
        "same title twice: targets only, actuals only",
    }
