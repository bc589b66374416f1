"""New values for sections of a registered partnership, held against what stands."""

from copy import copy
from functools import cached_property
from typing import Any, TypeVar

from partnerships.models.partnership import Partnership
from partnerships.models.proposed_members import ProposedMembers
from partnerships.models.proposed_rows import Slips, object_at
from partnerships.models.proposed_sections import (
    Proposed,
    ProposedAbout,
    ProposedBudget,
    ProposedObjectives,
    ProposedPlaces,
    ProposedTargets,
    total_by_currency,
)

# In this order: what is held against the partnership's days comes after them.
READERS: tuple[type[Proposed], ...] = (
    ProposedAbout,
    ProposedTargets,
    ProposedObjectives,
    ProposedPlaces,
    ProposedMembers,
    ProposedBudget,
)
SECTIONS = tuple(reader.section for reader in READERS)
P = TypeVar("P", bound=Proposed)


class Proposal:
    """Reads `changes` in full; raises ValidationError with every slip at its path.

    `changes` holds new values by section: see each section's reader for its form.
    """

    def __init__(self, partnership: Partnership, changes: Any) -> None:
        slips = Slips()
        self.was = Partnership.objects.get(pk=partnership.pk)
        self.now = copy(self.was)
        given = object_at(changes, "changes", [s.value for s in SECTIONS], slips)
        self.sections: dict[str, Proposed] = {}
        for reader in READERS:
            if (name := reader.section.value) in given:
                self.sections[name] = reader(self.was, self.now, slips)
                self.sections[name].read(given[name])
        if not given and not slips.found:
            slips.add("changes", f"New values for one or more of: {', '.join(SECTIONS)}.")
        if not slips.found:
            self._hold_days()
        slips.refuse()

    def _hold_days(self) -> None:
        """Objectives and budget lines that stand fit into the days that the partnership gets."""
        about = self.of(ProposedAbout)
        if about is None or not {"starts_on", "ends_on"} & set(about.given):
            return
        if "objectives" not in self.sections:
            about.hold(self.was.objectives.values_list("text", "reach_by"))
        if "budget" not in self.sections:
            for name in ("starts_on", "ends_on"):
                about.hold(self.was.budget_lines.values_list("title", name))

    def of(self, kind: type[P]) -> P | None:
        found = self.sections.get(kind.section.value)
        return found if isinstance(found, kind) else None

    @cached_property
    def before(self) -> dict[str, Any]:
        """The sections that are named, as they stand."""
        return {name: section.before() for name, section in self.sections.items()}

    @cached_property
    def after(self) -> dict[str, Any]:
        """The same sections as they would be; what is new has no number yet."""
        return {name: section.after() for name, section in self.sections.items()}

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What was proposed, as it was understood."""
        return {name: section.kept() for name, section in self.sections.items()}


def extends_only(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """A no-cost extension: a later end, and the budget sums to what it did in each currency."""
    was, now = before.get("about", {}), after.get("about", {})
    changed = {name for name in now if now[name] != was.get(name)}
    if changed != {"ends_on"} or not was["ends_on"]:
        return False
    later = bool(now["ends_on"]) and now["ends_on"] > was["ends_on"]
    budgets = (total_by_currency(of.get("budget", [])) for of in (before, after))
    return later and next(budgets) == next(budgets)
