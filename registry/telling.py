"""Who is told of which event: one table, to which the apps above add their own kinds."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from registry.models import Affiliation, Event, JoinRequest, Notice, OutboxEntry, User
from registry.models.notices import How
from registry.subjects import page_url, visible_subjects

Recipients = Callable[[Event], Iterable[User]]


class Telling(NamedTuple):
    """Whom an event's kind is told, and in which words; `{}` is the record's name."""

    recipients: Recipients | None
    words: str


TABLE: dict[str, Telling] = {}


def tells(kind: str, words: str, recipients: Recipients | None = None) -> None:
    """Add a kind. Without recipients, whoever writes the event tells people itself."""
    TABLE[kind] = Telling(recipients, words)


def tell(event: Event) -> None:
    """Tell the people of the table, except who did it; told again, nothing happens."""
    telling = TABLE.get(event.kind)
    if telling and telling.recipients:
        people = [user for user in telling.recipients(event) if user.pk != event.by_id]
        Notice.tell(event, people)


def tell_quietly(since: datetime) -> None:
    """Tell what waits and is not older, in the product only, and forget the rest: for events
    that were written all at once about the past, such as a demonstration's."""
    waiting = Event.objects.filter(outbox__isnull=False)
    for event in waiting.filter(at__gte=since, kind__in=TABLE).order_by("pk"):
        tell(event)
    told = Notice.objects.filter(event__in=waiting.values("pk"))
    of_event = Event.objects.filter(pk=OuterRef("event_id")).values("at")
    told.update(how=How.PRODUCT, created_at=Subquery(of_event))
    OutboxEntry.objects.filter(event__in=waiting.values("pk")).delete()


class Line(NamedTuple):
    """A notice as its reader sees it now."""

    notice: Notice
    words: str
    url: str
    is_visible: bool


def lines_for(notices: Sequence[Notice]) -> list[Line]:
    """One person's notices in words: a query for each type of record they are about."""
    if not notices:
        return []
    seen = visible_subjects([notice.event for notice in notices], notices[0].user)
    lines = []
    for notice in notices:
        subject = seen.get((notice.event.subject_type, notice.event.subject_id))
        url = page_url(subject) if subject else ""
        lines.append(Line(notice, words_for(notice.kind, subject), url, subject is not None))
    return lines


def words_for(kind: str, subject: Any) -> str:
    """What happened, in a line; without the record's name where it is not to be seen."""
    what, _, verb = kind.partition(".")
    telling = TABLE.get(kind)
    words = telling.words if telling else "{}: " + verb.replace("_", " ")
    name = str(subject) if subject is not None else f"a {what} that you do not see any more"
    line = " ".join(words.replace("{}", name).split())
    return line[:1].upper() + line[1:]


def managers_of(partner_ids: Iterable[int]) -> Iterable[User]:
    """People who manage one of the partners."""
    roles = Affiliation.objects.filter(partner__in=partner_ids, role=Affiliation.Role.MANAGER)
    return User.objects.filter(pk__in=roles.values("user_id"), is_active=True)


def admins() -> Iterable[User]:
    return User.objects.filter(is_staff=True, is_active=True, is_service=False)


def _managers_of_partner(event: Event) -> Iterable[User]:
    return managers_of([event.subject_id])


def _managers_asked(event: Event) -> Iterable[User]:
    asked = JoinRequest.objects.filter(pk=event.subject_id)
    return managers_of(asked.values_list("partner_id", flat=True))


def _who_asked(event: Event) -> Iterable[User]:
    return User.objects.filter(join_requests=event.subject_id)


def _admins_of_registry(event: Event) -> Iterable[User]:
    return admins()


tells("partner.registered", "{} waits to be verified", _admins_of_registry)
tells("partner.verified", "{} was verified", _managers_of_partner)
tells("partner.suspended", "{} was suspended", _managers_of_partner)
tells("partner.basis_overridden", "{}: what it reports on was changed", _managers_of_partner)
tells("joinrequest.asked", "Somebody asks to act for a partner: {}", _managers_asked)
tells("joinrequest.accepted", "Your request was accepted: {}", _who_asked)
tells("joinrequest.declined", "Your request was declined: {}", _who_asked)
tells("webhook.disabled", "A {} was switched off after failures")
# Told by the services themselves: only the words stand here.
tells("partner.affiliated", "A role was given at {}")
tells("partner.disaffiliated", "A role was taken away at {}")
tells("partner.manager_appointed", "{}: an admin appointed a manager")
tells("partner.manager_alone", "{} has one manager only: appoint a second one")
tells("user.token_expiring", "An access token of {} expires soon")
