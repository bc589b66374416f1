"""Group C, fair public-private partnerships: C1 to C5. For other kinds they do not apply."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    no_data,
    not_applicable,
    rows,
    share,
)
from partnerships.models import (
    Agreement,
    Dealt,
    Endorsement,
    Location,
    Partnership,
    balance_of,
)
from partnerships.models.balance import FLAG_BELOW, Balance, decimal
from partnerships.models.solutions import is_local
from registry.models import AuditEntry

FAIR = (Partnership.Kind.PPP, Partnership.Kind.UN_BUSINESS)
NO_BALANCE = {
    "no_risks": "no risk that is not closed has shares",
    "no_benefits": "no benefit that is not dropped has both shares and a value in a known rate",
    "no_value": "the benefits are valued at 0",
}


def of_fair_kinds(compute: Callable[[Subject], Outcome]) -> Callable[[Subject], Outcome]:
    """Asked of PPPs and UN-business partnerships only."""

    def measured(subject: Subject) -> Outcome:
        if subject.said["about"]["kind"] not in FAIR:
            return not_applicable("asked of PPPs and UN-business partnerships only")
        return compute(subject)

    measured.__doc__, measured.__name__ = compute.__doc__, compute.__name__
    return measured


@of_fair_kinds
def risks_shared(subject: Subject) -> Outcome:
    """C1: risks with shares of members and the public summing to 100 %, the reason why the
    bearer can manage it best, a mitigation, and every sharing member's endorsement of the ledger
    that has the risk as it stands / risks that are not closed.

    Summary: "all actors involved should agree upon concrete ways to share the risks and benefits
    of PPPs in a fair manner".
    """
    risks = subject.ledger.risks
    if not risks:
        return no_data("no risk is recorded that is not closed", "Enter risks in the ledger.")
    return _dealt_out(
        subject, risks, lambda risk: bool(risk.terms.why_bearer.strip() and _mitigated(risk))
    )


def _mitigated(risk: Dealt) -> bool:
    return bool(risk.terms.mitigation.strip())


@of_fair_kinds
def benefits_shared(subject: Subject) -> Outcome:
    """C2: benefits with shares (the public and the users as a line of their own), how they were
    agreed, and every sharing member's endorsement / benefits not dropped.

    Summary: "all actors involved should agree upon concrete ways to share the risks and benefits
    of PPPs in a fair manner".
    """
    benefits = subject.ledger.benefits
    if not benefits:
        return no_data("no benefit is recorded that stands", "Enter benefits in the ledger.")
    without = [one for one in benefits if one.is_shared and not _has_public_line(one)]
    return _dealt_out(
        subject,
        benefits,
        lambda benefit: bool(benefit.terms.how_agreed.strip()),
        without_line_of_the_public=without,
    )


def _has_public_line(one: Dealt) -> bool:
    return None in one.percents


def _dealt_out(
    subject: Subject,
    dealt: Sequence[Dealt],
    is_explained: Callable[[Dealt], bool],
    **more: list[Dealt],
) -> Outcome:
    """Those shared among present members and the public, explained and endorsed, of all; `more`
    names those that lack something else."""
    partners = {member.partner_id for member in subject.accepted}
    lacking = {
        "not_shared": [one for one in dealt if not one.is_shared],
        "shared_with_former_members": [one for one in dealt if one.bearers() - partners],
        "not_explained": [one for one in dealt if not is_explained(one)],
        "not_endorsed": [one for one in dealt if one.is_shared and not one.is_endorsed],
        **more,
    }
    short = {one.record.pk for found in lacking.values() for one in found}
    said = ", ".join(
        f"{len(found)} {name.replace('_', ' ')}" for name, found in lacking.items() if found
    )
    return share(
        len(dealt) - len(short),
        len(dealt),
        evidence=rows(one.record for one in dealt),
        next_step=f"Complete the ledger and have it endorsed: {said}.",
        **{name: [one.record.pk for one in found] for name, found in lacking.items()},
        with_public_share=[one.record.pk for one in dealt if _has_public_line(one)],
    )


@of_fair_kinds
def balance(subject: Subject) -> Outcome:
    """C3, shown and not scored: 1 − ½ Σ over members and the public of |risk share − benefit
    share|, weighted by likelihood × impact and by stated value in one currency at stored rates;
    flag below 0.6; rows without full shares, a stated value or a rate left out and named.

    Summary: "share the risks and benefits of PPPs in a fair manner".
    """
    found = balance_of(
        subject.partnership,
        at=subject.known_at,
        rates_at=subject.cutoff_at,
        partners_of=subject.before_merges.partners_of,
    )
    if found.exact is None:
        step = "Share out risks and benefits, and state what the benefits are worth."
        return replace(no_data(NO_BALANCE[found.reason], step), beside=_left_out(found))
    step = "Look at who carries more than it gains, and agree on the shares anew."
    ledger = subject.partnership.agreements.filter(kind=Agreement.Kind.LEDGER)
    is_open = ledger.binding_at(subject.known_at).exists()
    return Outcome(
        value=decimal(found.exact),
        evidence=rows(found.counted),
        next_step=step if found.is_flagged else "",
        beside={
            "flagged": found.is_flagged,
            "flag_below": decimal(FLAG_BELOW),
            "currency": found.currency,
            "rates": [rate._asdict() for rate in found.rates],
            # Who carries what is the members' own until they have endorsed a ledger.
            "lines": _lines(found) if is_open else None,
            **_left_out(found),
        },
    )


def _lines(found: Balance) -> list[dict[str, Any]]:
    """By partner, the public (None) first."""
    return [
        {"partner": line.partner, "risk": decimal(line.risk), "benefit": decimal(line.benefit)}
        for line in sorted(found.lines, key=lambda line: line.partner or 0)
    ]


def _left_out(found: Balance) -> dict[str, Any]:
    named = [
        {**rows([left.record])[0], "reason": left.reason}
        for left in sorted(found.left_out, key=lambda left: (left.reason, left.record.pk))
    ]
    return {"left_out": named}


@of_fair_kinds
def engagement_principles(subject: Subject) -> Outcome:
    """C4: accepted members who had endorsed the current principles (those in force on the
    reference date; if none were, those proposed last) / accepted members; without any: 0.

    Summary: "having guiding principles for stakeholder engagement in place can help partners to
    manage different and evolving expectations".
    """
    members, at = subject.accepted, subject.known_at
    if not members:
        return no_data("no accepted members", "Invite partners.")
    proposed = subject.partnership.agreements.not_withdrawn_at(at).filter(
        kind=Agreement.Kind.ENGAGEMENT
    )
    in_force = proposed.binding_at(at).order_by("-edition").first()
    current = in_force or proposed.order_by("-edition").first()
    if current is None:
        step = "Propose engagement principles and ask every member to endorse them."
        return share(0, len(members), evidence=rows(members), next_step=step)
    said = Endorsement.objects.filter(agreement=current, endorsed_at__lte=at).order_by("pk")
    endorsements = subject.before_merges.of_members(said, members)
    missing = len(members) - len(endorsements)
    return share(
        len(endorsements),
        len(members),
        evidence=rows([current, *endorsements]),
        next_step=f"{missing} member(s) have not endorsed edition {current.edition}.",
        in_force=in_force is not None,
    )


@of_fair_kinds
def local_context(subject: Subject) -> Outcome:
    """C5: checks passed / 3: a local institution is a member (a local government, a community
    organisation, or one that works below the level of its country); a capacity assessment is
    recorded; places below the level of the country are named.

    Summary: "PPPs should build on the specific country and local contexts and existing
    institutional and technical capacities".
    """
    partners = [member.partner for member in subject.accepted]
    AuditEntry.objects.restore(partners, subject.known_at, "level")
    local = [member for member in subject.accepted if is_local(member.partner)]
    assessed = list(
        subject.partnership.capacity_assessments.made_by(
            subject.reference_on, subject.cutoff_at
        ).order_by("pk")
    )
    places = [place["id"] for place in subject.said["places"]["locations"]]
    checks = {
        "local_institution_is_member": bool(local),
        "capacity_assessed": bool(assessed),
        "local_places_named": bool(places),
    }
    failed = ", ".join(name.replace("_", " ") for name, passed in checks.items() if not passed)
    named = [{"type": Location._meta.label_lower, "id": place} for place in places]
    return share(
        sum(checks.values()),
        len(checks),
        evidence=[*rows([*(local or subject.accepted), *assessed]), *named],
        next_step=f"Not yet: {failed}.",
        checks=checks,
    )


_VOICE = "the summary's own voice"

MEASURES = [
    Measure("C1", "Risks shared", _VOICE, risks_shared),
    Measure("C2", "Benefits shared", _VOICE, benefits_shared),
    Measure("C3", "Balance", _VOICE, balance, is_scored=False),
    Measure("C4", "Engagement principles", _VOICE, engagement_principles),
    Measure("C5", "Local context", _VOICE, local_context),
]
