"""The country report: an input for a Voluntary National Review.

What partnerships promised, delivered and reported in a country, against the priorities that its
focal point listed, and the Government's word on each entry. Until the focal point has confirmed
or commented every one of them it is not validated by the Government, and says so first.

Computed from stored reports of partnerships and dated records alone. It holds totals, and no
breakdown of people: what a small group is suppressed for cannot be read from it.
"""

from typing import Any

from monitoring.models import ReportRun
from monitoring.reports.kinds import distributions
from monitoring.reports.kinds.cohort import Days, about, cohort
from monitoring.reports.kinds.country_results import results_in, targets_of
from monitoring.reports.kinds.country_rows import HERE, CountryRows
from monitoring.reports.kinds.country_validation import priorities, validation
from monitoring.reports.snapshot import plain
from registry.models import Country

FORMAT = "country-report/1"


def build(run: ReportRun) -> dict[str, Any]:
    """The content that a run asks for, ready to be stored as JSON."""
    assert isinstance(run.country, Country)
    key = run.country.pk
    measured = f"{distributions.WITH_REPORT} AND {HERE}"
    with cohort(Days.of(run)) as found:
        here = CountryRows(found, key)
        results = results_in(found, key)
        content = {
            **about(run, FORMAT),
            "validation": validation(found, key),
            "counts": here.counts(),
            "levels": here.levels(),
            "sectors": here.sectors(),
            "groups": here.groups(),
            "members": here.members(),
            "partnerships": here.partnerships(),
            "commitments": here.commitments(),
            "priorities": priorities(found, key, targets_of(found)),
            "results": results,
            **here.figures(),
            "scores": distributions.scores(found, measured),
            "measures": distributions.measures(found, measured),
        }
    return plain({**content, "named": _named(content, key)})


def _named(content: dict[str, Any], country: int) -> dict[str, list[int]]:
    """The rows that the document needs names for."""
    point = content["validation"]["focal_point"]
    members = [row["partner"] for row in content["members"]["listed"]]
    targets = {key for one in content["priorities"]["listed"] for key in one["targets"]}
    return {
        "country": [country],
        "partnership": sorted(row["partnership"] for row in content["partnerships"]),
        "partner": sorted({*members, *([point] if point else [])}),
        "target": sorted(targets),
        "registry.globalindicator": [one["global_indicator"] for one in content["results"]],
        "monitoring.indicator": sorted({row["indicator"] for row in content["figures"]}),
        "registry.nationalpriority": [one["id"] for one in content["priorities"]["listed"]],
    }
