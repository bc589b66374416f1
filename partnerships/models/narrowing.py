"""By what a list of partnerships is narrowed: the condition of each facet, and its counts.

A facet's counts say what choosing one of its values would find: the search and every other facet
hold, its own does not. All of them are one statement over the partnerships that the search finds.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registry.models import Country

MOST = 10_000  # of a search that finds more, the newest so many are counted
SEVERAL = ("goals", "countries", "markers")

# The facets that are counted, and the column that holds each one's value or values.
COUNTED: Mapping[str, str] = {
    "goal": "goals",
    "country": "countries",
    "kind": "kind",
    "level": "level",
    "status": "status",
    "track": "track",
    "marker": "markers",
    "achievement": "achievement",
    "timeliness": "timeliness",
}


class Counts(NamedTuple):
    """How many partnerships each value of each facet would find; `capped`: of the newest."""

    by_facet: dict[str, dict[str, int]]
    capped: bool


def condition(name: str, stated: Any) -> Q:
    """What a facet asks of a partnership; several values are alternatives."""
    if name in OWN:
        return Q(**{f"{name}__in": texts(stated)})
    if name == "country":
        return _among("PartnershipCountry", country__alpha2__in=texts(stated))
    if name == "group":
        countries = Country.objects.in_group(str(stated), timezone.localdate())
        return _among("PartnershipCountry", country__in=countries)
    if name == "target":
        return _with("Partnership_targets", target__code__in=texts(stated))
    if name in COUNTED:
        column, values = COUNTED[name], texts(stated)
        lookup = "overlap" if column in SEVERAL else "in"
        return _with("Facets", **{f"{column}__{lookup}": values})
    if name == "runs_on":
        return Q(starts_on__lte=stated) & (Q(ends_on=None) | Q(ends_on__gte=stated))
    return Q(starts_on__gte=stated) if name == "starts_from" else Q(ends_on__lte=stated)


OWN = ("kind", "level", "status", "track")  # columns of the partnership itself
UNCOUNTED = ("target", "group", "runs_on", "starts_from", "ends_until")
NAMES = (*COUNTED, *UNCOUNTED)


def texts(stated: Any) -> list[str]:
    values: Iterable[Any] = [stated] if isinstance(stated, str | int) else stated
    return [str(value) for value in values]


def _among(model: str, **conditions: Any) -> Q:
    """Partnerships that have such a row, where few have: found by that row's own index."""
    rows = apps.get_model("partnerships", model)._base_manager
    return Q(pk__in=rows.filter(**conditions).values("partnership_id"))


def _with(model: str, **conditions: Any) -> Q:
    """Partnerships that have such a row: looked up in its index, or as a set."""
    rows = apps.get_model("partnerships", model)._base_manager
    return Q(Exists(rows.filter(partnership_id=OuterRef("pk"), **conditions)))


def count_facets(seen: models.QuerySet[Any], chosen: Mapping[str, Any]) -> Counts:
    """Counts over `seen` (visible, and found by the search), with `chosen` facets holding."""
    for name in UNCOUNTED:
        if chosen.get(name):
            seen = seen.filter(condition(name, chosen[name]))
    by_facet: dict[str, dict[str, int]] = {name: {} for name in COUNTED}
    try:
        statement, parameters = _statement(seen, chosen)
    except EmptyResultSet:
        return Counts(by_facet, False)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    found = sum(number for name, _, number in rows if name == "")
    for name, value, number in rows:
        if name and value:
            by_facet[name][value] = number
    return Counts(by_facet, found > MOST)


def _statement(seen: models.QuerySet[Any], chosen: Mapping[str, Any]) -> tuple[str, list[Any]]:
    newest = seen.order_by("-updated_at", "-pk").values_list("pk", flat=True)[: MOST + 1]
    hits, parameters = newest.query.sql_with_params()
    asked = {name: texts(chosen[name]) for name in COUNTED if chosen.get(name)}
    fits = "".join(
        f", {column} {'&&' if column in SEVERAL else '= ANY'} (%s) AS {name}_fits"
        for name, column in COUNTED.items()
        if name in asked
    )
    # By its key for each hit, however many the planner expects: most searches find few.
    found = (
        f"WITH hits (id) AS MATERIALIZED ({hits}), found AS MATERIALIZED (SELECT one.*{fits}"
        " FROM hits CROSS JOIN LATERAL (SELECT * FROM partnerships_facets"
        " WHERE partnership_id = hits.id OFFSET 0) one)"
    )
    parts = ["SELECT '', '', count(*) FROM found"]
    for name, column in COUNTED.items():
        others = " AND ".join(["true", *(f"{other}_fits" for other in asked if other != name)])
        pairs = f"found, unnest({column}) value" if column in SEVERAL else "found"
        value = "value" if column in SEVERAL else column
        parts.append(f"SELECT '{name}', {value}, count(*) FROM {pairs} WHERE {others} GROUP BY 2")
    values = [list(asked[name]) for name in COUNTED if name in asked]
    return f"{found} {' UNION ALL '.join(parts)}", [*parameters, *values]
