"""Loads ESG standards from CSV files: ours, and any that an operator has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from registry.models import Crosswalk, Disclosure, Event, Standard, Target
from registry.tables import Row, Table, synchronise

MOST = 10_000
REQUIRED = ("standard", "version", "code", "label", "pillar", "measure")
# Said once, in the first row; repeated or left empty below.
FACTS = {"name": 200, "publisher": 200, "url": 200, "note": 1000, "supersedes": 20}
OPTIONAL = (
    *FACTS,
    "unit",
    "direction",
    "core",
    "checked",
    "source",
    "sdg_targets",
    "sdg_checked",
    "sdg_source",
)
DISCLOSURE = (*Disclosure.MEANING, "checked", "source", "sort")


@transaction.atomic
def load_standard(path: Path, *, is_shipped: bool = False, dry_run: bool = False) -> dict[str, int]:
    """Make one version of a standard equal the file: all of it, or nothing.

    Returns how many rows changed; a second load returns zeros. What a disclosure means cannot
    change once an indicator is taken from it: that is a fault of the row; load a new version.
    A version that an operator has loaded is not put back to what ships.
    """
    table = Table(path, required=REQUIRED, optional=OPTIONAL)
    facts = _facts(table)
    if is_shipped and _is_operators(facts):
        return {}
    wanted, links = _disclosures(table)
    _keep_used(table, wanted, _used(facts))
    table.finish()
    standard, changes = _standard(facts, is_shipped=is_shipped)
    changes |= _store(standard, wanted, links)
    changes["superseded"] = _supersede(standard, facts["supersedes"])
    if any(changes.values()):
        Event.log(standard, "loaded", by=None, facts=changes)
    if dry_run:
        transaction.set_rollback(True)
    return changes


def _facts(table: Table) -> dict[str, str]:
    """What the file says of the standard itself."""
    facts = dict.fromkeys(("standard", "version", *FACTS), "")
    for row in table.rows:
        for name in facts:
            said = table.text(
                row, name, longest=FACTS.get(name, 20), needed=name in ("standard", "version")
            )
            if said and facts[name] and said != facts[name]:
                table.refuse(row, name, f"{facts[name]!r} as above: one standard in a file")
            facts[name] = facts[name] or said
    _check_facts(table, facts)
    return facts


def _check_facts(table: Table, facts: dict[str, str]) -> None:
    first = table.rows[0] if table.rows else Row(2, {})
    for row in table.rows[MOST:]:
        table.refuse(row, "code", f"at most {MOST:,} rows")
    for name in ("name", "publisher"):
        if not facts[name]:
            table.refuse(first, name, "a text in the first row")
    if any(sign in facts[name] for sign in "/?#%" for name in ("standard", "version")):
        table.refuse(first, "standard", "no /, ?, # or % in standard and version")
    if facts["url"]:
        try:
            URLValidator(["http", "https"])(facts["url"])
        except ValidationError:
            table.refuse(first, "url", "an address that begins with https://")
    if facts["supersedes"] and not _may_supersede(facts):
        table.refuse(first, "supersedes", "an earlier version of this standard, loaded before")


def _may_supersede(facts: Mapping[str, str]) -> bool:
    """Whether the other version stands there and is not, itself or in the end, a later one."""
    versions = {row.version: row for row in Standard.objects.filter(code=facts["standard"])}
    by_key = {row.pk: row for row in versions.values()}
    later, passed = versions.get(facts["version"]), {facts["version"]}
    while later and later.superseded_by_id:
        later = by_key[later.superseded_by_id]
        passed.add(later.version)
    return facts["supersedes"] in versions.keys() - passed


def _is_operators(facts: Mapping[str, str]) -> bool:
    stored = Standard.objects.filter(code=facts["standard"], version=facts["version"])
    return stored.filter(is_shipped=False).exists()


def _standard(facts: Mapping[str, str], *, is_shipped: bool) -> tuple[Standard, dict[str, int]]:
    said = {name: facts[name] for name in ("name", "publisher", "url", "note")}
    wanted = {**said, "is_shipped": is_shipped}
    standard, created = Standard.objects.select_for_update().get_or_create(
        code=facts["standard"], version=facts["version"], defaults=wanted
    )
    changed = created or any(getattr(standard, name) != value for name, value in wanted.items())
    if changed and not created:
        for name, value in wanted.items():
            setattr(standard, name, value)
        standard.save(update_fields=wanted)
    return standard, {"standards": int(changed)}


def _disclosures(
    table: Table,
) -> tuple[dict[str, Disclosure], list[tuple[str, Crosswalk]]]:
    targets = {target.code: target for target in Target.objects.all()}
    wanted: dict[str, Disclosure] = {}
    links: list[tuple[str, Crosswalk]] = []
    seen: dict[object, int] = {}
    for row in table.rows:
        code = table.text(row, "code", longest=40, needed=True)
        table.doubled(row, code, seen, "code")
        wanted[code] = _disclosure(table, row, code)
        links += [(code, link) for link in _links(table, row, targets)]
    return wanted, links


def _disclosure(table: Table, row: Row, code: str) -> Disclosure:
    checked = table.yes_no(row, "checked")
    source = table.text(row, "source", longest=300)
    if checked and not source:
        table.refuse(row, "source", "the publication that it was checked against")
    return Disclosure(
        code=code,
        label=table.text(row, "label", longest=300, needed=True),
        pillar=table.choice(row, "pillar", Disclosure.Pillar.values),
        measure=table.choice(row, "measure", Disclosure.Measure.values),
        unit=table.text(row, "unit", longest=60),
        direction=table.choice(row, "direction", Disclosure.Direction.values, default="none"),
        is_core=table.yes_no(row, "core"),
        checked=checked,
        source=source,
        sort=min(row.number - 1, 32767),
    )


def _links(table: Table, row: Row, targets: Mapping[str, Target]) -> list[Crosswalk]:
    """`8.2|9.b:identical`: targets by code, each with what the disclosure is to it."""
    checked = table.yes_no(row, "sdg_checked")
    source = table.text(row, "sdg_source", longest=300)
    if checked and not source:
        table.refuse(row, "sdg_source", "the publication that the links were checked against")
    links: dict[str, Crosswalk] = {}
    for named in filter(None, row["sdg_targets"].split("|")):
        code, _, kind = (part.strip() for part in named.partition(":"))
        kind = kind or Crosswalk.Kind.CONTRIBUTES
        if code not in targets or kind not in Crosswalk.Kind.values or code in links:
            kinds = ", ".join(Crosswalk.Kind.values)
            table.refuse(
                row, "sdg_targets", f"SDG targets once each, as 8.2|9.b:identical ({kinds})"
            )
            return []
        links[code] = Crosswalk(target=targets[code], kind=kind, checked=checked, source=source)
    return list(links.values())


def _used(facts: Mapping[str, str]) -> dict[str, Disclosure]:
    """Locked, so that nobody takes an indicator from one that changes meanwhile."""
    stored = Disclosure.objects.filter(
        standard__code=facts["standard"], standard__version=facts["version"]
    )
    locked = list(stored.select_for_update(of=["self"]).order_by("pk"))
    used = set(stored.in_use().values_list("pk", flat=True))
    return {row.code: row for row in locked if row.pk in used}


def _keep_used(
    table: Table, wanted: Mapping[str, Disclosure], used: Mapping[str, Disclosure]
) -> None:
    for row in table.rows:
        old, new = used.get(row["code"]), wanted.get(row["code"])
        if old and new:
            for name in Disclosure.MEANING:
                if getattr(old, name) != getattr(new, name):
                    column = "core" if name == "is_core" else name
                    was = getattr(old, name)
                    was = ("yes" if was else "no") if name == "is_core" else repr(was)
                    table.refuse(row, column, f"{was}: it is in use, load a new version instead")
    last = table.rows[-1] if table.rows else Row(1, {})
    for code in sorted(used.keys() - wanted.keys()):
        expected = f"a row for {code} too: it is in use, load a new version instead"
        table.refuse(last, "code", expected)


def _store(
    standard: Standard,
    wanted: Mapping[str, Disclosure],
    links: list[tuple[str, Crosswalk]],
) -> dict[str, int]:
    for row in wanted.values():
        row.standard = standard
    stored = Disclosure.objects.filter(standard=standard)
    gone = stored.exclude(code__in=wanted).delete()[1].get("registry.Disclosure", 0)
    touched = synchronise(stored, wanted.values(), key=lambda row: row.code, fields=DISCLOSURE)
    return {
        "disclosures": len(touched),
        "disclosures removed": gone,
        "crosswalks": _store_links(standard, links),
    }


def _store_links(standard: Standard, links: list[tuple[str, Crosswalk]]) -> int:
    disclosures = dict(standard.disclosures.values_list("code", "pk"))
    for code, link in links:
        link.disclosure_id = disclosures[code]
    key: Any = lambda row: (row.disclosure_id, row.target_id)  # noqa: E731
    stored = Crosswalk.objects.filter(disclosure__standard=standard)
    kept = {key(link) for _, link in links}
    gone = [row.pk for row in stored if key(row) not in kept]
    Crosswalk.objects.filter(pk__in=gone).delete()
    wanted = [link for _, link in links]
    return len(gone) + len(
        synchronise(stored, wanted, key=key, fields=["kind", "checked", "source"])
    )


def _supersede(standard: Standard, version: str) -> int:
    """The earlier version points to this one; what was reported under it stays there."""
    earlier = Standard.objects.filter(code=standard.code, version=version)
    return earlier.exclude(superseded_by=standard).update(superseded_by=standard) if version else 0
