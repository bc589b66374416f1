"""What differs between two documents of a partnership, in words that people read."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from partnerships.models.agreements import Agreement
from partnerships.models.binding_parts import AGREEMENT, BENEFIT, RISK
from partnerships.models.commitments import Commitment
from partnerships.models.documents import (
    BUDGET_LINE,
    COMMITMENT,
    FACTS,
    LOCATION,
    OBJECTIVE,
)
from partnerships.models.finance_codes import labels
from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from partnerships.models.places import Location
from partnerships.models.risks import Benefit, Risk
from partnerships.models.sections import Section
from registry.models.base import in_words

LONG = 60
# A document that was stored has forgotten the order of its names.
ORDER = (
    "name",
    *FACTS,
    *OBJECTIVE,
    *LOCATION,
    "member",
    *BUDGET_LINE,
    *COMMITMENT,
    "postponed_to",
    *AGREEMENT,
    *RISK,
    *BENEFIT,
)
# What a comparison may cost: pairs of equal words. Beyond it, lines are compared, then the whole.
MOST_PAIRS = 200_000
LABELS = {
    "starts_on": "Begins on",
    "ends_on": "Ends on",
    "committed_on": "Promised on",
    "due_on": "Due on",
    "goal_value": "Value to be reached",
    "reach_by": "To be reached by",
    "percentage": "Share in %",
    "primary_goal": "Main goal",
    "finance_type": "IATI finance type",
    "flow_type": "IATI flow type",
    "sha256": "Hash of its text",
    "why_bearer": "Why those carry it",
}
DAYS = (
    *("starts_on", "ends_on", "committed_on", "due_on", "reach_by", "postponed_to"),
    *("valued_on", "planned_payments"),
)
A_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
WORDS: dict[str, Mapping[str, str]] = {
    "about.kind": dict(Partnership.Kind.choices),
    "about.level": dict(Partnership.Level.choices),
    "about.track": dict(Partnership.Track.choices),
    "agreements.kind": dict(Agreement.Kind.choices),
    "agreements.status": dict(Agreement.Status.choices),
    "commitments.kind": dict(Commitment.Kind.choices),
    "commitments.stage": dict(Commitment.Stage.choices),
    "commitments.status": dict(Commitment.Status.choices),
    "commitments.finance_type": labels("finance_type"),
    "commitments.flow_type": labels("flow_type"),
    "members.roles": dict(Membership.Role.choices),
    "places.reach": dict(Location.Reach.choices),
    "risks.category": dict(Risk.Category.choices),
    "risks.kind": dict(Benefit.Kind.choices),
    "risks.status": {**dict(Risk.Status.choices), **dict(Benefit.Status.choices)},
}
NAMES = ("title", "name", "text", "description")
UNSHOWN = ("id", "partner", "membership")


class Piece(NamedTuple):
    """A run of words that stayed, was taken away or was added."""

    what: str  # same, removed, added
    text: str


class Change(NamedTuple):
    """One field or row that differs; `row` names the row, empty for the section itself."""

    row: str
    label: str
    what: str  # added, removed, changed
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Word by word, where the texts are long; else both as they stand."""
        if self.what == "changed" and max(len(self.before), len(self.after)) > LONG:
            return word_difference(self.before, self.after)
        was = [Piece("removed", self.before)] if self.before else []
        return [*was, *([Piece("added", self.after)] if self.after else [])]

    @property
    def was(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.what != "added"]

    @property
    def became(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.what != "removed"]

    def as_json(self) -> dict[str, Any]:
        pieces = [{"what": piece.what, "text": piece.text} for piece in self.pieces]
        return {**self._asdict(), "pieces": pieces}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[Section, list[Change]]:
    """By section, every field and row that differs; sections that are equal are left out, and
    those of which one of the documents says nothing.
    """
    found = {}
    for section in Section:
        if section.value not in before or section.value not in after:
            continue
        was, now = _countries_named(before[section.value], after[section.value])
        if was != now and (changes := _compared(section.value, "", "", was, now)):
            found[section] = changes
    return found


