"""A report's content: a snapshot that is the same for the same two dates.

It holds no moment of the run and no name that may change later; people and organisations
stand in it by id, and a page looks their present names up.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

# What is stored keeps 20 significant digits; nothing is computed from it again.
STORED = Context(prec=20, rounding=ROUND_HALF_UP)

PLAIN = (str, int, bool, type(None))  # most of a content is this already


def canonical(content: dict[str, Any]) -> bytes:
    """The one way to write a content down: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(content: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def plain(value: Any) -> Any:
    """JSON's own types only: exact numbers as decimal strings, moments in UTC."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _decimal(number: Decimal) -> str:
    text = f"{STORED.create_decimal(number) + 0:f}"  # a zero has no sign
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
