"""Rows as somebody proposes them in plain values, read strictly, with each slip in its place."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from partnerships.models.partnership import Partnership
from registry.models import Record

Lookup = Callable[[Any], Any]
Lookups = Mapping[str, Lookup]
MOST_ROWS = 200  # as many as a draft may have of places, or of budget lines
MOST_CODES = 200
LARGEST = 2**63 - 1


class Slips:
    """What is wrong with what was proposed: texts by the path to the value."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def add(self, path: str, text: str) -> None:
        self.found.setdefault(path, []).append(text)

    def take(self, path: str, error: ValidationError) -> None:
        """Those that a model finds with its own values."""
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, texts in named.items():
            whole = name in ("", "__all__")
            for text in texts:
                self.add(path if whole else f"{path}.{name}", text)

    def refuse(self) -> None:
        if self.found:
            raise ValidationError(self.found)


def rows_at(value: Any, path: str, known: Iterable[str], slips: Slips) -> list[dict[str, Any]]:
    """A list of objects with known names; anything else is said and left out."""
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        slips.add(path, f"A list of at most {MOST_ROWS} rows.")
        return []
    return [object_at(row, f"{path}.{n}", known, slips) for n, row in enumerate(value)]


def object_at(value: Any, path: str, known: Iterable[str], slips: Slips) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        slips.add(path, "An object with names and values.")
        return {}
    names = set(known)
    for name in sorted(set(value) - names):
        slips.add(f"{path}.{name}"[:200], f"Not known here. Known: {', '.join(sorted(names))}.")
    return {name: value[name] for name in value if name in names}


def number_at(value: Any, path: str, slips: Slips) -> int | None:
    """A row's number."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST:
        slips.add(path, "The number of a row.")
        return None
    return value


def set_values(
    record: models.Model,
    given: Mapping[str, Any],
    path: str,
    slips: Slips,
    lookups: Lookups,
) -> None:
    """Put the values into the record and hold them against the model's own rules."""
    slipped = False
    for name, value in given.items():
        if name in ("id", "member"):  # as the document has them: nothing to write
            continue
        try:
            setattr(record, name, _value(record, name, value, lookups))
        except ValidationError as error:
            slipped = True
            for text in error.messages:
                slips.add(f"{path}.{name}", text)
    if slipped:
        return
    try:
        if isinstance(record, Record):
            record.check_values()
        else:
            record.full_clean(validate_unique=False)
    except ValidationError as error:
        slips.take(path, error)


def _value(record: models.Model, name: str, value: Any, lookups: Lookups) -> Any:
    field: Any = record._meta.get_field(name)
    if isinstance(value, bool | list | dict):
        raise ValidationError("A text or a number.")
    if value in (None, ""):
        if not (field.null or field.blank):
            raise ValidationError("Give a value.")
        return None if field.null else ""
    if name in lookups:
        return lookups[name](value)
    if isinstance(field, models.DateField) and not isinstance(value, str):
        raise ValidationError("A day as 2026-12-31.")
    if isinstance(field, models.CharField | models.TextField) and not isinstance(value, str):
        raise ValidationError("A text.")
    return field.to_python(value)


def by_code(rows: Iterable[Any], name: str, what: str) -> Lookup:
    """Finds a row of a vocabulary by its code."""
    found: dict[str, Any] = {str(getattr(row, name)): row for row in rows}

    def look(code: Any) -> Any:
        if isinstance(code, bool | list | dict | float) or str(code)[:40] not in found:
            raise ValidationError(f"Not a known {what}: {str(code)[:40]}.")
        return found[str(code)[:40]]

    return look


def codes_at(value: Any, path: str, look: Lookup, slips: Slips) -> list[Any]:
    """Rows of a vocabulary, each once."""
    if not isinstance(value, list) or len(value) > MOST_CODES:
        slips.add(path, f"A list of at most {MOST_CODES} codes.")
        return []
    found: dict[Any, Any] = {}
    for code in value:
        try:
            row = look(code)
        except ValidationError as error:
            slips.take(path, error)
        else:
            found[row.pk] = row
    return list(found.values())


def within(day: date | None, partnership: Partnership) -> bool:
    """Whether it is while the partnership lasts; no day is at no time."""
    ends_on = partnership.ends_on
    return day is None or day >= partnership.starts_on and (ends_on is None or day <= ends_on)


def in_use(row: models.Model) -> str:
    """What stands on the row, in words; empty if nothing does."""
    for relation in row._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: row.pk})
        if rows.exists():
            return str(relation.related_model._meta.verbose_name_plural)
    return ""
