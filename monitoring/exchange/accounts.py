"""Accounts for every element of a file's entry: stored, or listed with the reason."""

from typing import Any, NamedTuple

from monitoring.exchange.iati_codes import NOT_KEPT
from monitoring.exchange.iati_elements import ACTIVITY, counted_of
from monitoring.exchange.iati_reader import line_of
from registry.models import ImportBatch, ImportFinding

COLUMNS = ("in_file", "stored", "unchanged", "listed")
REASON_LENGTH = 500


class Listed(NamedTuple):
    code: str
    reason: str


class Accounts:
    """What became of each element of one activity. The last word on an element holds.

    What stands in a file beside the activities has accounts, too: of itself alone.
    """

    def __init__(self, activity: Any) -> None:
        self.activity = activity
        self.is_activity = activity.tag == ACTIVITY
        identifier = activity.findtext("iati-identifier") if self.is_activity else ""
        self.identifier = (identifier or "").strip()[:200]
        self.kinds: dict[Any, str] = dict(counted_of(activity))
        self.listed: dict[Any, Listed] = {}
        self.kept: set[Any] = set()
        self.unchanged: set[Any] = set()
        self.doubts: dict[tuple[Any, Listed], None] = {}

    def store(self, *elements: Any) -> None:
        self.kept.update(elements)

    def doubt(self, element: Any, code: str, reason: str) -> None:
        """The element is stored, and somebody should look at it. Twice is once.

        A part that has no account of its own, such as a provider's name, goes with its whole.
        """
        while element not in self.kinds:
            element = element.getparent()
        self.doubts[element, Listed(code, reason)] = None

    def leave_out(self, element: Any, code: str, reason: str) -> None:
        """List the element, and with it what is counted inside it and not listed already."""
        self.listed[element] = Listed(code, reason)
        for child in element.iterdescendants("*"):
            if child in self.kinds and child not in self.listed:
                self.listed[child] = Listed("with_parent", f"Left out with its <{element.tag}>.")

    def leave_unchanged(self, *elements: Any) -> None:
        """These and what is inside them equal what the last import of the activity stored."""
        for element in elements:
            self.unchanged.update(self.kinds.keys() & set(element.iter("*")))

    def reject(self, code: str, reason: str) -> None:
        """The whole activity was rolled back."""
        self.listed.clear()
        self.doubts.clear()
        self.unchanged.clear()
        self.leave_out(self.activity, code, reason)

    def settle(self) -> None:
        """List what nobody stored, so that stored + listed is what the file holds."""
        done = self.kept | self.unchanged
        for element in self.kinds:
            if element not in done and element not in self.listed:
                general = f"<{element.tag}> is not kept yet."
                reason = NOT_KEPT.get(element.tag, general)
                self.listed[element] = Listed("not_kept_yet", reason)

    def count(self, totals: dict[str, dict[str, int]]) -> None:
        """Add this activity's elements to the totals by kind."""
        for element, kind in self.kinds.items():
            row = totals.setdefault(kind, dict.fromkeys(COLUMNS, 0))
            row["in_file"] += 1
            row[self._outcome(element)] += 1

    def _outcome(self, element: Any) -> str:
        if element in self.listed:
            return "listed"
        return "unchanged" if element in self.unchanged else "stored"

    def save(self, batch: ImportBatch) -> None:
        rows = [self._finding(batch, *item, False) for item in self.listed.items()]
        rows += [
            self._finding(batch, element, listed, True)
            for element, listed in self.doubts
            if element not in self.listed
        ]
        ImportFinding.objects.bulk_create(rows, batch_size=1000)

    def _finding(
        self, batch: ImportBatch, element: Any, listed: Listed, stored: bool
    ) -> ImportFinding:
        return ImportFinding(
            batch=batch,
            activity=self.identifier,
            line=line_of(element),
            element=self.kinds[element][:80],
            code=listed.code,
            reason=listed.reason[:REASON_LENGTH],
            stored=stored,
        )
