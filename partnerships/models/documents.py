"""A partnership as one document: what was read, what is compared, what is kept as a version."""

import hashlib
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db import models

from partnerships.models.partnership import Partnership
from partnerships.models.sections import Section
from registry.models import Partner

Value = dict[str, Any] | list[dict[str, Any]] | None

# Each part holds what everybody may read once the partnership is public, and nothing else.
# None leaves the section out: what is not for everybody cannot be told from what is not there.
PARTS: dict[Section, Callable[[Partnership], Value]] = {}
# What an amendment may change of it; the track is chosen once.
ABOUT = ("title", "summary", "kind", "level", "starts_on", "ends_on", "website")
FACTS = (*ABOUT, "track")
OBJECTIVE = (
    "text",
    "measure",
    "unit",
    "baseline",
    "baseline_year",
    "goal_value",
    "reach_by",
    "target",
)
LOCATION = ("country", "name", "reach", "latitude", "longitude")
COMMITMENT = (
    "title",
    "description",
    "conditions",
    "kind",
    "stage",
    "finance_type",
    "flow_type",
    "amount",
    "currency",
    "unit",
    "committed_on",
    "due_on",
    "status",
)
BUDGET_LINE = ("title", "amount", "currency", "starts_on", "ends_on")


def document_of(partnership: Partnership) -> dict[str, Value]:
    """What is public of it by section, as plain values; a fixed number of queries.

    Rows carry their `id`, so that the same row is found in an earlier document.
    """
    parts = {section.value: read(partnership) for section, read in PARTS.items()}
    return {name: value for name, value in parts.items() if value is not None}


def hash_of(document: Any) -> str:
    """SHA-256 of its canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def part(section: Section) -> Callable[[Callable[[Partnership], Value]], Any]:
    """Register what a section holds in the document."""

    def register(read: Callable[[Partnership], Value]) -> Callable[[Partnership], Value]:
        PARTS[section] = read
        return read

    return register


def values_of(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(record, name)) for name in names}


def plain(value: Any) -> Any:
    """As JSON holds it: days and codes as text, and 2.50 as 2.5."""
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, models.Model):
        return next((getattr(value, n) for n in ("alpha2", "code") if hasattr(value, n)), value.pk)
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@part(Section.ABOUT)
def _about(partnership: Partnership) -> Value:
    fresh = Partnership.objects.get(pk=partnership.pk)
    return values_of(fresh, FACTS)


@part(Section.OBJECTIVES)
def _objectives(partnership: Partnership) -> Value:
    rows = partnership.objectives.select_related("target").order_by("pk")
    return [row_of(row, OBJECTIVE) for row in rows]


@part(Section.TARGETS)
def _targets(partnership: Partnership) -> Value:
    primary = Partnership.objects.values_list("primary_goal", flat=True).get(pk=partnership.pk)
    goals = partnership.goals.order_by("number").values_list("number", flat=True)
    codes = partnership.targets.order_by("pk").values_list("code", flat=True)
    return {"primary_goal": primary, "goals": list(goals), "targets": list(codes)}


@part(Section.PLACES)
def _places(partnership: Partnership) -> Value:
    places = partnership.places.select_related("country").order_by("country__alpha2")
    locations = partnership.locations.select_related("country").order_by("pk")
    sectors = partnership.sectors.select_related("sector").order_by("sector")
    return {
        "countries": [share_row(place.country, place.percentage) for place in places],
        "locations": [row_of(row, LOCATION) for row in locations],
        "sectors": [share_row(one.sector, one.percentage) for one in sectors],
    }


@part(Section.MEMBERS)
def _members(partnership: Partnership) -> Value:
    """Who has accepted; who is only invited, and what members declare, is not public."""
    rows = partnership.memberships.accepted().select_related("partner").order_by("pk")
    return [{"id": row.pk, **member_row(row.partner, row.roles)} for row in rows]


@part(Section.COMMITMENTS)
def _commitments(partnership: Partnership) -> Value:
    """Promises with their parts, the days they were postponed to, and the payments planned."""
    members = ("membership__partner", "receiver__partner")
    rows = partnership.commitments.select_related("currency", *members)
    rows = rows.prefetch_related(
        "targets", "due_dates", "deliverables__due_dates", "planned_disbursements"
    )
    return [commitment_row(row) for row in rows.order_by("pk")]


@part(Section.BUDGET)
def _budget(partnership: Partnership) -> Value:
    rows = partnership.budget_lines.select_related("currency", "membership__partner")
    return [budget_row(row) for row in rows.order_by("pk")]


def row_of(record: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """With its number, where it has one already."""
    numbered = {"id": record.pk} if record.pk else {}
    return {**numbered, **values_of(record, names)}


def share_row(one: models.Model, share: Decimal | None) -> dict[str, Any]:
    """A country or a sector, by its code, with its share where one is stated."""
    return {"id": plain(one), "name": str(one), "percentage": plain(share)}


def commitment_row(row: Any) -> dict[str, Any]:
    receiver = row.receiver if row.receiver and row.receiver.accepted_on else None
    return {
        "id": row.pk,
        "member": row.membership.partner.name,
        "receiver": receiver.partner.name if receiver else "",
        **values_of(row, COMMITMENT),
        "postponed_to": postponed_to(row),
        "targets": sorted(target.code for target in row.targets.all()),
        "deliverables": [
            {
                "id": one.pk,
                **values_of(one, ("title", "due_on")),
                "postponed_to": postponed_to(one),
            }
            for one in sorted(row.deliverables.all(), key=lambda one: one.pk)
        ],
        "planned_payments": [
            f"{one.starts_on} to {one.ends_on}: {plain(one.amount)} {one.currency_id}"
            for one in row.planned_disbursements.all()
        ],
    }


def postponed_to(row: Any) -> Any:
    """The later day that holds now; None while it is the one promised at first."""
    days = list(row.due_dates.all())
    return plain(days[-1].due_on) if days else None


def member_row(partner: Partner, roles: Iterable[str]) -> dict[str, Any]:
    return {"partner": partner.pk, "name": partner.name, "roles": sorted(roles)}


def budget_row(line: Any) -> dict[str, Any]:
    return {
        **row_of(line, BUDGET_LINE),
        "membership": line.membership_id,
        "member": line.membership.partner.name if line.membership else "",
    }
