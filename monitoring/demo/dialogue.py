"""Stakeholder maps, consultations and technology assessments of the demonstration."""

from collections.abc import Sequence
from datetime import datetime

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import (
    AffectedGroup,
    CapacityAssessment,
    Consultation,
    TechnologyAssessment,
    TechnologyMitigation,
    Turnout,
)

HEADS = ("people", "women", "men", "others")


def enter_dialogue(entered: Sequence[Entered]) -> None:
    specs = topic("dialogue")
    for one in entered:
        if spec := specs.get(one.spec["name"]):
            groups = _map(one, spec["groups"])
            for held in spec.get("consultations", []):
                _consult(one, held, groups)
            for assessed in spec.get("technologies", []):
                _assess(one, assessed, groups)
            for looked in spec.get("capacities", []):
                _look(one, looked)


def _stamps(at: datetime) -> dict[str, datetime]:
    return {"created_at": at, "updated_at": at}


def _map(one: Entered, spec: Spec) -> dict[str, AffectedGroup]:
    rows = {
        key: AffectedGroup(
            partnership=one.partnership,
            mapped_on=facts["since"],
            **{name: value for name, value in facts.items() if name != "since"},
            **_stamps(moment(facts["since"], hour=16)),
        )
        for key, facts in spec.items()
    }
    for group in AffectedGroup.objects.bulk_create(rows.values()):
        one.history.tell(group, "mapped", group.created_at, by=one.manager)
    return rows


def _consult(one: Entered, spec: Spec, groups: dict[str, AffectedGroup]) -> None:
    """Recorded within the week, and that people were told the day after."""
    at, told_on = moment(spec["on"], days=5, hour=11), spec.get("told_on")
    told_at = moment(told_on, days=1, hour=10) if told_on else None
    consultation = Consultation.objects.create(
        partnership=one.partnership,
        held_on=spec["on"],
        **{name: spec[name] for name in ("level", "place", "method", "heard")},
        people=spec.get("people"),
        changed=spec.get("changed", ""),
        told_on=told_on,
        told_how=spec.get("told_how", ""),
        told_at=told_at,
        created_at=at,
        updated_at=told_at or at,
        version=2 if told_at else 1,
    )
    Turnout.objects.bulk_create(
        Turnout(
            consultation=consultation,
            group=groups[key],
            **dict(zip(HEADS, heads, strict=False)),
        )
        for key, heads in spec["groups"].items()
    )
    one.history.tell(consultation, "recorded", at, by=one.manager)
    if told_at:
        one.history.tell(consultation, "told", told_at, by=one.manager)


def _assess(one: Entered, spec: Spec, groups: dict[str, AffectedGroup]) -> None:
    at = moment(spec["on"], days=2)
    promised = one.partnership.commitments.filter(title=spec.get("commitment", "")).first()
    assessment = TechnologyAssessment.objects.create(
        partnership=one.partnership,
        commitment=promised,
        **{name: spec[name] for name in ("technology", "intended", "unintended", "assessors")},
        assessed_by=spec["by"],
        assessed_on=spec["on"],
        review_on=spec["review_on"],
        **_stamps(at),
    )
    assessment.groups.set(groups[key] for key in spec["groups"])
    one.history.tell(assessment, "recorded", at, by=one.manager)
    for text, due_on, *done in spec["mitigations"]:
        done_on = done[0] if done else None
        done_at = moment(done_on, hour=12) if done_on else None
        step = TechnologyMitigation.objects.create(
            assessment=assessment,
            text=text,
            due_on=due_on,
            done_on=done_on,
            done_at=done_at,
            created_at=at,
            updated_at=done_at or at,
            version=2 if done_at else 1,
        )
        if done_at:
            one.history.tell(step, "done", done_at, by=one.manager)


def _look(one: Entered, spec: Spec) -> None:
    at = moment(spec["on"], days=1)
    assessment = CapacityAssessment.objects.create(
        partnership=one.partnership,
        membership=one.members[spec["member"]] if "member" in spec else None,
        **{name: spec.get(name, "") for name in ("institution", "strengths", "gaps", "action")},
        assessed_on=spec["on"],
        **_stamps(at),
    )
    one.history.tell(assessment, "recorded", at, by=one.manager)
