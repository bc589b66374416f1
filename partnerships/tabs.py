"""The pages of a partnership, and for whom each opens."""

from typing import Any, Literal, NamedTuple

from partnerships.models import Partnership
from registry import history


class Tab(NamedTuple):
    """A page of its own; `page` is the name of its URL, which takes the partnership's key.

    `public` opens for whoever sees the partnership, `open` not while it is a draft for those who
    are only invited, `insider` for its members' people and admins, `editor` for the lead's managers
    and admins.
    """

    page: str
    label: str
    who: Literal["public", "open", "insider", "editor"]


TABS = [
    Tab("partnership", "Overview", "public"),
    Tab("partnership-members", "Members", "public"),
    Tab("partnership-places", "Places", "public"),
    Tab("partnership-commitments", "Commitments", "open"),
    Tab("partnership-budget", "Money", "open"),
    Tab("partnership-agreements", "Agreements", "public"),
    Tab("partnership-framework", "What is measured", "public"),
    Tab("partnership-periods", "Periods", "public"),
    Tab("partnership-risks", "Risks & benefits", "public"),
    Tab("partnership-principles", "Principles", "public"),
    Tab("partnership-dialogue", "Dialogue", "public"),
    Tab("partnership-lessons", "Lessons", "public"),
    Tab("partnership-stories", "Stories", "public"),
    Tab("partnership-evaluations", "Evaluations", "public"),
    Tab("partnership-annual", "Annual report", "public"),
    Tab("partnership-feedback", "Feedback", "public"),
    Tab("partnership-reports", "Reports", "public"),
    Tab("partnership-data-review", "Data review", "insider"),
    Tab("partnership-versions", "Versions", "public"),
    Tab("partnership-work", "Registration", "insider"),
]


def tabs_for(partnership: Partnership, user: Any) -> list[Tab]:
    """Three queries at most, whatever the number of pages."""
    open_to = {"public"}
    if Partnership.objects.insider(user).filter(pk=partnership.pk).exists():
        open_to |= {"insider", "open"}
    elif partnership.is_public():
        open_to.add("open")
    if partnership.is_editable_by(user):
        open_to.add("editor")
    return [tab for tab in TABS if tab.who in open_to]


def has_history(partnership: Partnership, user: Any) -> bool:
    return history.is_open_to(user, partnership)