def _countries_named(*values: Any) -> list[Any]:
    """Places by the names of their countries, as far as either document lists these."""
    listed = [value for value in values if isinstance(value, dict)]
    names = {
        row["id"]: row["name"]
        for value in listed
        for row in value.get("countries") or ()
        if "id" in row and row.get("name")
    }

    def named(row: dict[str, Any]) -> dict[str, Any]:
        country = row.get("country")
        return {**row, "country": names[country]} if country in names else row

    return [
        {**value, "locations": [named(row) for row in value["locations"]]}
        if isinstance(value, dict) and value.get("locations")
        else value
        for value in values
    ]


def described(document: Mapping[str, Any]) -> dict[Section, list[Change]]:
    """All that a document says, section by section, in the words that differences use."""
    empty: dict[str, Any] = {
        name: [] if isinstance(value, list) else {} for name, value in document.items()
    }
    return difference(empty, document)


def word_difference(before: str, after: str) -> list[Piece]:
    """What was taken away and added, in the order of reading; nothing of either text is lost."""
    old, new = _split(before, after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pieces = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if d > c:
            pieces.append(Piece("added", "".join(new[c:d])))
    return pieces


def _split(before: str, after: str) -> tuple[list[str], list[str]]:
    """Both texts in words; in lines, or as they are, where words repeat too often."""
    for part in (r"\s*\S+|\s+$", r"[^\n]*\n|[^\n]+$"):
        old, new = re.findall(part, before), re.findall(part, after)
        often = Counter(new)
        if sum(often[one] for one in old) <= MOST_PAIRS:
            return old, new
    return [before], [after]


def _compared(section: str, row: str, name: str, was: Any, now: Any) -> list[Change]:
    if was == now:
        return []
    if _is_rows(was) and _is_rows(now):
        return _compared_rows(section, row, was or [], now or [])
    if isinstance(was, dict) and isinstance(now, dict):
        names = sorted({*now, *was}, key=_place)
        of = _row_name(now) if "id" in now else row
        return [
            change
            for name in names
            if name not in UNSHOWN
            for change in _compared(section, of, name, was.get(name), now.get(name))
        ]
    if isinstance(was, dict) or isinstance(now, dict):
        return _compared(section, row, name, was or {}, now or {})
    before, after = (_shown(section, name, value) for value in (was, now))
    return [Change(row, label_of(name), "changed", before, after)] if before != after else []


def _is_rows(value: Any) -> bool:
    """A list of rows; what is empty may be one."""
    return value is None or (
        isinstance(value, list) and all(isinstance(item, dict) for item in value)
    )


def _compared_rows(
    section: str, parent: str, was: Sequence[Any], now: Sequence[Any]
) -> list[Change]:
    old = {row["id"]: row for row in was if "id" in row}
    new = {row["id"]: row for row in now if "id" in row}
    found = []
    for row in now:
        if row.get("id") in old:
            found += _compared(section, parent, "", old[row["id"]], row)
        else:
            found.append(_whole(section, parent, "added", row))
    gone = [row for row in was if row.get("id") not in new]
    return found + [_whole(section, parent, "removed", row) for row in gone]


def _whole(section: str, parent: str, what: str, row: dict[str, Any]) -> Change:
    said = next((name for name in NAMES if row.get(name)), "")
    facts = [
        f"{label_of(name)}: {shown}"
        for name, value in sorted(row.items(), key=lambda pair: _place(pair[0]))
        if name not in (*UNSHOWN, said) and (shown := _shown(section, name, value))
    ]
    text = "; ".join(facts) or _row_name(row)
    before, after = (text, "") if what == "removed" else ("", text)
    return Change(parent or _row_name(row), _row_name(row) if parent else "", what, before, after)


def _place(name: str) -> tuple[int, str]:
    """Where a field stands among others: as people read them, unknown ones last."""
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _row_name(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in NAMES if row.get(name)), "")


def label_of(name: str) -> str:
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def _shown(section: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(_shown(section, name, item) for item in value)
    if isinstance(value, dict):
        return _row_name(value)
    if name in DAYS:
        return A_DAY.sub(_in_words, str(value))
    return str(WORDS.get(f"{section}.{name}", {}).get(str(value), value))


def _in_words(day: re.Match[str]) -> str:
    """2027-02-01 as 1 Feb 2027."""
    try:
        return in_words(date.fromisoformat(day.group()))
    except ValueError:
        return day.group()
