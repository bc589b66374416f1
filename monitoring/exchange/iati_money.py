"""Transactions of an activity: commitments, and what was delivered of them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_amounts import Amounts
from monitoring.exchange.iati_codes import COMMITMENTS, FLOWS, INCOMING, NEITHER
from monitoring.exchange.iati_partners import Members
from monitoring.exchange.iati_values import (
    LeftOut,
    child_words,
    code_of,
    day_of,
)
from monitoring.exchange.trail import Trail
from partnerships.models import Commitment, Delivery, Membership, Partnership

TITLE_LENGTH = 300
NOTE_LENGTH = 2000
NAME_LENGTH = 200


class Money(NamedTuple):
    """One transaction, read."""

    element: Any
    type: str
    on: date
    amount: Decimal
    currency: str
    provider: Membership
    receiver: Membership | None
    words: str
    receiver_name: str

    @property
    def pair(self) -> tuple[int, int | None, str]:
        """Who gives whom, in which currency: what a promise and its delivery share."""
        return self.provider.pk, self.receiver.pk if self.receiver else None, self.currency


class Transactions:
    """Reads the transactions of one activity and stores them."""

    def __init__(
        self, activity: Any, accounts: Accounts, members: Members, reporting: Membership
    ) -> None:
        self.activity = activity
        self.accounts = accounts
        self.members = members
        self.reporting = reporting
        self.amounts = Amounts(activity, accounts)

    def store(self, partnership: Partnership, trail: Trail) -> None:
        """Commitments first, since deliveries may fulfil them; what is gone goes in reverse."""
        read = [
            money for money in map(self._read, self.activity.iterchildren("transaction")) if money
        ]
        promises = [money for money in read if money.type in COMMITMENTS]
        commitments, gone = match(
            partnership.commitments.filter(import_batch__isnull=False),
            [_commitment(money, partnership, trail) for money in promises],
            _commitment_key,
        )
        trail.create(row for row in commitments if not row.pk)
        offers = _by_pair(zip(promises, commitments, strict=True))
        deliveries, ended = match(
            partnership.deliveries.filter(import_batch__isnull=False),
            [
                _delivery(money, partnership, trail, offers.get(money.pair, []))
                for money in read
                if money.type not in COMMITMENTS
            ],
            _delivery_key,
        )
        trail.create(row for row in deliveries if not row.pk)
        self._remove([*ended, *gone], trail)

    def _remove(self, rows: Iterable[Commitment | Delivery], trail: Trail) -> None:
        """Take out what the file no longer has, unless somebody has worked on it here."""
        for row in rows:
            if row.version == 1 and not _stood_on(row):
                trail.remove(row)
            else:
                reason = f"No longer in the file, but kept for what was done here: {row}"
                self.accounts.doubt(self.activity, "gone_from_file", reason)

    def _read(self, element: Any) -> Money | None:
        try:
            money = self._money(element)
        except LeftOut as left:
            self.accounts.leave_out(element, left.code, left.reason)
            return None
        self.accounts.store(element, *element.iterchildren("provider-org", "receiver-org"))
        return money

    def _money(self, element: Any) -> Money:
        kind = self._type(element)
        amount, currency = self.amounts.of(element)
        if kind in COMMITMENTS and amount < 0:
            raise LeftOut("negative_amount", f"A promise of {amount} is none.")
        on = day_of(element, "transaction-date")
        provider, receiver = element.find("provider-org"), element.find("receiver-org")
        giver = party(provider, self.members.funding, self.accounts) or self.reporting
        taker = party(receiver, self.members.known, self.accounts)
        if receiver is None and kind in INCOMING:
            taker = self.reporting
        outside = receiver is not None and (taker is None or taker == giver)
        return Money(
            element,
            kind,
            on,
            amount,
            currency,
            giver,
            None if taker == giver else taker,
            self._words(element, kind),
            self._name_of(receiver) if outside else "",
        )

    def _name_of(self, receiver: Any) -> str:
        name = " ".join(" ".join(receiver.itertext()).split()) or receiver.get("ref", "")
        if len(name) > NAME_LENGTH:
            reason = f"The name has {len(name)} characters; {NAME_LENGTH} are kept."
            self.accounts.doubt(receiver, "shortened", reason)
        return name[:NAME_LENGTH]

    def _words(self, element: Any, kind: str) -> str:
        text = " ".join(child_words(element, "description").split())
        limit = TITLE_LENGTH if kind in COMMITMENTS else NOTE_LENGTH
        if len(text) > limit:
            reason = f"Its description has {len(text)} characters; {limit} are kept."
            self.accounts.doubt(element, "shortened", reason)
        return text[:limit]

    def _type(self, element: Any) -> str:
        child = element.find("transaction-type")
        code = code_of(child) if child is not None else ""
        if code in NEITHER:
            raise LeftOut("not_kept_yet", f"A {NEITHER[code]} is neither promise nor delivery.")
        if code not in FLOWS and code not in COMMITMENTS:
            raise LeftOut("unknown_code", f"There is no transaction type {code or '(none)'}.")
        return code


def party(
    element: Any | None, find: Callable[[Any], Membership | None], accounts: Accounts
) -> Membership | None:
    """The member that gives or takes; an organisation that cannot be read is listed."""
    try:
        return None if element is None else find(element)
    except LeftOut as left:
        accounts.leave_out(element, left.code, left.reason)
        return None


def _commitment(money: Money, partnership: Partnership, trail: Trail) -> Commitment:
    title = money.words or f"Funds promised on {money.on}"
    to = f" (to {money.receiver_name})" if money.receiver_name else ""
    return Commitment(
        partnership=partnership,
        membership=money.provider,
        receiver=money.receiver,
        title=title[: TITLE_LENGTH - len(to)] + to,
        kind=Commitment.Kind.FINANCE,
        stage=Commitment.Stage.COMMITMENT,
        amount=money.amount,
        currency_id=money.currency,
        committed_on=money.on,
        import_batch=trail.batch,
    )


def _delivery(
    money: Money, partnership: Partnership, trail: Trail, promised: list[Commitment]
) -> Delivery:
    """A delivery fulfils a promise only where exactly one was made between the same two."""
    to = f"Receiver: {money.receiver_name}" if money.receiver_name else ""
    ref = f"Reference: {money.element.get('ref')}" if money.element.get("ref") else ""
    return Delivery(
        partnership=partnership,
        membership=money.provider,
        commitment=promised[0] if len(promised) == 1 else None,
        flow=FLOWS[money.type],
        delivered_on=money.on,
        amount=money.amount,
        currency_id=money.currency,
        note="\n".join(filter(None, [money.words, to, ref]))[:NOTE_LENGTH],
        import_batch=trail.batch,
    )


def _by_pair(rows: Iterable[tuple[Money, Commitment]]) -> dict[Any, list[Commitment]]:
    offers: dict[Any, list[Commitment]] = defaultdict(list)
    for money, commitment in rows:
        offers[money.pair].append(commitment)
    return offers


def _commitment_key(row: Commitment) -> Hashable:
    parts = (row.membership_id, row.receiver_id, row.title, row.amount)
    return (*parts, row.currency_id, row.committed_on)


def _delivery_key(row: Delivery) -> Hashable:
    parts = (row.membership_id, row.commitment_id, row.flow, row.delivered_on)
    return (*parts, row.amount, row.currency_id, row.note)


def match(
    stored: Iterable[Any], wanted: list[Any], key: Callable[[Any], Hashable]
) -> tuple[list[Any], list[Any]]:
    """For each wanted row the stored one that says the same, else itself; and the stored rest.

    Two equal transactions in a file are two transactions.
    """
    left: dict[Hashable, list[Any]] = defaultdict(list)
    for row in stored:
        left[key(row)].append(row)
    found = [left[key(row)].pop() if left[key(row)] else row for row in wanted]
    return found, [row for rows in left.values() for row in rows]


def _stood_on(row: Commitment | Delivery) -> bool:
    if isinstance(row, Commitment):
        return any(
            rows.exists() for rows in (row.deliveries, row.deliverables, row.due_dates, row.targets)
        )
    return row.confirmed_at is not None
