"""Budgets and planned disbursements of an activity."""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_amounts import Amounts, span_of
from monitoring.exchange.iati_codes import INDICATIVE, REVISED
from monitoring.exchange.iati_money import match
from monitoring.exchange.iati_partners import Members
from monitoring.exchange.iati_values import LeftOut, code_of
from monitoring.exchange.trail import Trail
from partnerships.models import BudgetLine, Membership, Partnership, PlannedDisbursement


def store_budgets(
    activity: Any, accounts: Accounts, partnership: Partnership, trail: Trail
) -> None:
    """A line for each budget; of a period's original and revised one the revised is kept."""
    amounts = Amounts(activity, accounts)

    def line(element: Any) -> BudgetLine:
        return _line(element, amounts, partnership, trail)

    read = _read(activity.iterchildren("budget"), line, accounts)
    revised = {_span(row) for element, row in read if code_of(element, "type") == REVISED}
    for element, row in read:
        if _span(row) in revised and code_of(element, "type") != REVISED:
            reason = "A revised budget of the same period is in the file."
            accounts.leave_out(element, "revised", reason)
    kept = [(element, row) for element, row in read if element not in accounts.listed]
    accounts.store(*(element for element, _ in kept))
    stored = partnership.budget_lines.filter(import_batch__isnull=False)
    _keep(stored, [row for _, row in kept], _line_key, activity, accounts, trail)


def store_planned(
    activity: Any,
    accounts: Accounts,
    members: Members,
    reporting: Membership,
    trail: Trail,
) -> None:
    """Planned disbursements of their provider, else of the reporting organisation."""
    amounts, partnership = Amounts(activity, accounts), members.partnership

    def planned(element: Any) -> PlannedDisbursement:
        row = _planned(element, amounts, partnership, trail)
        giver, taken_by = element.find("provider-org"), element.find("receiver-org")
        row.provider = reporting if giver is None else members.funding(giver)
        taker = None if taken_by is None else members.known(taken_by)
        row.receiver = None if taker == row.provider else taker
        return row

    read = _read(activity.iterchildren("planned-disbursement"), planned, accounts)
    accounts.store(*(element for element, _ in read))
    stored = partnership.planned_disbursements.filter(import_batch__isnull=False)
    _keep(stored, [row for _, row in read], _planned_key, activity, accounts, trail)


def _read(
    elements: Iterable[Any], make: Callable[[Any], Any], accounts: Accounts
) -> list[tuple[Any, Any]]:
    read = []
    for element in elements:
        try:
            read.append((element, make(element)))
        except LeftOut as left:
            accounts.leave_out(element, left.code, left.reason)
    return read


def _line(element: Any, amounts: Amounts, partnership: Partnership, trail: Trail) -> BudgetLine:
    starts_on, ends_on = span_of(element)
    amount, currency = amounts.of(element)
    word = "Revised budget" if code_of(element, "type") == REVISED else "Budget"
    doubt = " (indicative)" if code_of(element, "status") == INDICATIVE else ""
    return BudgetLine(
        partnership=partnership,
        title=f"{word} {starts_on} to {ends_on}{doubt}",
        amount=amount,
        currency_id=currency,
        starts_on=starts_on,
        ends_on=ends_on,
        import_batch=trail.batch,
    )


def _planned(
    element: Any, amounts: Amounts, partnership: Partnership, trail: Trail
) -> PlannedDisbursement:
    starts_on, ends_on = span_of(element)
    amount, currency = amounts.of(element)
    return PlannedDisbursement(
        partnership=partnership,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=amount,
        currency_id=currency,
        import_batch=trail.batch,
    )


def _keep(
    stored: Iterable[Any],
    wanted: list[Any],
    key: Callable[[Any], Hashable],
    activity: Any,
    accounts: Accounts,
    trail: Trail,
) -> None:
    """Add what is new in the file, take out what is gone, unless somebody worked on it here."""
    found, gone = match(stored, wanted, key)
    trail.create(row for row in found if not row.pk)
    for row in gone:
        if row.version == 1 and not _stood_on(row):
            trail.remove(row)
        else:
            reason = f"No longer in the file, but kept for what was done here: {row}"
            accounts.doubt(activity, "gone_from_file", reason)


def _stood_on(row: BudgetLine | PlannedDisbursement) -> bool:
    return isinstance(row, BudgetLine) and row.expenditures.exists()


def _span(row: BudgetLine) -> Hashable:
    return row.starts_on, row.ends_on, row.currency_id


def _line_key(row: BudgetLine) -> Hashable:
    return row.title, row.amount, row.currency_id, row.starts_on, row.ends_on


def _planned_key(row: PlannedDisbursement) -> Hashable:
    parties = (row.provider_id, row.receiver_id)
    return (*parties, row.amount, row.currency_id, row.starts_on, row.ends_on)
