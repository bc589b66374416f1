"""How numbers, colours and states are shown to people; nothing here is computed further."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

NO_BREAK = "\u00a0"
MINUS = "\u2212"


class Look(NamedTuple):
    """A state as a word, a shape and a colour class: never by colour alone."""

    word: str
    shape: str
    tone: str


LOOKS = {
    "on_track": Look("On track", "circle", "on"),
    "met": Look("Met", "circle", "on"),
    "at_risk": Look("At risk", "triangle", "risk"),
    "off_track": Look("Off track", "square", "off"),
    "up_to_date": Look("Up to date", "circle", "on"),
    "due": Look("Due", "half", "due"),
    "late": Look("Late", "triangle", "risk"),
    "overdue": Look("Overdue", "square", "off"),
    "no_data": Look("No data", "dash", "na"),
    # states of partnerships, submissions and frameworks
    "draft": Look("Draft", "ring", "na"),
    "submitted": Look("Submitted", "half", "due"),
    "returned": Look("Returned", "triangle", "risk"),
    "registered": Look("Registered", "ring", "due"),
    "active": Look("Active", "circle", "on"),
    "completed": Look("Completed", "check", "on"),
    "suspended": Look("Suspended", "square", "off"),
    "terminated": Look("Terminated", "square", "na"),
    "inactive": Look("Inactive", "dash", "na"),
    "approved": Look("Approved", "check", "on"),
    "superseded": Look("Superseded", "dash", "na"),
    "withdrawn": Look("Withdrawn", "dash", "na"),
    "in_reply": Look("In right of reply", "half", "due"),
    "in_review": Look("In review", "half", "due"),
    "published": Look("Published", "circle", "on"),
    "verified": Look("Verified", "check", "on"),
    "pending": Look("Not verified yet", "ring", "na"),
    "agreed": Look("Agreed", "check", "on"),
    "imported": Look("Imported, not agreed", "half", "risk"),
    "proposed": Look("Proposed", "half", "due"),
    "delivered": Look("Delivery confirmed", "check", "on"),
    "binding": Look("Binding", "check", "on"),
    "read": Look("Read", "ring", "na"),
    "unread": Look("New", "circle", "due"),
    "waiting": Look("Waiting", "half", "due"),
    "sending": Look("Being sent", "half", "due"),
    "told": Look("Delivered", "check", "on"),
    "failed": Look("Failed", "square", "off"),
    "withheld": Look("Withheld", "dash", "na"),
    "complete": Look("Complete", "check", "on"),
    "incomplete": Look("Incomplete", "half", "due"),
    "not_broken_down": Look("Not broken down", "dash", "na"),
    "not_safe_to_collect": Look("Not safe to collect", "dash", "na"),
    "no_total": Look("Parts without a total", "triangle", "risk"),
    "not_started": Look("Not started", "ring", "na"),
    "open": Look("Open", "ring", "due"),
    "on_time": Look("On time", "circle", "on"),
    "due_soon": Look("Due soon", "half", "due"),
    "undated": Look("No due date", "dash", "na"),
    "fulfilled": Look("Fulfilled", "check", "on"),
    "over_fulfilled": Look("Over-fulfilled", "check", "on"),
    "overspent": Look("More than budgeted", "triangle", "risk"),
    "recorded": Look("Not confirmed yet", "ring", "na"),
    "confirmed": Look("Confirmed", "check", "on"),
    "commented": Look("Commented", "half", "due"),
    "cited": Look("Cited in a review", "check", "on"),
    "disputed": Look("Disputed", "triangle", "risk"),
    "replaced": Look("Replaced by a correction", "dash", "na"),
    "received": Look("Received", "ring", "due"),
    "passed": Look("Passed on", "half", "due"),
    "answered": Look("Answered", "check", "on"),
    "refused": Look("Refused", "dash", "na"),
    "acknowledged": Look("Acknowledged", "half", "due"),
    "reviewed": Look("Under review", "half", "due"),
    "closed": Look("Closed", "dash", "na"),
    # the Solutions Catalogue
    "screened": Look("Screened", "half", "due"),
    "piloted": Look("Piloted", "circle", "on"),
    "scaling": Look("Scaling", "check", "on"),
    "retired": Look("Retired", "dash", "na"),
    "expired": Look("Expired", "dash", "na"),
    "ended": Look("Ended", "dash", "na"),
    "critical": Look("Critical", "square", "off"),
    "high": Look("High", "triangle", "risk"),
    "normal": Look("Normal", "ring", "na"),
    # evaluations, what is answered to them and done
    "planned": Look("Planned", "ring", "na"),
    "under_way": Look("Under way", "half", "due"),
    "accepted": Look("Accepted", "check", "on"),
    "partly": Look("Partly accepted", "half", "risk"),
    "rejected": Look("Rejected", "square", "na"),
    "done": Look("Done", "check", "on"),
    "dropped": Look("Dropped", "dash", "na"),
}
REASONS = {
    "no_actual": "nothing was reported",
    "no_baseline": "no baseline",
    "no_target": "no target",
    "target_equals_baseline": "target equals baseline",
    "span_open": "the target's span has not ended",
    "stale": "last report too old",
    "zero_denominator": "denominator is 0",
    "no_denominator": "a bare percentage has no denominator",
    "accumulation_unknown": "not said whether values add up",
    "several_values": "several values were published",
    "narrative": "reported in words",
    "nothing_due": "nothing is due yet",
    "suppressed": "withheld: a small group could be worked out",
    "people_overlap": "the same person may have been counted twice",
    "maintain": "to be maintained",
    "share_of_part_of_the_time": "a share holds for a part of the time only",
}


def look(state: str) -> Look:
    return LOOKS.get(state) or Look(words(state) or "No data", "dash", "na")


def words(code: str) -> str:
    """A code as words: `off_track` becomes "Off track"."""
    return code.replace("_", " ").capitalize()


def reason(code: str) -> str:
    return REASONS.get(code) or code.replace("_", " ")


def number(value: Decimal | float | str | None, places: int | None = None) -> str:
    """A number rounded half up with thousands separators; "" for no number at all.

    Without `places`: two below 100, one below 1,000, none above; trailing zeros are left out.
    """
    if value is None or value == "":
        return ""
    exact = Decimal(str(value))
    size = abs(exact)
    digits = places if places is not None else (0 if size >= 1000 else 1 if size >= 100 else 2)
    text = f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if size and not text.strip("-0."):
        text = f"{exact:.1g}"
    return (text if text.strip("-0.") else text.lstrip("-")).replace("-", MINUS)


def compact(value: Decimal | None) -> str:
    """A big number in few characters: 1.31 M."""
    if value is None:
        return ""
    for limit, suffix in ((10**9, "bn"), (10**6, "M")):
        if abs(value) >= limit:
            return f"{number(value / limit)}{NO_BREAK}{suffix}"
    return number(value)


def percent(share: Decimal | float | str | None) -> str:
    """A share of 1 as a percentage with at most one decimal."""
    if share is None or share == "":
        return ""
    text = number(Decimal(str(share)) * 100, 1)
    return f"{text.removesuffix('.0')}{NO_BREAK}%"


def points(difference: Decimal) -> str:
    """A difference in points with its sign and at most one decimal: +2.5, −2.5, 0."""
    text = number(difference, 1).removesuffix(".0")
    return f"+{text}" if difference > 0 and text != "0" else text


def readable_on(colour: str) -> str:
    """Black or white, whichever has the higher contrast on `#RRGGBB` (WCAG 2 luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"
