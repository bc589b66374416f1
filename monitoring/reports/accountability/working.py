"""Group D, what makes partnerships work: D1 to D4."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from monitoring.aggregation.figures import quotient
from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    is_of_nobody,
    no_data,
    not_applicable,
    rows,
    share,
)
from partnerships.aggregation.money import Rates
from partnerships.aggregation.need import need_covered
from partnerships.models import Commitment, ConflictOfInterest, Declaration, Membership, Need
from partnerships.models.standings import Day
from registry.models import months_before

ZERO, ONE = Decimal(0), Decimal(1)
INVITE = "Invite partners."


def aligned_interests(subject: Subject) -> Outcome:
    """D1: members whose interests and expected benefit were declared before the activation (or
    their own later acceptance; not yet active: by the reference date) and declared or renewed in
    the last 24 months / accepted members.

    Participants noted "successful alignment of the partners’ incentives"; "This requires a
    thorough understanding of the realities and expectations of the stakeholders involved".
    """
    members = subject.accepted
    if not members:
        return no_data("no accepted members", INVITE)
    declared = _declared(members, subject)
    since = _end_of(months_before(subject.reference_on, 24), subject)
    lately = {pk for pk, found in declared.items() if any(d.declared_at >= since for d in found)}
    ahead = {
        member.pk
        for member in members
        if any(d.declared_at < _before(member, subject) for d in declared[member.pk])
    }
    aligned = ahead & lately
    return share(
        len(aligned),
        len(members),
        evidence=rows(members),  # what they declared is their own
        next_step=_ask(len(members) - len(aligned), "declare, or renew, interests and benefit"),
        not_ahead_of_time=len(members) - len(ahead),
        not_lately=len(members) - len(lately),
    )


def _declared(members: list[Membership], subject: Subject) -> Mapping[int, list[Declaration]]:
    """By membership its whole declarations."""
    found: dict[int, list[Declaration]] = defaultdict(list)
    if not subject.has(Declaration):
        return found
    whole = Declaration.objects.declared_by(subject.known_at).exclude(interests="")
    rows = whole.exclude(expected_benefit="").order_by("pk")
    for row in subject.before_merges.of_members(rows, members):
        found[row.membership_id].append(row)
    return found


def _ask(count: int, what: str) -> str:
    return f"Ask {count} member(s) to {what}."


def _end_of(day: date, subject: Subject) -> datetime:
    """The first moment after a day, in the framework's time zone."""
    return datetime.combine(day + timedelta(days=1), time(), subject.zone).astimezone(UTC)


def _before(member: Membership, subject: Subject) -> datetime:
    """Until when a member had to declare: the activation, or the end of the day it joined."""
    activated = subject.partnership.activated_at
    if activated is None or activated > subject.known_at:
        return subject.reference_end
    assert member.accepted_on
    return max(activated, _end_of(member.accepted_on, subject))


def self_interest_mitigated(subject: Subject) -> Outcome:
    """D2: members with a statement on conflicts of interest of the last 12 months (also that there
    is none) whose conflicts that hold all have mitigation, owner and a review date not passed /
    accepted members. How many lack which is told where that gives away no one's conflict.

    Participants noted "utilizing viable policies and measures for mitigating the issues of
    self-interest"; the summary: it "often benefits from establishing mechanisms ahead of time".
    """
    members = subject.accepted
    if not members:
        return no_data("no accepted members", INVITE)
    stated = _conflicts(members, subject)
    since = _end_of(months_before(subject.reference_on, 12), subject)
    lately = {row.membership_id for row in stated if row.declared_at >= since}
    open_ones = {row.membership_id for row in stated if _is_unmitigated(row, subject)}
    mitigated = lately - open_ones
    # who has which conflict is not for everybody
    is_told = is_of_nobody(len(open_ones), len(members))
    counts = {"not_stated_lately": len(members) - len(lately), "not_mitigated": len(open_ones)}
    return share(
        len(mitigated),
        len(members),
        evidence=rows(members if is_told or len(mitigated) == len(members) else ()),
        next_step=_ask(len(members) - len(mitigated), "state and mitigate conflicts of interest"),
        **(counts if is_told else {}),
    )


def _conflicts(members: list[Membership], subject: Subject) -> list[ConflictOfInterest]:
    if not subject.has(ConflictOfInterest):
        return []
    declared = ConflictOfInterest.objects.declared_by(subject.known_at).order_by("pk")
    found: list[ConflictOfInterest] = subject.before_merges.of_members(declared, members)
    return found


def _is_unmitigated(row: ConflictOfInterest, subject: Subject) -> bool:
    holds = row.ended_at is None or row.ended_at > subject.known_at
    if row.is_none or not holds:
        return False
    in_date = row.review_on is not None and row.review_on >= subject.reference_on
    return not (row.mitigation.strip() and row.owner.strip() and in_date)


