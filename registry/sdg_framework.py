"""Loads an edition of the SDG framework, ours or an operator's, and official texts."""

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils import timezone

from registry.errors import DomainError
from registry.models import Event, GlobalIndicator, Goal, SdgEdition, Target
from registry.tables import Row, Table, synchronise
from registry.texts import read_texts

SHIPPED_EDITION = "2022.Q1.G.03"
A_VERSION = re.compile("[0-9]{4}[0-9A-Za-z._-]{0,16}")
A_TARGET = re.compile(r"([1-9][0-9]?)\.[0-9a-z]{1,2}")
AN_INDICATOR = re.compile(r"([1-9][0-9]?\.[0-9a-z]{1,2})\.[0-9]{1,2}")
Changes = dict[str, list[str]]


def load(folder: Path, version: str = "") -> dict[str, int]:
    """Make the stored framework equal the folder's, in the caller's transaction.

    Without a version the folder holds the shipped one, and where an operator has loaded a later
    edition it is left alone. A code that an edition lists no longer stays, since records use it,
    and is marked as retired; what was added, retired and brought back is kept with the edition.
    """
    current = SdgEdition.objects.current()
    edition = version or SHIPPED_EDITION
    if not version and current and current.version > edition:
        return {}
    if not A_VERSION.fullmatch(edition):
        text = "An edition is named by its year and more, 20 characters at most: 2022.Q1.G.03."
        raise DomainError("invalid_edition", text, attr="edition")
    changes = {
        "goals": _goals(folder / "goals.csv", edition),
        "targets": _targets(folder / "targets.csv", edition),
        "global indicators": _indicators(folder / "global_indicators.csv", edition),
    }
    counts = {kind: len(set().union(*of_kind.values())) for kind, of_kind in changes.items()}
    counts["editions"] = _note(edition, current, changes, "operator" if version else "shipped")
    return counts


def _note(
    version: str, current: SdgEdition | None, changes: dict[str, Changes], source: str
) -> int:
    if current and current.version == version:
        return 0
    told = {
        kind: {what: codes for what, codes in of_kind.items() if codes}
        for kind, of_kind in changes.items()
        if current  # the first load adds everything: that says nothing
    }
    edition, _ = SdgEdition.objects.update_or_create(
        version=version, defaults={"source": source, "changes": told, "loaded_at": timezone.now()}
    )
    Event.log(edition, "loaded", by=None)
    return 1


def _goals(path: Path, edition: str) -> Changes:
    table = Table(path, required=("number", "label", "colour"))
    numbers = {str(number): number for number in range(1, 18)}
    seen: dict[object, int] = {}
    goals = []
    for row in table.rows:
        table.doubled(row, row["number"], seen, "number")
        if not re.fullmatch("#[0-9A-Fa-f]{6}", row["colour"]):
            table.refuse(row, "colour", "a colour as #26BDE2")
        goals.append(
            Goal(
                number=table.known(row, "number", numbers, "a number from 1 to 17"),
                label=table.text(row, "label", longest=120, needed=True),
                colour=row["colour"],
            )
        )
    table.finish()
    return _make_equal(Goal, goals, ["label", "colour"], edition)


def _targets(path: Path, edition: str) -> Changes:
    table = Table(path, required=("code", "goal", "kind", "label"))
    goals = {str(number): number for number in Goal.objects.values_list("number", flat=True)}
    seen: dict[object, int] = {}
    targets = []
    for row in table.rows:
        goal = table.known(row, "goal", goals, "a goal of the framework")
        code = _code(table, row, A_TARGET, "goal", seen)
        kind = table.choice(row, "kind", Target.Kind.values)
        label = table.text(row, "label", longest=160, needed=True)
        targets.append(Target(code=code, goal_id=goal, kind=kind, label=label))
    table.finish()
    return _make_equal(Target, targets, ["goal_id", "kind", "label"], edition)


