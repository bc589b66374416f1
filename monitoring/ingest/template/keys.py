"""The hidden key of each row: which cell it is, and what stood in it; signed against changes."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Self

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from monitoring.ingest.numbers import typed_number

SALT = "monitoring.ingest.template"
VERSION = "v1"
INPUTS = (
    "value",
    "numerator",
    "denominator",
    "text",
    "is_provisional",
    "variance_reason",
    "comment",
    "method",
    "sample_size",
    "interval_low",
    "interval_high",
    "withdraws",
)
NUMBERS = {"value", "numerator", "denominator", "sample_size", "interval_low", "interval_high"}
MARKS = {"is_provisional", "withdraws"}
YES = {"yes", "y", "true", "1"}
NO = {"no", "n", "false", "0", ""}


class Key(NamedTuple):
    """A row's cell, and what its inputs held when the workbook was made.

    `source` says where that came from: "d" the draft, "a" approved data, "n" nothing was there.
    """

    framework: int
    period: int
    unit: int
    indicator: int
    category: int | None
    source: str
    printed: str

    def text(self) -> str:
        stated = self._stated()
        return f"{stated}.{_signature(stated, settings.SECRET_KEY)}"

    def _stated(self) -> str:
        numbers = (self.framework, self.period, self.unit, self.indicator, self.category or 0)
        return ".".join([VERSION, *map(str, numbers), self.source, self.printed])

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key as it was written; None if a sign of it was changed."""
        stated, _, signature = text.strip().rpartition(".")
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        if not any(constant_time_compare(_signature(stated, s), signature) for s in secrets):
            return None
        _, framework, period, unit, indicator, category, source, printed = stated.split(".")
        of_cell = (int(framework), int(period), int(unit), int(indicator), int(category) or None)
        return cls(*of_cell, source, printed)


def _signature(stated: str, secret: str | bytes) -> str:
    return salted_hmac(SALT, stated, secret=secret, algorithm="sha256").hexdigest()[:20]


def printed(inputs: Mapping[str, str | None]) -> str:
    """A short print of a row's inputs: the same where they say the same."""
    said = [_plain(name, (inputs.get(name) or "").strip()) for name in INPUTS]
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()[:12]


def _plain(name: str, text: str) -> str:
    if name in MARKS:
        return "" if text.casefold() in NO else "yes" if text.casefold() in YES else text
    if name not in NUMBERS:
        return " ".join(text.split())
    text = {"yes": "1", "no": "0"}.get(text.casefold(), text)
    try:
        number = Decimal(typed_number(text))
    except InvalidOperation:
        return text
    return f"{number.normalize():f}" if number.is_finite() and abs(number.adjusted()) < 60 else text


NOTHING = printed({})


def says_nothing(row: Mapping[str, str | None]) -> bool:
    """Whether a row of a file only names a cell, as one that nobody typed into does."""
    if row.get("value"):  # most rows: a print costs more than reading one
        return False
    return printed(row) == NOTHING
