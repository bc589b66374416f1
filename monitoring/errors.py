"""What monitoring says when it says no."""

from typing import NamedTuple

from registry.errors import DomainError


class RowError(NamedTuple):
    """What is wrong with one row: where, what was found, and in `reason` what was expected.

    Rows count from 1. Of a file they are counted as a spreadsheet counts them, the header being
    row 1, and `column` is the header as the file has it.
    """

    row: int
    field: str
    code: str
    reason: str
    found: str = ""
    column: str = ""


class RowErrors(DomainError):
    """Bad rows, all of them at once; nothing was saved."""

    def __init__(self, errors: list[RowError]) -> None:
        rows = len({error.row for error in errors})
        super().__init__("bad_rows", f"{rows} row(s) are wrong; nothing was saved.")
        self.errors = errors


class Unreadable(DomainError):
    """A file that cannot be read as a table at all; nothing was saved."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
