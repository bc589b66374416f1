"""The funding map."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnerships.aggregation.funding import FundingMap, Line, funding_map
from registry import display
from registry.models import Country, Goal

DRAWN = 12
WIDTH, LABEL, ROW = 320, 96, 26


def funding(request: HttpRequest) -> HttpResponse:
    """Need, committed, disbursed and gap by goal or by country, as of today."""
    by = "country" if request.GET.get("by") == "country" else "goal"
    found = funding_map(by)
    lines = named(found)
    context = {
        "by": by,
        "map": found,
        "lines": lines,
        "chart": chart([line for line in lines if line[0] is not None]),
        "apart": [
            (kind, currency, amount)
            for kind, amounts in sorted(found.without_rate.items())
            for currency, amount in sorted(amounts.items())
        ],
    }
    return render(request, "partnerships/funding.html", context)


def named(found: FundingMap) -> list[tuple[Any, str, Line]]:
    """Key, name and amounts: goals by number, countries by need; what is not stated comes last."""
    if found.by == "goal":
        names = {goal.number: str(goal) for goal in Goal.objects.all()}
        keys: list[Any] = sorted(key for key in found.lines if key is not None)
    else:
        names = dict(Country.objects.values_list("alpha2", "name"))
        known = [key for key in found.lines if key is not None]
        keys = sorted(known, key=lambda key: (-found.lines[key].need, names[key]))
    rows = [(key, names[key], found.lines[key]) for key in keys]
    if None in found.lines:
        rows.append((None, f"No {found.by} stated", found.lines[None]))
    return rows


def chart(lines: list[tuple[Any, str, Line]]) -> dict[str, Any]:
    """Two bars for each of the largest: the need, and what is committed or matched of it."""
    largest = sorted(lines, key=lambda line: -max(line[2].need, line[2].committed))[:DRAWN]
    most = max((max(one.need, one.committed) for _, _, one in largest), default=Decimal(0))
    scale = Decimal(WIDTH - LABEL - 8) / most if most else Decimal(0)
    bars = [
        {
            "y": number * ROW,
            "text_y": number * ROW + 16,
            "low_y": number * ROW + 13,
            "label": str(key),
            "need": f"{one.need * scale:.1f}",
            "covered": f"{(one.committed + one.matched) * scale:.1f}",
        }
        for number, (key, _, one) in enumerate(largest)
    ]
    return {
        "bars": bars,
        "width": WIDTH,
        "height": len(bars) * ROW + 4,
        "left": LABEL,
        "most": display.compact(most),
    }
