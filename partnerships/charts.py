"""Geometry of the pictures of a ledger: all worked out here; templates only draw."""

from typing import Any

from partnerships.models import Balance, Risk
from partnerships.models.balance import Line, shown

NAME, LINE, BAR, GAP = 18.0, 58.0, 14.0, 4.0


def at(number: float) -> str:
    """A coordinate: one decimal, a point whatever the language."""
    return f"{number:.1f}".removesuffix(".0")


def who_carries_and_gets(balance: Balance, width: float) -> dict[str, Any]:
    """For each member, and the public, the share of the risks above that of the benefits."""
    room = width - 64  # for the figure at the end of the longest bar
    most = max((max(line.risk, line.benefit) for line in balance.lines), default=1) or 1
    return {
        "id": f"w{at(width)}",
        "width": at(width),
        "height": at(LINE * len(balance.lines)),
        "lines": [
            _drawn(line, LINE * n, room / float(most)) for n, line in enumerate(balance.lines)
        ],
    }


def _drawn(line: Line, top: float, scale: float) -> dict[str, Any]:
    risk_at, benefit_at = top + NAME, top + NAME + BAR + GAP
    risk, benefit = float(line.risk) * scale, float(line.benefit) * scale
    return {
        "name": line.name,
        "name_y": at(top + 12),
        "height": at(BAR),
        "risk": {
            "y": at(risk_at),
            "width": at(risk),
            "text_x": at(risk + 6),
            "text_y": at(risk_at + 11),
            "text": shown(line.risk),
        },
        "benefit": {
            "y": at(benefit_at),
            "width": at(benefit),
            "text_x": at(benefit + 6),
            "text_y": at(benefit_at + 11),
            "text": shown(line.benefit),
        },
    }


def grid(numbered: list[tuple[int, Risk]]) -> list[dict[str, Any]]:
    """Five rows from almost certain to rare, each with five cells from small to grave."""
    return [
        {
            "likelihood": likelihood,
            "cells": [
                {
                    "weight": likelihood * impact,
                    "tone": tone(likelihood * impact),
                    "numbers": [
                        number
                        for number, risk in numbered
                        if (risk.likelihood, risk.impact) == (likelihood, impact)
                    ],
                }
                for impact in range(1, 6)
            ],
        }
        for likelihood in range(5, 0, -1)
    ]


def tone(weight: int) -> str:
    """Low up to 4, middle up to 12, high above."""
    return "on" if weight <= 4 else "risk" if weight <= 12 else "off"
