"""Geometry of the picture of a partnership's money; the template only draws."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from partnerships.aggregation.money import KINDS, Total
from registry import display

DRAWN = ("budget", "committed", "disbursed", "spent")
MOST_CURRENCIES = 3
LEFT, WIDTH, BAR, STEP = 92, 210, 16, 26


def money_charts(totals: Mapping[str, Total]) -> list[dict[str, Any]]:
    """For each currency a bar per kind of money, all on one scale; for three currencies at most."""
    currencies = {c for kind in DRAWN for c in totals[kind].by_currency}
    return [_chart(totals, currency) for currency in sorted(currencies)[:MOST_CURRENCIES]]


def _chart(totals: Mapping[str, Total], currency: str) -> dict[str, Any]:
    amounts = {kind: totals[kind].by_currency.get(currency) for kind in DRAWN}
    most = max([*(amount for amount in amounts.values() if amount is not None), Decimal(1)])
    bars = [
        _bar(KINDS[kind], amount, most, number * STEP)
        for number, (kind, amount) in enumerate(amounts.items())
    ]
    return {
        "currency": currency,
        "bars": bars,
        "left": LEFT,
        "bar": BAR,
        "width": LEFT + WIDTH + 70,
        "height": STEP * len(bars),
        "text": "; ".join(f"{bar['label']} {bar['text']}" for bar in bars),
    }


def _bar(label: str, amount: Decimal | None, most: Decimal, y: int) -> dict[str, Any]:
    """What was not recorded has no bar: it is not 0."""
    wide = 0.0 if amount is None else max(float(amount / most) * WIDTH, 1.0)
    return {
        "label": label,
        "y": y,
        "text_y": y + 13,
        "is_drawn": amount is not None,
        "width": f"{wide:.1f}",
        "end": f"{LEFT + wide + 6:.1f}",
        "text": "none recorded" if amount is None else display.compact(amount) or "0",
    }
