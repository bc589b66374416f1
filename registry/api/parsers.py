"""Bodies that the rest of the code need not fear."""

import json
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32
MOST_PARTS = 250_000  # objects and lists: each takes memory however short it is written
LONGEST_WHOLE = 400  # digits; a number beyond 10^±400 is none that anything here could hold


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "body_too_large"


class StrictJSONParser(JSONParser):
    """JSON as the standard has it (RFC 8259), with numbers kept exact.

    Refused: NaN and Infinity, a name given twice, deep nesting, texts with NUL or half a
    surrogate pair, which PostgreSQL cannot store, numbers such as 1e1000000, which take
    minutes to be made whole, and bodies of very many parts.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = read_limited(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if body.count(b"{") + body.count(b"[") > MOST_PARTS:
            raise ParseError("The body has too many parts.", code="too_many_parts")
        try:
            parsed = json.loads(
                body.decode("utf-8"),
                parse_float=_exact,
                parse_int=_whole,
                parse_constant=_refuse_constant,
                object_pairs_hook=_object,
            )
        except RecursionError:
            raise ParseError("The body is nested too deeply.", code="too_deep") from None
        except ValueError as error:
            raise ParseError(f"Not valid JSON: {error}", code="invalid_json") from None
        check_texts(parsed)
        return parsed


def read_limited(stream: IO[Any], limit: int) -> bytes:
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:  # its exponent is beyond even Decimal
        raise ValueError("a number is too large or too small") from None
    if abs(number.adjusted()) > LONGEST_WHOLE:
        raise ValueError("a number is too large or too small")
    return number


def _whole(text: str) -> int:
    if len(text) > LONGEST_WHOLE:
        raise ValueError("a number is too long")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, number in counted.items() if number > 1)
        raise ValueError(f"{twice!r:.60} is given twice")
    return made


def check_texts(parsed: Any) -> None:
    waiting = [(parsed, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, str):
            _check_text(node)
        elif isinstance(node, dict | list):
            if depth > DEEPEST:
                raise ParseError("The body is nested too deeply.", code="too_deep")
            parts = [*node, *node.values()] if isinstance(node, dict) else node
            waiting += [(part, depth + 1) for part in parts]


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ParseError("A text has a NUL character.", code="nul_character")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParseError("A text has half a surrogate pair.", code="lone_surrogate")
