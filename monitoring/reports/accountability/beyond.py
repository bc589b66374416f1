"""Group F, beyond finance: F1 and F2."""

from typing import Any

from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    not_applicable,
    rows,
    share,
)
from partnerships.models import Commitment, TechnologyAssessment


def science_and_capacity(subject: Subject) -> Outcome:
    """F1: non-financial commitments with all deliverables delivered (made by the reference date,
    confirmed by the receiver by the cut-off) / non-financial commitments due by the reference
    date under their original dates; withdrawn ones stay in unless the receiver agreed.

    One without deliverables is delivered once its whole amount was, or, where it states none,
    once something was.

    Participants: "mobilizing not only finance, but also science, technology and innovation in
    support of sustainable recovery and development".
    """
    none = "nothing due: no non-financial commitment by the reference date"
    if not subject.has(Commitment):
        return not_applicable(none)
    promised = subject.partnership.commitments.promised_by(subject.reference_on, subject.cutoff_at)
    due = promised.exclude(kind=Commitment.Kind.FINANCE).filter(due_on__lte=subject.reference_on)
    arrived = due.with_arrivals(subject.reference_on, subject.cutoff_at)
    commitments = list(arrived.order_by("pk"))
    if not commitments:
        return not_applicable(none)
    behind = [one.pk for one in commitments if not _is_delivered(one)]
    return share(
        len(commitments) - len(behind),
        len(commitments),
        evidence=rows(commitments),
        next_step=f"{len(behind)} commitment(s) due are not delivered in full and confirmed.",
        not_delivered=behind,
    )


def _is_delivered(one: Any) -> bool:
    """Reads what `with_arrivals` has annotated."""
    if one.has_parts:
        return not one.lacks_parts
    return bool(one.has_arrived and (one.amount is None or one.arrived >= one.amount))


def technology_assessed(subject: Subject) -> Outcome:
    """F2: commitments of technology (made by the reference date and not withdrawn by it) with an
    assessment of the last 24 months by three sectors or more, civil society or knowledge among
    them, none of its mitigations overdue / commitments of technology.

    Summary: "Both the intended and unintended consequences of technological advancement" need to
    "be carefully assessed and addressed through a multi-stakeholder partnership approach".
    """
    none = "no commitment brings technology"
    if not subject.has(Commitment):
        return not_applicable(none)
    dates = (subject.reference_on, subject.cutoff_at)
    promised = subject.partnership.commitments.promised_by(*dates).kept_on(subject.reference_on)
    brought = list(promised.filter(kind=Commitment.Kind.TECHNOLOGY).order_by("pk"))
    if not brought:
        return not_applicable(none)
    holding = list(
        TechnologyAssessment.objects.filter(commitment__in=brought).holding(*dates).order_by("pk")
    )
    assessed = {one.commitment_id for one in holding}
    missing = [one.pk for one in brought if one.pk not in assessed]
    return share(
        len(assessed),
        len(brought),
        evidence=rows([*brought, *holding]),
        next_step=f"{len(missing)} technology commitment(s) lack an assessment of the last 24"
        " months by three sectors with its mitigations in date.",
        not_assessed=missing,
    )


MEASURES = [
    Measure("F1", "Science, technology, capacity", "participants stressed", science_and_capacity),
    Measure("F2", "Technology assessed", "the summary's own voice", technology_assessed),
]
