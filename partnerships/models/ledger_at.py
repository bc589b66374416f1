"""The ledger of risks and benefits as it stood at a moment, and who had endorsed it by then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch

from partnerships.models.agreements import Agreement, Endorsement
from partnerships.models.partnership import Partnership
from partnerships.models.risks import Benefit, BenefitValue, Risk, RiskRating, terms_of
from partnerships.models.sharing import Share, Sharing


@dataclass(frozen=True)
class Dealt:
    """A risk or a benefit at a moment: its words, its parts, and who endorsed both.

    `terms` has the columns of a `RiskRating` or a `BenefitValue`. `percents` are by partner,
    None the public and the users; empty where nothing is shared.
    """

    record: Risk | Benefit
    terms: Any
    percents: Mapping[int | None, Decimal]
    endorsed_by: frozenset[int]

    @property
    def is_shared(self) -> bool:
        return bool(self.percents)

    def bearers(self) -> set[int]:
        """The partners with a part of it; the public endorses nothing."""
        return {partner for partner in self.percents if partner is not None}

    @property
    def is_endorsed(self) -> bool:
        """Whether each partner with a part of it has said yes to it as it stands."""
        return self.is_shared and self.bearers() <= self.endorsed_by


class Ledger(NamedTuple):
    risks: list[Dealt]
    benefits: list[Dealt]


# Of shares and endorsements, by their keys, the partner of each one's membership.
PartnersOf = Callable[[Sequence[Any]], Mapping[int, int]]


def partners_now(rows: Sequence[Any]) -> dict[int, int]:
    return {row.pk: row.membership.partner_id for row in rows if row.membership_id}


class _Said(NamedTuple):
    """Editions with what was said to them, and whose the shares and the words were."""

    editions: Sequence[Agreement]
    of_shares: Mapping[int, int]
    of_words: Mapping[int, int]


def ledger_at(
    partnership: Partnership, at: datetime, partners_of: PartnersOf = partners_now
) -> Ledger:
    """The risks that were not closed at a moment, and the benefits not dropped; ten queries.

    `partners_of` says whose a part or an endorsement was, for readers of before a merge.
    """
    risks = _standing(partnership.risks.all(), RiskRating, Risk.Status.CLOSED, at)
    benefits = _standing(partnership.benefits.all(), BenefitValue, Benefit.Status.DROPPED, at)
    editions = _editions(partnership, at) if risks or benefits else []
    shares = [share for row in (*risks, *benefits) for share in _shares_of(row)]
    words = [word for edition in editions for word in edition.endorsements.all()]
    said = _Said(editions, partners_of(shares), partners_of(words))
    return Ledger(
        [_one(row, RiskRating, Risk.Status.CLOSED, said) for row in risks],
        [_one(row, BenefitValue, Benefit.Status.DROPPED, said) for row in benefits],
    )


def _shares_of(row: Any) -> list[Share]:
    return list(row.held[0].shares.all()) if row.held else []


def _standing(
    rows: Any, kind: type[RiskRating | BenefitValue], gone: str, at: datetime
) -> list[Any]:
    """Those that were not over, with what was noted of them, and the sharing that held."""
    noted = kind._default_manager.filter(held_from__lte=at).order_by("held_from", "pk")
    name = "ratings" if kind is RiskRating else "values"
    shares = Share.objects.select_related("membership")
    sharings = Sharing.objects.held_at(at).order_by("-held_from")
    found = (
        rows.filter(created_at__lte=at)
        .order_by("pk")
        .prefetch_related(
            Prefetch(name, noted, to_attr="noted"),
            Prefetch(
                "sharings", sharings.prefetch_related(Prefetch("shares", shares)), to_attr="held"
            ),
        )
    )
    return [row for row in found if _now(row).status != gone]


def _editions(partnership: Partnership, at: datetime) -> Sequence[Agreement]:
    """Editions of the ledger that were not taken back, with what was said to them by then."""
    said = Endorsement.objects.filter(endorsed_at__lte=at).select_related("membership")
    editions = partnership.agreements.not_withdrawn_at(at).filter(kind=Agreement.Kind.LEDGER)
    return list(
        editions.only("partnership", "kind", "proposed_at").prefetch_related(
            Prefetch("endorsements", said)
        )
    )


def _now(row: Any) -> Any:
    """What was noted last; a row of which nothing was noted stands as it was entered."""
    return row.noted[-1] if row.noted else row


def _one(row: Any, kind: Any, gone: str, said: _Said) -> Dealt:
    sharing = row.held[0] if row.held else None
    percents: dict[int | None, Decimal] = {}
    for share in _shares_of(row):
        partner = said.of_shares.get(share.pk)
        percents[partner] = percents.get(partner, Decimal(0)) + share.percent
    since = _worded_since(row, kind)
    if sharing:
        since = max(since, sharing.held_from)
    endorsed = {
        said.of_words[endorsement.pk]
        for edition in said.editions
        if _holds(edition, row, since, gone)
        for endorsement in edition.endorsements.all()
    }
    return Dealt(row, _now(row), percents, frozenset(endorsed))


def _worded_since(row: Any, kind: Any) -> datetime:
    """Since when its words and ratings are as they stand; its status is none of them."""
    since: datetime = row.created_at
    terms = None
    for noted in row.noted:
        if terms_of(noted, kind) != terms:
            terms, since = terms_of(noted, kind), noted.held_from
    return since


def _holds(edition: Agreement, row: Any, since: datetime, gone: str) -> bool:
    """Whether the edition's text has the row as it stands; what is over is not in the text."""
    proposed_at = edition.proposed_at
    if proposed_at is None or proposed_at < since:
        return False
    before = [noted for noted in row.noted if noted.held_from <= proposed_at]
    return not before or bool(before[-1].status != gone)
