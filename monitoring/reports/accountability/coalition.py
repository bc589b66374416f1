"""Promises kept and breadth of the coalition: D4 and E1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from monitoring.aggregation.figures import quotient
from monitoring.reports.accountability.measure import (
    Outcome,
    Subject,
    no_data,
    not_applicable,
    rows,
    share,
)
from partnerships.models import Commitment, Partnership
from registry.models import ExchangeRate, Partner, Sector

SMALL = (Partnership.Level.SUBNATIONAL, Partnership.Level.COMMUNITY)
ZERO, ONE = Decimal(0), Decimal(1)


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
        "left_out_without_rate": sorted(c.pk for c in unrated),
    }
    if not original:
        return not_applicable("nothing due: no valued commitment by the reference date")
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


def _weighted(promises: Sequence[_Promise]) -> Decimal | None:
    whole = sum((p.usd for p in promises), ZERO)
    return quotient(sum((p.usd * p.kept for p in promises), ZERO), whole) if whole else None


def _promises(subject: Subject) -> tuple[list[_Promise], list[Commitment]]:
    """Valued commitments with what was delivered; those in a currency without a rate apart."""
    found: list[_Promise] = []
    unrated: list[Commitment] = []
    for commitment in _commitments(subject):
        rate = _usd_rate(commitment, subject)
        assert commitment.amount is not None
        assert commitment.due_on is not None
        if rate is None:
            unrated.append(commitment)
            continue
        found.append(
            _Promise(
                commitment,
                commitment.amount * rate,
                _delivered(commitment, subject),
                commitment.due_on,
                _revised(commitment, subject),
            )
        )
    return found, unrated


def _commitments(subject: Subject) -> list[Commitment]:
    agreed_away = Q(status="withdrawn", receiver_agreed=True)
    valued = subject.partnership.commitments.filter(
        amount__gt=0,
        currency__isnull=False,
        due_on__isnull=False,
        committed_on__lte=subject.reference_on,
        created_at__lte=subject.cutoff_at,
    )
    return list(
        valued.exclude(agreed_away & Q(withdrawn_on__lte=subject.reference_on))
        .prefetch_related("deliveries", "due_dates")
        .order_by("pk")
    )


def _delivered(commitment: Commitment, subject: Subject) -> Decimal:
    confirmed = [
        delivery.amount or ZERO
        for delivery in commitment.deliveries.all()
        if delivery.delivered_on <= subject.reference_on
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


def _usd_rate(commitment: Commitment, subject: Subject) -> Decimal | None:
    """US dollars per unit on the day of the promise, as loaded by the cut-off."""
    if commitment.currency_id == "USD":
        return ONE
    rates = ExchangeRate.objects.known_at(subject.cutoff_at).filter(
        currency=commitment.currency_id, on__lte=commitment.committed_on
    )
    latest = rates.order_by("-on", "-loaded_at").first()
    return latest.usd if latest else None


def broad_coalition(subject: Subject) -> Outcome:
    """E1: sectors among accepted members / 5 (3 for subnational and community partnerships,
    at most 1): public, private, civil society, knowledge and philanthropy, international.

    Summary: "multi-stakeholder partners should come together to invoke broader and more
    inclusive coalitions".
    """
    members = list(subject.members().select_related("partner"))
    if not members:
        return no_data("no accepted members", "Invite partners of several sectors.")
    sectors = {Partner.FACTS[m.partner.kind].sector for m in members if m.partner.kind}
    whole = 3 if subject.partnership.level in SMALL else len(Sector)
    absent = ", ".join(str(s.label) for s in Sector if s not in sectors)
    return share(
        min(len(sectors), whole),
        whole,
        evidence=rows(members),
        next_step=f"Not among the members yet: {absent}.",
        sectors=sorted(str(s.value) for s in sectors),
    )
