"""What an activity says about the partnership itself: title, dates, places, goals, documents."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_codes import LEVELS, PUBLIC_PRIVATE, STATUSES
from monitoring.exchange.iati_values import (
    LeftOut,
    code_of,
    fitting,
    narratives,
    read_day,
    read_number,
    words,
)
from partnerships.models import Document, Marker, Partnership, PartnershipCountry
from registry.models import Country, Goal, Target

TITLE_LENGTH = 300
SUMMARY_LENGTH = 20_000
START, END = ("2", "1"), ("4", "3")  # ActivityDateType: the actual date, else the planned one


def partnership_values(activity: Any, accounts: Accounts) -> dict[str, Any]:
    """The columns of the partnership; LeftOut if it cannot be one."""
    starts_on, ends_on = _dates(activity, accounts)
    types = {code_of(org, "type") for org in activity.iterchildren("participating-org")}
    is_ppp = PUBLIC_PRIVATE in types
    return {
        "title": _title(activity, accounts),
        "summary": _summary(activity, accounts),
        "kind": Partnership.Kind.PPP if is_ppp else Partnership.Kind.PROGRAMME,
        "level": _level(activity, accounts),
        "status": _status(activity, accounts),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _title(activity: Any, accounts: Accounts) -> str:
    """The first narrative; the others are the same in other languages."""
    element = activity.find("title")
    texts = [" ".join(text.split()) for text in narratives(element)]
    if not texts:
        return accounts.identifier
    accounts.store(element)
    if len(texts) > 1:
        accounts.doubt(element, "other_language", f"Not kept: {'; '.join(texts[1:])}")
    if len(texts[0]) > TITLE_LENGTH:
        accounts.doubt(element, "shortened", f"The title has {len(texts[0])} characters.")
    return texts[0][:TITLE_LENGTH]


def _summary(activity: Any, accounts: Accounts) -> str:
    elements = [e for e in activity.iterchildren("description") if words(e)]
    for element in set(activity.iterchildren("description")) - set(elements):
        accounts.leave_out(element, "empty", "The description is empty.")
    accounts.store(*elements)
    text = "\n\n".join(words(element) for element in elements)
    if len(text) > SUMMARY_LENGTH:
        reason = f"The descriptions have {len(text)} characters together."
        accounts.doubt(elements[-1], "shortened", reason)
    return text[:SUMMARY_LENGTH]


def _dates(activity: Any, accounts: Accounts) -> tuple[date, date | None]:
    known: dict[str, tuple[date, Any]] = {}
    for element in activity.iterchildren("activity-date"):
        try:
            known.setdefault(code_of(element, "type"), (read_day(element.get("iso-date")), element))
        except LeftOut as left:
            accounts.leave_out(element, left.code, left.reason)
    start, end = _first(known, START), _first(known, END)
    if start is None:
        raise LeftOut("no_start", "There is no start date, neither actual nor planned.")
    if end and end[0] < start[0]:
        reason = f"The end {end[0]} comes before the start {start[0]}."
        accounts.leave_out(end[1], "reversed_dates", reason)
        end = None
    accounts.store(*(found[1] for found in (start, end) if found))
    _list_other_dates(activity, accounts)
    return start[0], end[0] if end else None


def _first(known: dict[str, Any], types: Iterable[str]) -> Any | None:
    return next((known[kind] for kind in types if kind in known), None)


def _list_other_dates(activity: Any, accounts: Accounts) -> None:
    for element in activity.iterchildren("activity-date"):
        if element not in accounts.kept and element not in accounts.listed:
            reason = "The actual date stands; of two equal types the first."
            accounts.leave_out(element, "other_date", reason)


def _coded(activity: Any, tag: str, codes: dict[str, Any], accounts: Accounts) -> Any | None:
    """What the code of the first such child means; None if it is missing or unknown."""
    element = activity.find(tag)
    if element is None:
        return None
    code = code_of(element)
    if code not in codes:
        accounts.leave_out(element, "unknown_code", f"There is no {tag} {code or '(none)'}.")
        return None
    accounts.store(element)
    return codes[code]


def _status(activity: Any, accounts: Accounts) -> str:
    status = _coded(activity, "activity-status", STATUSES, accounts)
    return status or Partnership.Status.REGISTERED


def _level(activity: Any, accounts: Accounts) -> str:
    """The stated scope; without one, as many countries as it works in say."""
    if level := _coded(activity, "activity-scope", LEVELS, accounts):
        return level
    countries = len(activity.findall("recipient-country"))
    if countries == 1:
        return Partnership.Level.NATIONAL
    return Partnership.Level.REGIONAL if countries else Partnership.Level.GLOBAL


def each(
    elements: Iterable[Any], accounts: Accounts, read: Callable[[Any], Any]
) -> list[tuple[Any, Any]]:
    """What `read` makes of each element; those it cannot read, and repetitions, are listed."""
    made: dict[Any, Any] = {}
    for element in elements:
        try:
            key, row = read(element)
            if key in made:
                raise LeftOut("repeated", "The same stands in the activity already.")
        except LeftOut as left:
            accounts.leave_out(element, left.code, left.reason)
        else:
            accounts.store(element)
            made[key] = row
    return list(made.items())


def countries(activity: Any, accounts: Accounts) -> list[PartnershipCountry]:
    codes = dict(Country.objects.values_list("alpha2", "pk"))

    def read(element: Any) -> tuple[int, PartnershipCountry]:
        code = code_of(element)
        if code not in codes:
            raise LeftOut("unknown_code", f"There is no country {code or '(none)'}.")
        share = _percentage(element, accounts)
        return codes[code], PartnershipCountry(country_id=codes[code], percentage=share)

    elements = activity.iterchildren("recipient-country")
    return [row for _, row in each(elements, accounts, read)]


def _percentage(element: Any, accounts: Accounts) -> Decimal | None:
    if not element.get("percentage"):
        return None
    try:
        share = fitting(read_number(element.get("percentage"), is_percent=True).value, 6, 3)
        if not 0 <= share <= 100:
            raise LeftOut("bad_percentage", f"{share} is no percentage.")
    except LeftOut as left:
        accounts.doubt(element, left.code, f"Stored without its share: {left.reason}")
        return None
    return share


def goals_and_targets(activity: Any, accounts: Accounts) -> tuple[set[int], set[int]]:
    """The SDGs and SDG targets that tags name, or sectors in the SDG vocabularies."""
    goals = {str(number): number for number in Goal.objects.values_list("number", flat=True)}
    targets = {code.upper(): pk for code, pk in Target.objects.values_list("code", "pk")}
    of = {
        ("tag", "2"): goals,
        ("tag", "3"): targets,
        ("sector", "7"): goals,
        ("sector", "8"): targets,
    }
    found: tuple[set[int], set[int]] = (set(), set())
    for element in activity.iterchildren("tag", "sector"):
        codes = of.get((element.tag, element.get("vocabulary")))
        if codes is None:
            continue
        code = code_of(element)
        if code in codes:
            found[codes is targets].add(codes[code])
            accounts.store(element)
            _mention_share(element, accounts)
        else:
            reason = f"There is no SDG goal or target {code or '(none)'}."
            accounts.leave_out(element, "unknown_code", reason)
    return found


def _mention_share(element: Any, accounts: Accounts) -> None:
    if element.tag == "sector" and element.get("percentage", "100") != "100":
        reason = f"The share of {element.get('percentage')} % is not kept."
        accounts.doubt(element, "share_not_kept", reason)


def markers(activity: Any, accounts: Accounts) -> list[Marker]:
    def read(element: Any) -> tuple[str, Marker]:
        code, significance = code_of(element), element.get("significance", "")
        if element.get("vocabulary", "1") != "1":
            raise LeftOut("not_kept_yet", "Only the OECD DAC policy markers are kept.")
        if code not in Marker.IATI:
            raise LeftOut("unknown_code", f"There is no policy marker {code or '(none)'}.")
        if significance not in {"0", "1", "2", "3", "4"}:
            raise LeftOut("unknown_code", f"There is no significance {significance or '(none)'}.")
        kind = Marker.IATI[code]
        return kind, Marker(kind=kind, significance=int(significance))

    return [row for _, row in each(activity.iterchildren("policy-marker"), accounts, read)]


def documents(activity: Any, accounts: Accounts) -> list[Document]:
    def read(element: Any) -> tuple[Any, Document]:
        document = Document(
            url=link(element),
            title=link_title(element),
            format=element.get("format", "")[:120].lower(),
            category=_category(element),
        )
        return (document.url, document.title), document

    return [row for _, row in each(activity.iterchildren("document-link"), accounts, read)]


def link(element: Any) -> str:
    """The address a document-link points to: of the web, and nothing a browser would run."""
    url = (element.get("url") or "").strip()
    if not url:
        raise LeftOut("missing_value", "The link has no address.")
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc or len(url) > 2000:
        raise LeftOut("bad_link", f"{url[:100]!r} is no address of the web.")
    return url


def link_title(element: Any) -> str:
    return (words(element.find("title")) or element.get("url", ""))[:500]


def _category(element: Any) -> str:
    category = element.find("category")
    return code_of(category)[:10] if category is not None else ""
