"""What changed from one revision of a report to the next, and what it was corrected for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from monitoring.models import NarrativeEdit, Report, ReportKind, Submission
from registry.models import Event

MOST = 1000  # changes that are listed; beyond that a revision is another report
# Not figures: how and when they came about, and words that follow from them.
PASSED_OVER = {
    "asked",
    "cutoff_at",
    "days",
    "evidence",
    "format",
    "inputs",
    "named",
    "next_step",
    "units_contributing",
    "units_reported",
    "why",
}
# What tells the items of a list apart: all that an item has of the first group of which it has any.
KEYS = (
    ("id",),
    ("commitment",),
    (
        "code",
        "topic",
        "label",
        "country",
        "alpha2",
        "key",
        "scope",
        "partnership",
        "partner",
        "indicator",
        "period",
        "goal",
        "target",
        "disclosure",
        "global_indicator",
        "currency",
        "flag",
    ),
    (
        "level",
        "sector",
        "people",
        "kind",
        "measure",
        "accumulation",
        "combine",
        "counts_people",
        "unit",
    ),
)
TITLES = ("code", "label")  # an item's name already says these
Key = tuple[tuple[str, str | int], ...]


class Change(NamedTuple):
    """One figure or word: where it stands, in words, before and after; None: no value."""

    path: str
    before: Any
    after: Any


class Correction(NamedTuple):
    """Why a revision differs: what was approved, withdrawn or written since the last cut-off."""

    what: str
    about: str
    at: datetime
    type: str
    id: int


def previous_of(report: Report, seen: Any) -> Report | None:
    """The revision before it, among those that the reader sees."""
    earlier = seen.same_line(report).filter(revision__lt=report.revision)
    found: Report | None = earlier.order_by("-revision").first()
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Every figure that differs between two contents, in the order of their keys.

    Items of lists are matched by what they are about (`KEYS`), and those that nothing tells apart
    in their order; one that is only on one side is a single change from or to `not there`. The
    same contents give an empty list.
    """
    found = []
    for change in _walk((), before, after):
        found.append(change)
        if len(found) == MOST:
            break
    return found


def corrections(report: Report, previous: Report) -> list[Correction]:
    """What came between the two cut-offs, oldest first: decisions on data about days up to the
    reference date, and, of an annual report, edits of its text. Empty where it is not about one
    partnership."""
    if report.partnership_id is None:
        return []
    found = list(_data(report, previous))
    if report.kind == ReportKind.ANNUAL:
        found += _edits(report, previous)
    return sorted(found, key=lambda one: (one.at, one.type, one.id))


def _data(report: Report, previous: Report) -> Iterator[Correction]:
    rows = Submission.objects.filter(
        period__framework__partnership=report.partnership_id,
        period__starts_on__lte=report.reference_on,
    ).with_names()
    submissions = {row.pk: row for row in rows}
    events = Event.objects.filter(
        subject_type=Submission._meta.label_lower,
        subject_id__in=submissions,
        became__in=["approved", "withdrawn"],
        at__gt=previous.cutoff_at,
        at__lte=report.cutoff_at,
    )
    for event in events:
        if event.became == "withdrawn" and event.was not in ("approved", "superseded"):
            continue
        row = submissions[event.subject_id]
        about = f"{row.unit}, {row.period.label}"
        yield Correction(_what(event.became, row), about, event.at, "submission", row.pk)


def _what(became: str, submission: Submission) -> str:
    if became == "withdrawn":
        return "Data was withdrawn"
    return "A correction was approved" if submission.revision > 1 else "Data was approved"


def _edits(report: Report, previous: Report) -> Iterator[Correction]:
    edits = NarrativeEdit.objects.filter(
        section__partnership=report.partnership_id,
        section__year=report.ends_on.year,
        edited_at__gt=previous.cutoff_at,
        edited_at__lte=report.cutoff_at,
    )
    for edit in edits.select_related("section"):
        about = edit.section.get_topic_display()
        yield Correction("The text was changed", about, edit.edited_at, "narrative", edit.pk)


def _walk(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            if key not in PASSED_OVER:
                yield from _walk((*path, _words(key)), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(path, before, after)
    elif before != after:
        yield Change(" › ".join(path), _brief(before), _brief(after))


def _items(path: tuple[str, ...], before: list[Any], after: list[Any]) -> Iterator[Change]:
    was, now = _keyed(before), _keyed(after)
    for key in [*was, *(key for key in now if key not in was)]:
        item = now.get(key, was.get(key))
        yield from _walk((*path[:-1], _name(path, item, *key)), was.get(key), now.get(key))


def _keyed(items: Sequence[Any]) -> dict[tuple[Key, int], Any]:
    """Each item by its key, and by which one of those with this key it is."""
    seen: Counter[Key] = Counter()
    found = {}
    for item in items:
        key = _key(item)
        found[key, seen[key]] = item
        seen[key] += 1
    return found


def _key(item: Any) -> Key:
    if not isinstance(item, dict):
        return ()
    of_groups = (
        tuple((name, item[name]) for name in names if isinstance(item.get(name) or None, str | int))
        for names in KEYS
    )
    return next((key for key in of_groups if key), ())


def _name(path: tuple[str, ...], item: Any, key: Key, place: int) -> str:
    """`indicators: W1 Wells dug`; without code and title its key."""
    of = path[-1] if path else ""
    said = []
    if isinstance(item, dict):
        said = [item.get("code"), item.get("title") or item.get("label")]
    title = " ".join(str(one) for one in said if one)
    others = [f"{_words(name)} {one}" for name, one in key if name not in TITLES]
    if len(key) < 2:
        return f"{of}: {title or (key[0][1] if key else place)}"
    return f"{of}: {', '.join(filter(None, [title, *others]))}"


def _words(key: str) -> str:
    return str(key).replace("_", " ")


def _brief(value: Any) -> Any:
    """A whole item stands for itself: it is there, or it is not."""
    return "there" if isinstance(value, dict | list) else value
