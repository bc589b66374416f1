"""Loads groups of countries: the shipped snapshot, and what an operator knows of other days."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from registry.models import Country, CountryGroup, Event, GroupMembership
from registry.tables import Row, Table

COLUMNS = ("group", "country", "from", "until", "source")
OPTIONAL = ("group_name", "known_from")
A_CODE = re.compile("[A-Z0-9-]{1,10}")
Pair = tuple[str, int]  # code of the group, key of the country


class Span(NamedTuple):
    """What a row of the file says: a country in a group, from a day until before another."""

    row: Row
    pair: Pair
    joined: date | None
    left: date | None


@transaction.atomic
def load_country_groups(path: Path, *, dry_run: bool = False) -> dict[str, int]:
    """Add memberships from a file, or say more exactly when known ones began and ended.

    All of it or nothing; a second load returns zeros. A row with `from` is about the membership
    that began on that day, or about the one whose beginning is not known; a row without it, about
    the one that runs. Nothing is deleted: figures of earlier days rest on it.
    """
    table = Table(path, required=COLUMNS, optional=OPTIONAL)
    list(CountryGroup.objects.select_for_update().order_by("pk"))  # one load at a time
    groups, changed = _groups(table)
    spans = _spans(table, groups)
    added, amended = _apply(table, spans, _memberships())
    table.finish()
    for code in changed:
        groups[code].save()
    for membership in amended:
        membership.save(update_fields=["joined_on", "left_on", "source"])
    GroupMembership.objects.bulk_create(
        [_of(groups[code], membership) for code, membership in added]
    )
    facts = {"added": len(added), "amended": len(amended)}
    for code in changed | {code for code, _ in added} | {row.group.code for row in amended}:
        Event.log(groups[code], "loaded", by=None, facts=facts)
    if dry_run:
        transaction.set_rollback(True)
    return {"groups": len(changed), **facts}


def _of(group: CountryGroup, membership: GroupMembership) -> GroupMembership:
    membership.group = group
    return membership


def _groups(table: Table) -> tuple[dict[str, CountryGroup], set[str]]:
    """Known groups and those that the file names; with the codes of the new and changed ones."""
    groups = {group.code: group for group in CountryGroup.objects.all()}
    said: dict[str, date] = {}
    changed: set[str] = set()
    for row in table.rows:
        code = table.text(row, "group", longest=10, needed=True)
        known_from = table.day(row, "known_from", needed=False)
        name = table.text(row, "group_name", longest=80)
        if known_from and said.setdefault(code, known_from) != known_from:
            table.refuse(row, "known_from", f"{said[code]} as above")
        if code not in groups and name and known_from and A_CODE.fullmatch(code):
            groups[code] = _begin(code, name, row["source"], known_from)
            changed.add(code)
        elif code not in groups:
            known = "a known group; a new one has capitals or digits, group_name and known_from"
            table.refuse(row, "group", known)
        elif known_from and groups[code].known_from != known_from:
            groups[code].known_from = known_from
            changed.add(code)
    return groups, changed


def _begin(code: str, name: str, source: str, known_from: date) -> CountryGroup:
    return CountryGroup(
        code=code,
        name=name,
        kind=CountryGroup.Kind.OTHER,
        known_from=known_from,
        source=source,
    )


def _spans(table: Table, groups: dict[str, CountryGroup]) -> list[Span]:
    countries = dict(Country.objects.values_list("alpha2", "pk"))
    countries |= dict(Country.objects.values_list("alpha3", "pk"))
    spans = []
    for row in table.rows:
        country = table.known(row, "country", countries, "an ISO 3166-1 code, as KE or KEN")
        joined = table.day(row, "from", needed=False)
        left = table.day(row, "until", needed=False)
        table.text(row, "source", longest=300, needed=True)
        if joined and left and left <= joined:
            table.refuse(row, "until", f"a day after {joined}")
        if country and row["group"] in groups:
            spans.append(Span(row, (row["group"], country), joined, left))
    return spans


def _memberships() -> dict[Pair, list[GroupMembership]]:
    found: dict[Pair, list[GroupMembership]] = {}
    rows = GroupMembership.objects.select_related("group").select_for_update(of=["self"])
    for row in rows.order_by("pk"):
        found.setdefault((row.group.code, row.country_id), []).append(row)
    return found


def _apply(
    table: Table, spans: list[Span], memberships: dict[Pair, list[GroupMembership]]
) -> tuple[list[tuple[str, GroupMembership]], list[GroupMembership]]:
    """The memberships to add, each with its group's code, and those to amend.

    What would overlap another one is a fault of its row.
    """
    added: list[tuple[str, GroupMembership]] = []
    amended: list[GroupMembership] = []
    said: dict[object, int] = {}
    for span in spans:
        table.doubled(span.row, (span.pair, span.joined), said, "from")
        there = memberships.setdefault(span.pair, [])
        membership = _meant(span, there)
        if membership is None:
            membership = GroupMembership(country_id=span.pair[1])
            there.append(membership)
            added.append((span.pair[0], membership))
        elif _differs(membership, span) and membership.pk and membership not in amended:
            amended.append(membership)
        membership.joined_on = span.joined or membership.joined_on
        membership.left_on = span.left
        membership.source = span.row["source"]
        _refuse_overlap(table, span, membership, there)
    return added, amended


def _meant(span: Span, there: list[GroupMembership]) -> GroupMembership | None:
    for membership in there:
        if span.joined and membership.joined_on == span.joined:
            return membership
    for membership in there:
        runs = membership.left_on is None or membership.left_on == span.left
        unknown = membership.joined_on is None and (
            membership.left_on is None or not span.joined or span.joined < membership.left_on
        )
        if (runs and not span.joined) or (unknown and span.joined):
            return membership
    return None


def _differs(membership: GroupMembership, span: Span) -> bool:
    now = (membership.joined_on, membership.left_on, membership.source)
    return now != (span.joined or membership.joined_on, span.left, span.row["source"])


def _refuse_overlap(
    table: Table, span: Span, membership: GroupMembership, there: list[GroupMembership]
) -> None:
    began, ended = membership.joined_on, membership.left_on
    if began and ended and ended <= began and not span.joined:
        table.refuse(span.row, "until", f"a day after {membership.joined_on}")
    for other in there:
        if other is not membership and _overlap(membership, other):
            first = other.joined_on or "an unknown day"
            last = f"before {other.left_on}" if other.left_on else "today"
            text = f"days outside the membership from {first} to {last}"
            table.refuse(span.row, "from", text)


def _overlap(one: GroupMembership, other: GroupMembership) -> bool:
    first, second = one.joined_on or date.min, other.joined_on or date.min
    return first < (other.left_on or date.max) and second < (one.left_on or date.max)
