"""Whether what a partnership sets out to do is SMART, and what it lacks, section by section.

Specific, measurable, achievable, resource-based and time-bound: what the light track asks for is
less, and said where it is checked. Everything is read in a fixed number of queries.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects
from django.dispatch import Signal

from partnerships.models.sections import Section
from registry.models import Basis

# Asked with `partnership_ids`: an app above answers with the set of those that have an
# indicator with a baseline and a target.
measured_asked = Signal()

FEWEST_MEMBERS = 2
NAMED = 3  # so many are named where many lack the same
FACTS = (
    "objectives",
    "targets",
    "memberships__partner",
    "commitments__deliverables",
    "commitments__membership",
)


class Finding(NamedTuple):
    """One thing that a submission lacks."""

    section: Section
    code: str
    text: str


def findings_of(partnerships: Sequence[Any]) -> dict[int, list[Finding]]:
    """What each of the partnerships lacks, in the order of the sections.

    Reads what is stored now: seven queries and what the apps above need, for any number.
    """
    prefetch_related_objects(partnerships, *FACTS)
    ids = [partnership.pk for partnership in partnerships]
    answers: list[Any] = measured_asked.send(sender=Finding, partnership_ids=ids)
    measured = {pk for _, answer in answers for pk in answer}
    order = list(Section)
    return {
        one.pk: sorted(_lacking(one, one.pk in measured), key=lambda f: order.index(f.section))
        for one in partnerships
    }


def _lacking(partnership: Any, is_measured: bool) -> Iterator[Finding]:
    is_light = partnership.track == partnership.Track.LIGHT
    yield from _specific(partnership, is_light)
    if not (is_light or is_measured):
        yield from _measurable(partnership)
    yield from _achievable(partnership, is_light)
    yield from _resource_based(partnership, is_light)
    yield from _time_bound(partnership)


def _specific(partnership: Any, is_light: bool) -> Iterator[Finding]:
    """What will be different, for whom; on the light track the objective says it all."""
    if not is_light and not partnership.summary.strip():
        text = "Say in the summary what the partnership does, for whom and where."
        yield Finding(Section.ABOUT, "no_summary", text)
    if not _stated(partnership):
        text = "State at least one objective: what will be different, for whom, where."
        yield Finding(Section.OBJECTIVES, "no_objective", text)
    if not is_light and partnership.primary_goal_id is None:
        yield Finding(Section.TARGETS, "no_primary_goal", "Choose the primary goal.")
    if not partnership.targets.all():
        yield Finding(Section.TARGETS, "no_target", "Name at least one SDG target.")


def _measurable(partnership: Any) -> Iterator[Finding]:
    """A measure, from where to where: of each objective, or in the M&E framework."""
    unmeasured = [
        objective
        for objective in _stated(partnership)
        if not objective.measure.strip() or None in (objective.baseline, objective.goal_value)
    ]
    if unmeasured:
        text = f"State measure, baseline and the value to be reached of: {_names(unmeasured)}."
        yield Finding(Section.OBJECTIVES, "not_measurable", text)


def _achievable(partnership: Any, is_light: bool) -> Iterator[Finding]:
    """What will be handed over, and what stands behind it; not asked for on the light track."""
    if is_light:
        return
    promises = _promises(partnership)
    unstated = [one for one in promises if one.amount is None]
    if unstated:
        text = f"State amount and currency, or quantity and unit, of: {_names(unstated)}."
        yield Finding(Section.COMMITMENTS, "no_resources", text)
    empty = [one for one in promises if not one.deliverables.all()]
    if empty:
        text = f"Name at least one deliverable with its day for: {_names(empty)}."
        yield Finding(Section.COMMITMENTS, "no_deliverable", text)


def _resource_based(partnership: Any, is_light: bool) -> Iterator[Finding]:
    """Promises by members who have accepted: of two of them, on the light track of one."""
    members = {one.pk: one for one in partnership.memberships.all() if _is_member(one)}
    if is_light and (esg := [m for m in members.values() if _leads_on_esg(m)]):
        text = f"{esg[0].partner} reports on ESG: choose the full track."
        yield Finding(Section.ABOUT, "light_track_closed", text)
    if len(members) < FEWEST_MEMBERS:
        text = "At least two members must have accepted."
        yield Finding(Section.MEMBERS, "too_few_members", text)
    promises = _promises(partnership)
    strangers = [one for one in promises if one.membership_id not in members]
    if strangers:
        text = f"Whoever promised is no member now; hand over or withdraw: {_names(strangers)}."
        yield Finding(Section.COMMITMENTS, "not_by_a_member", text)
    promising = {one.membership_id for one in promises} & members.keys()
    if not promising:
        text = "Add at least one commitment of a member."
        yield Finding(Section.COMMITMENTS, "no_commitment", text)
    elif len(promising) < FEWEST_MEMBERS and not is_light:
        only = members[min(promising)].partner
        text = f"At least two members promise something; so far only {only} does."
        yield Finding(Section.COMMITMENTS, "one_promises", text)


def _time_bound(partnership: Any) -> Iterator[Finding]:
    """A beginning and an end, and every day that is named between them."""
    if partnership.ends_on is None:
        yield Finding(Section.ABOUT, "no_end", "State the day on which it ends.")
    promises = _promises(partnership)
    delivered = [part for one in promises for part in one.deliverables.all()]
    undated = [one for one in promises if one.due_on is None]
    if undated:
        text = f"State the day on which they are due: {_names(undated)}."
        yield Finding(Section.COMMITMENTS, "no_due_date", text)
    dated: Sequence[tuple[Section, str, Iterable[Any], Callable[[Any], date | None]]] = (
        (Section.OBJECTIVES, "reach_by_outside", _stated(partnership), lambda o: o.reach_by),
        (Section.COMMITMENTS, "due_outside", promises, lambda c: c.due_on),
        (Section.COMMITMENTS, "deliverable_outside", delivered, lambda d: d.due_on),
    )
    for section, code, rows, day_of in dated:
        outside = [row for row in rows if _is_outside(partnership, day_of(row))]
        if outside:
            text = f"Name a day while the partnership lasts for: {_names(outside)}."
            yield Finding(section, code, text)


def _stated(partnership: Any) -> list[Any]:
    return [objective for objective in partnership.objectives.all() if objective.text.strip()]


def _promises(partnership: Any) -> list[Any]:
    """What stands promised, oldest first."""
    standing = [one for one in partnership.commitments.all() if one.status != "withdrawn"]
    return sorted(standing, key=lambda one: one.pk)


def _is_member(membership: Any) -> bool:
    return membership.status == "accepted" and membership.ended_on is None


def _leads_on_esg(membership: Any) -> bool:
    return "lead" in membership.roles and membership.partner.reporting_basis == Basis.ESG


def _is_outside(partnership: Any, day: date | None) -> bool:
    if day is None:
        return False
    return day < partnership.starts_on or bool(partnership.ends_on and day > partnership.ends_on)


def _names(rows: Sequence[Any]) -> str:
    """The first of them; several of one name are named once."""
    names = list(dict.fromkeys(f"“{row}”" for row in rows))
    shown = ", ".join(names[:NAMED])
    others = len(names) - NAMED
    return f"{shown} and {others} more" if others > 0 else shown