def _indicators(path: Path, edition: str) -> Changes:
    columns = ("code", "target", "label", "tier", "repeat_of", "unsd_series")
    table = Table(path, required=columns)
    targets = dict(Target.objects.values_list("code", "pk"))
    seen: dict[object, int] = {}
    indicators, repeat_of = [], {}
    listed = {row["code"] for row in table.rows}
    for row in table.rows:
        code = _code(table, row, AN_INDICATOR, "target", seen)
        repeat_of[code] = row["repeat_of"]
        if row["repeat_of"] and row["repeat_of"] not in listed - {code}:
            table.refuse(row, "repeat_of", "another indicator of the file")
        indicators.append(
            GlobalIndicator(
                code=code,
                target_id=table.known(row, "target", targets, "a target of the framework"),
                label=table.text(row, "label", longest=200, needed=True),
                tier=table.text(row, "tier", longest=20),
                series=[series[:40] for series in row["unsd_series"].split("|") if series],
            )
        )
    table.finish()
    fields = ["target_id", "label", "tier", "series"]
    changes = _make_equal(GlobalIndicator, indicators, fields, edition)
    changes["changed"] = sorted({*changes["changed"], *_link_repeats(repeat_of)})
    return changes


def _code(
    table: Table, row: Row, form: re.Pattern[str], parent: str, seen: dict[object, int]
) -> str:
    """A code that begins with the one above it, once in the file."""
    code = row["code"]
    found = form.fullmatch(code)
    if not found or found[1] != row[parent]:
        table.refuse(row, "code", f"a code under its {parent}, as {row[parent] or '6'}.1")
    table.doubled(row, code, seen, "code")
    return code


def _make_equal(model: Any, wanted: Sequence[Any], fields: list[str], edition: str) -> Changes:
    """Create, change and retire rows; the codes, by what happened to them."""
    retired_in = {row.code: row.retired_in for row in model.objects.all()}
    listed = {row.code for row in wanted}
    gone = [code for code, retired in retired_in.items() if not retired and code not in listed]
    touched = synchronise(
        model.objects.all(), wanted, key=lambda row: row.code, fields=[*fields, "retired_in"]
    )
    name = "number" if model is Goal else "code"
    if gone:
        model.objects.filter(**{f"{name}__in": gone}).update(retired_in=edition)
    back = {code for code in listed if retired_in.get(code)}
    added = listed - retired_in.keys()
    changed = {str(code) for code in touched} - added - back
    return {
        "added": sorted(added),
        "retired": sorted(gone),
        "brought back": sorted(back),
        "changed": sorted(changed),
    }


def _link_repeats(repeat_of: Mapping[str, str]) -> set[str]:
    """In a second pass, so that rows are created in the order in which the framework lists them."""
    by_code = {row.code: row for row in GlobalIndicator.objects.all()}
    changed = []
    for code, original in repeat_of.items():
        indicator, wanted = by_code[code], by_code[original].pk if original else None
        if indicator.repeat_of_id != wanted:
            indicator.repeat_of_id = wanted
            changed.append(indicator)
    GlobalIndicator.objects.bulk_update(changed, ["repeat_of"])
    return {indicator.code for indicator in changed}


def overlay_texts(path: Path) -> int:
    """Add a file's texts to those stored; a language that the file leaves empty stays as it was."""
    framework: list[dict[str, Any]] = [
        {row.code: row for row in model.objects.all()} for model in (Goal, Target, GlobalIndicator)
    ]
    texts = read_texts(path, known=ChainMap(*framework))
    return sum(_add_texts(stored, texts) for stored in framework)


def _add_texts(stored: Mapping[str, Any], texts: Mapping[str, dict[str, str]]) -> int:
    changed = []
    for code in stored.keys() & texts.keys():
        row = stored[code]
        if row.texts | texts[code] != row.texts:
            row.texts = row.texts | texts[code]
            changed.append(row)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, ["texts"])
    return len(changed)
