"""How far the description of a partnership has come, section by section."""

from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from partnerships.models.membership import Membership
from partnerships.models.partnership import Partnership
from partnerships.models.sections import Section

# What is written in each section, by the names under which a partnership knows it.
WRITTEN: dict[Section, tuple[str, ...]] = {
    Section.OBJECTIVES: ("objectives",),
    Section.TARGETS: ("goals", "targets"),
    Section.PLACES: ("places", "locations"),
    Section.COMMITMENTS: ("commitments",),
    Section.BUDGET: ("budget_lines",),
    Section.AGREEMENTS: ("agreements",),
    Section.RISKS: ("risks", "benefits"),
    Section.PRINCIPLES: ("markers", "beneficiary_groups", "technology_assessments"),
    Section.DIALOGUE: ("affected_groups", "consultations"),
}


class SectionState(NamedTuple):
    """A section with what it lacks; `state` is complete, incomplete, not_started or optional."""

    section: Section
    state: str
    lacks: list[str]


def progress_of(partnership: Partnership) -> list[SectionState]:
    """Every section in its order: one query besides those of what it lacks."""
    lacks = _lacking(partnership)
    written = _written(partnership)
    return [
        SectionState(one, _state(one in written, bool(lacks[one])), lacks[one]) for one in Section
    ]


def _state(is_written: bool, is_lacking: bool) -> str:
    if is_lacking:
        return "incomplete" if is_written else "not_started"
    return "complete" if is_written else "optional"


def _lacking(partnership: Partnership) -> dict[Section, list[str]]:
    found: dict[Section, list[str]] = {section: [] for section in Section}
    for finding in partnership.findings():
        found[finding.section].append(finding.text)
    return found


def _written(partnership: Partnership) -> set[Section]:
    """The sections in which something stands; a title it has always, and a lead."""
    others = Membership.objects.filter(partnership=OuterRef("pk")).exclude(roles__contains=["lead"])
    names = [name for parts in WRITTEN.values() for name in parts]
    asked = {f"has_{name}": Exists(_rows_of(name)) for name in names}
    rows: Any = Partnership.objects.filter(pk=partnership.pk)
    stored = rows.annotate(has_members=Exists(others), **asked).values().get()
    written = {Section.ABOUT}
    if stored["has_members"]:
        written.add(Section.MEMBERS)
    if stored["primary_goal_id"]:
        written.add(Section.TARGETS)
    return written | {
        section for section, parts in WRITTEN.items() if any(stored[f"has_{n}"] for n in parts)
    }


def _rows_of(name: str) -> Any:
    """The rows of a relation, of the partnership of an outer query."""
    field: Any = Partnership._meta.get_field(name)
    if field.concrete:
        return field.remote_field.through._default_manager.filter(partnership=OuterRef("pk"))
    return field.related_model._default_manager.filter(**{field.field.name: OuterRef("pk")})