def funds_mapped(subject: Subject) -> Outcome:
    """D3: funding need covered by commitments or by matched funds / funding need, in USD at
    stored rates. The need is the budget, without one the stated needs of finance; what is covered
    is capped at it. Pledges cover nothing yet.

    Summary: "sustaining common objectives, discussing ideas openly and mapping available funds".
    """
    day = Day(subject.reference_on, subject.cutoff_at)
    found = need_covered(
        subject.partnership,
        day,
        subject.said["budget"],
        until=subject.known_at,
        without=[model for model in (Need, Commitment) if not subject.has(model)],
    )
    beside = {
        "basis": found.basis,
        "committed": found.committed,
        "matched": found.matched,
        "left_out": [
            {"what": what, "currency": currency, "amount": amount, "reason": "no_rate"}
            for what, amounts in sorted(found.apart.items())
            for currency, amount in sorted(amounts.items())
        ],
    }
    if not found.need:
        why = "no funding need is stated" if not found.apart else "no need has a stored rate"
        step = "State the budget, or the needs of finance."
        return replace(no_data(why, step), beside=beside)
    return share(
        found.covered,
        found.need,
        evidence=[{"type": kind._meta.label_lower, "id": pk} for kind, pk in found.read],
        next_step="Look for funds in the catalogue for what is not covered.",
        **beside,
    )


@dataclass(frozen=True)
class _Promise:
    commitment: Commitment
    usd: Decimal
    delivered: Decimal
    original_due_on: date
    revised_due_on: date

    @property
    def kept(self) -> Decimal:
        """The share delivered, capped at 1."""
        assert self.commitment.amount
        return min(quotient(self.delivered, self.commitment.amount), ONE)


def promises_kept(subject: Subject) -> Outcome:
    """D4: value-weighted delivery (made by the reference date, confirmed by the receiver by
    the cut-off) of valued commitments due by the reference date under their original dates,
    capped at 1 each, in USD at stored rates; withdrawn ones stay in unless the receiver agreed.

    Summary: "the capability of partners to add value and to advance collective objectives".
    """
    promises, unrated = _promises(subject)
    original = [p for p in promises if p.original_due_on <= subject.reference_on]
    revised = [p for p in promises if p.revised_due_on <= subject.reference_on]
    beside = {
        "under_revised_dates": _weighted(revised),
        "left_out": _without_rate(unrated),
    }
    if not original:
        why = "nothing due: no valued commitment by the reference date"
        if any(one.due_on and one.due_on <= subject.reference_on for one in unrated):
            why = "all that was due is in currencies without a stored rate"
        return replace(not_applicable(why), beside=beside)
    promised = sum((p.usd for p in original), ZERO)
    arrived = sum((p.usd * p.kept for p in original), ZERO)
    behind = sum(p.kept < 1 for p in original)
    return share(
        arrived,
        promised,
        evidence=rows(p.commitment for p in original),
        next_step=f"{behind} commitment(s) due are not delivered in full and confirmed.",
        **beside,
    )


def _without_rate(unrated: Sequence[Commitment]) -> list[dict[str, Any]]:
    return [{**row, "reason": "no_rate"} for row in rows(unrated)]


def _weighted(promises: Sequence[_Promise]) -> Decimal | None:
    whole = sum((p.usd for p in promises), ZERO)
    return quotient(sum((p.usd * p.kept for p in promises), ZERO), whole) if whole else None


def _promises(subject: Subject) -> tuple[list[_Promise], list[Commitment]]:
    """Valued commitments with what was delivered; those in a currency without a rate apart."""
    found: list[_Promise] = []
    unrated: list[Commitment] = []
    commitments = _commitments(subject)
    day = Day(subject.reference_on, subject.cutoff_at)
    rates = Rates({str(one.currency_id) for one in commitments}, day)
    for one in commitments:
        assert one.amount is not None
        assert one.due_on is not None
        rate = rates.on(str(one.currency_id), one.committed_on)
        if rate is None:
            unrated.append(one)
            continue
        delivered = _delivered(one, subject)
        found.append(
            _Promise(one, one.amount * rate, delivered, one.due_on, _revised(one, subject))
        )
    return found, unrated


def _commitments(subject: Subject) -> list[Commitment]:
    if not subject.has(Commitment):
        return []
    promised = subject.partnership.commitments.promised_by(subject.reference_on, subject.cutoff_at)
    valued = promised.filter(amount__gt=0, currency__isnull=False, due_on__isnull=False)
    return list(valued.prefetch_related("deliveries", "due_dates").order_by("pk"))


def _delivered(commitment: Commitment, subject: Subject) -> Decimal:
    confirmed = [
        delivery.amount or ZERO
        for delivery in commitment.deliveries.all()
        if delivery.currency_id == commitment.currency_id
        and delivery.delivered_on <= subject.reference_on
        and delivery.confirmed_at is not None
        and delivery.confirmed_at <= subject.cutoff_at
        # a confirmed correction stands for it from then on
        and (delivery.ended_at is None or delivery.ended_at > subject.cutoff_at)
    ]
    return max(sum(confirmed, ZERO), ZERO)


def _revised(commitment: Commitment, subject: Subject) -> date:
    held = [d for d in commitment.due_dates.all() if d.held_from <= subject.cutoff_at]
    assert commitment.due_on is not None
    return held[-1].due_on if held else commitment.due_on


MEASURES = [
    Measure("D1", "Aligned interests", "participants noted", aligned_interests),
    Measure("D2", "Self-interest mitigated", "participants noted", self_interest_mitigated),
    Measure("D3", "Funds mapped", "the summary's own voice", funds_mapped),
    Measure("D4", "Promises kept", "the summary's own voice", promises_kept),
]
