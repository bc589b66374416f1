"""Reads official texts of the SDG framework, in the six UN languages, from a CSV file."""

import csv
from collections.abc import Container, Iterator
from pathlib import Path

from registry.errors import DomainError
from registry.models.sdg import LANGUAGES

COLUMNS = {f"title_{language}": language for language in LANGUAGES}


def read_texts(path: Path, *, known: Container[str]) -> dict[str, dict[str, str]]:
    """Texts by code and language. The codes say what they are: 6 a goal, 6.1 a target, 6.1.1 an
    indicator. A fault raises a DomainError with file, row (the header is row 1) and column.
    """
    texts: dict[str, dict[str, str]] = {}
    for number, cells in _rows(path):
        code = cells["code"].strip().lower()
        if code not in known:
            raise _fault(path, number, "code", f"unknown code {code!r}")
        if code in texts:
            raise _fault(path, number, "code", f"{code} stands in the file twice")
        texts[code] = {
            language: cells[column].strip()
            for column, language in COLUMNS.items()
            if cells[column].strip()
        }
    return texts


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            _check_header(path, header)
            for number, values in enumerate(reader, start=2):
                if values:
                    yield number, _cells(path, number, header, values)
    except OSError as error:
        raise DomainError("unreadable_file", f"{path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DomainError("invalid_texts", f"{path}: not UTF-8 text.") from error
    except csv.Error as error:
        raise DomainError("invalid_texts", f"{path}: not a CSV file ({error}).") from error


def _check_header(path: Path, header: list[str]) -> None:
    for column in ("code", *COLUMNS):
        if column not in header:
            raise _fault(path, 1, column, "the column is missing")
        if header.count(column) > 1:
            raise _fault(path, 1, column, "the column stands there twice")


def _cells(path: Path, number: int, header: list[str], values: list[str]) -> dict[str, str]:
    if len(values) < len(header):
        raise _fault(path, number, header[len(values)], "the row ends before this column")
    if len(values) > len(header):
        raise _fault(path, number, header[-1], "more cells follow than the header has columns")
    cells = dict(zip(header, values, strict=True))
    for column in ("code", *COLUMNS):
        if "\x00" in cells[column]:
            raise _fault(path, number, column, "contains a NUL character")
    return cells


def _fault(path: Path, number: int, column: str, problem: str) -> DomainError:
    return DomainError(
        "invalid_texts",
        f"{path}, row {number}, column {column}: {problem}.",
        attr=column,
    )
