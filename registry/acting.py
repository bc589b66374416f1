"""On whose behalf the program acts just now: what the audit log takes down beside each change.

A request, a task and a command each open a scope with `acting`; once the caller is known,
`identify` names it there. config/postgresql tells the database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.models import User

TOKEN_PREFIX = 8


@dataclass(frozen=True, slots=True)
class Act:
    """Who, with which token, in which request; `writes` is False where it should only read."""

    actor: str = ""
    token: str = ""
    request: str = ""
    writes: bool = False


NOBODY = Act()
_current: ContextVar[Act] = ContextVar("act", default=NOBODY)


def current() -> Act:
    return _current.get()


@contextmanager
def acting(
    actor: str = "", *, token: str = "", request: str = "", writes: bool = True
) -> Iterator[None]:
    """A scope in which changes are this actor's; the one around it is put back at its end."""
    before = _current.set(Act(actor, token, request, writes))
    try:
        yield
    finally:
        _current.reset(before)


def identify(user: "User | Any", token: Any = None) -> None:
    """Name the caller of the request that is being answered, by pseudonymous key."""
    if current() is NOBODY or user is None or user.is_anonymous:
        return
    prefix = str(getattr(token, "token_key", "") or "")[:TOKEN_PREFIX]
    _current.set(replace(current(), actor=str(user.key), token=prefix))
