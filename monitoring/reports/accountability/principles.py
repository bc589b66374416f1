"""Group G, principled foundation: G1."""

from typing import Any

from django.db.models import Exists, OuterRef

from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    is_of_nobody,
    not_applicable,
    rows,
    share,
)
from partnerships.models import (
    Agreement,
    Clause,
    Ingredient,
    Membership,
    Partnership,
    TenPrinciplesCommitment,
)
from partnerships.models.ten_principles import SCHEME
from registry.models import DueDiligence, Partner, PartnerIdentifier, Sector

Check = tuple[str, bool]  # what is checked, and whether it passed


def ten_principles(subject: Subject) -> Outcome:
    """G1: checks passed / checks. Of each private member two: a due diligence that is valid on
    the reference date (one under way is the secretariat's, and left out); a dated commitment to
    the Ten Principles, or a Global Compact participant number. Of a UN-business partnership one:
    the agreement in force has the clause on them (none in force: not passed). Of each UN entity
    one: it has confirmed them. Which checks failed is told where that is no one's own: that a
    review is valid counts in public, whose is missing does not (docs/adr/0032).

    Ms. Sanda Ojiambo "urged corporate partners and the UN system to align with the Ten Principles
    of the UN Global Compact, to ensure all UN-business partnership agreements and initiatives are
    built on a strong and principled foundation".
    """
    private = [m for m in subject.accepted if m.partner.sector == Sector.PRIVATE]
    of_un = [m for m in subject.accepted if m.partner.kind == Partner.Kind.UN_ENTITY]
    reviews = _reviews(subject, private)
    under_review = _under_review(subject, private) - reviews.keys()
    stated = _stated(subject, [*private, *of_un])
    agreements = _agreements(subject)
    checks = [
        *(
            ("due_diligence", member.partner_id in reviews)
            for member in private
            if member.partner_id not in under_review
        ),
        *_of_companies(subject, private, stated),
        *_of_agreements(subject, agreements),
        *(("confirmed", member.pk in stated) for member in of_un),
    ]
    if not checks:
        return not_applicable("no company, no UN entity and no UN-business agreement")
    failed = [name for name, passed in checks if not passed]
    is_told = not failed or not private or _may_be_told(checks)
    named = [*private, *of_un] if is_told else of_un
    statements = [stated[member.pk] for member in named if member.pk in stated]
    split = {"failed": {name: failed.count(name) for name in STEPS}} if is_told else {}
    return share(
        len(checks) - len(failed),
        len(checks),
        evidence=rows([*named, *agreements, *statements]),
        next_step=_step(failed) if is_told else SOME,
        **split,
        waiting_for_reviewer=len(under_review),
    )


def _may_be_told(checks: list[Check]) -> bool:
    """Whether it may be told which checks failed: what reviews found is not public."""
    reviews = [passed for name, passed in checks if name == "due_diligence"]
    return is_of_nobody(reviews.count(False), len(reviews))


def _of_companies(
    subject: Subject, private: list[Membership], stated: dict[int, TenPrinciplesCommitment]
) -> list[Check]:
    if not private:
        return []
    partners = {member.partner_id for member in private}
    numbers = PartnerIdentifier.objects.filter(scheme=SCHEME)
    held = subject.before_merges.held(numbers, "partner_id", partners)
    known = PartnerIdentifier.objects.partners_with(SCHEME, partners, subject.known_at, held)
    return [("committed", member.pk in stated or member.partner_id in known) for member in private]


def _reviews(subject: Subject, private: list[Membership]) -> dict[int, DueDiligence]:
    """The review of each partner that is valid, by partner."""
    if not private:
        return {}
    cleared = DueDiligence.objects.cleared_on(subject.reference_on)
    partners = {member.partner_id for member in private}
    reviews = subject.before_merges.held(cleared, "partner_id", partners, "superseded_at")
    return {one.partner_id: one for one in reviews if one.is_current_at(subject.known_at)}


def _under_review(subject: Subject, private: list[Membership]) -> set[int]:
    """The partners of whom a review had been begun and was not decided yet."""
    if not private:
        return set()
    begun = DueDiligence.objects.under_way_at(subject.reference_on, subject.known_at)
    partners = {member.partner_id for member in private}
    return {one.partner_id for one in subject.before_merges.held(begun, "partner_id", partners)}


def _stated(subject: Subject, asked: list[Membership]) -> dict[int, TenPrinciplesCommitment]:
    """The commitment in force of each member, by membership."""
    if not asked:
        return {}
    in_force = TenPrinciplesCommitment.objects.in_force(subject.reference_on, subject.cutoff_at)
    stated = subject.before_merges.of_members(in_force, asked)
    return {row.membership_id: row for row in stated}


def _agreements(subject: Subject) -> list[Any]:
    """The partnership agreement in force, with `has_clause`; asked of UN-business ones only."""
    if subject.said["about"]["kind"] != Partnership.Kind.UN_BUSINESS:
        return []
    clause = Clause.objects.filter(agreement=OuterRef("pk"), kind=Ingredient.TEN_PRINCIPLES)
    agreements = subject.partnership.agreements.filter(kind=Agreement.Kind.PARTNERSHIP)
    in_force = agreements.binding_at(subject.known_at).annotate(has_clause=Exists(clause))
    return list(in_force.order_by("pk"))


def _of_agreements(subject: Subject, agreements: list[Any]) -> list[Check]:
    if subject.said["about"]["kind"] != Partnership.Kind.UN_BUSINESS:
        return []
    return [("clause", one.has_clause) for one in agreements] or [("clause", False)]


STEPS = {
    "due_diligence": "ask the secretariat for the due diligence of {} member(s)",
    "committed": "{} company member(s) to commit to the Ten Principles",
    "clause": "put the clause on the Ten Principles into {} agreement(s)",
    "confirmed": "{} UN member(s) to confirm the Ten Principles",
}
SOME = (
    "Some checks failed: look at the due diligence and the commitment of each company, at the "
    "clause in the agreement, and at what UN members confirmed."
)


def _step(failed: list[str]) -> str:
    steps = [text.format(failed.count(name)) for name, text in STEPS.items() if name in failed]
    return "Next: " + "; ".join(steps) + "."


MEASURES = [
    Measure("G1", "Ten Principles", "Ms. Sanda Ojiambo", ten_principles),
]
