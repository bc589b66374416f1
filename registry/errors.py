"""What the domain says when it says no."""

from typing import Any


class DomainError(Exception):
    """A business rule refuses; `code` is stable, for programs; the text is for people."""

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.extra = extra


class NotAllowed(DomainError):
    """The row is visible, but this user may not do this to it."""


class StaleVersion(DomainError):
    """Somebody else changed the row since it was read."""

    def __init__(self) -> None:
        super().__init__("stale_version", "The record was changed by somebody else; read it again.")
