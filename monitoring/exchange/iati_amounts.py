"""Amounts of money and spans of days, as elements of an IATI file state them."""

from datetime import date
from decimal import Decimal
from typing import Any

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_values import LeftOut, code_of, day_of, fitting, read_number
from registry.models import Currency


class Amounts:
    """Reads the values of one activity: in their own currency, or the activity's."""

    def __init__(self, activity: Any, accounts: Accounts) -> None:
        self.accounts = accounts
        self.default = code_of(activity, "default-currency")
        self.currencies = set(Currency.objects.values_list("code", flat=True))

    def of(self, element: Any) -> tuple[Decimal, str]:
        """The amount and its currency; else LeftOut."""
        value = element.find("value")
        if value is None:
            raise LeftOut("missing_value", "There is no value.")
        reading = read_number(value.text)
        currency = code_of(value, "currency") or self.default
        if currency not in self.currencies:
            raise LeftOut("unknown_code", f"There is no currency {currency or '(none)'}.")
        if reading.doubt:
            self.accounts.doubt(element, "number_read", reading.doubt)
        return fitting(reading.value, 24, 4), currency


def span_of(element: Any) -> tuple[date, date]:
    """The days of a period, both included; without an end it is one day. Else LeftOut."""
    starts_on = day_of(element, "period-start")
    ends_on = day_of(element, "period-end") if element.find("period-end") is not None else starts_on
    if ends_on < starts_on:
        raise LeftOut("end_before_start", f"It ends on {ends_on}, before it starts on {starts_on}.")
    return starts_on, ends_on
