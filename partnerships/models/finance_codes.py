"""IATI's codes for how money is given, with short labels of our own."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.core.exceptions import ValidationError

FILE = Path(__file__).parent.parent / "data" / "finance_codes.csv"


@lru_cache(maxsize=2)
def labels(name: str) -> Mapping[str, str]:
    """The codes of `finance_type` or `flow_type`, with their labels."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["label"] for row in csv.DictReader(lines) if row["list"] == name}


def check_code(name: str, code: str) -> None:
    if code and code not in labels(name):
        known = ", ".join(labels(name))
        raise ValidationError({name: f"A code of IATI: one of {known}."}, code="unknown_code")
