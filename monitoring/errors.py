"""What monitoring says when it says no."""

from typing import NamedTuple

from registry.errors import DomainError


class RowError(NamedTuple):
    """What is wrong with one row; rows count from 1."""

    row: int
    field: str
    code: str
    reason: str


class RowErrors(DomainError):
    """Bad rows, all of them at once; nothing was saved."""

    def __init__(self, errors: list[RowError]) -> None:
        rows = len({error.row for error in errors})
        super().__init__("bad_rows", f"{rows} row(s) are wrong; nothing was saved.")
        self.errors = errors
