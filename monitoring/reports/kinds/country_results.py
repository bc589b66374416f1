"""Results by global indicator in one country.

An indicator that is reported by place gives its figure of the country; any other one its whole
figure, if its partnership works in no other country, else it is left out (`several_countries`).
Of the shares (shares.py) that of the country counts, else the one for everywhere; for the rest the
rules are those of results.py.
"""

from typing import Any

from monitoring.reports.kinds.cohort import Cohort
from monitoring.reports.kinds.results import FIGURES, results
from monitoring.reports.kinds.shares import make_own

_IN_COUNTRY = FIGURES.format(
    left_out="WHEN NOT i.by_place AND NOT h.is_only THEN 'several_countries'",
    countries="ARRAY[%(country)s]::bigint[]",
    place="AND (f.country_id = %(country)s OR f.country_id IS NULL AND NOT i.by_place)"
    " JOIN report_here h ON h.partnership_id = c.partnership_id",
)


def results_in(cohort: Cohort, country: int) -> list[dict[str, Any]]:
    """Each global indicator that reports name for the country; `report_here` is made before."""
    make_own(cohort, country)
    cohort.make("report_result", _IN_COUNTRY, country=country)
    return results(cohort)


def targets_of(cohort: Cohort) -> dict[int, int]:
    """The SDG target of each global indicator that was reported."""
    found = cohort.rows("SELECT DISTINCT library, target_id FROM report_result")
    return {row["library"]: row["target_id"] for row in found}
