"""Mails of notices: what a person may see at the moment of sending, and a way to stop them.

Sending is at least once: a worker that dies after the mail server took the mail, and before it
could say so, leaves a notice that is mailed again once its lease has ended.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from registry.models import Digest, Notice, NoticeSetting, User
from registry.models.notices import GROUPS, How
from registry.telling import Line, lines_for

SALT = "registry.notices.unsubscribe"
EVERYTHING = "*"


def lines_to_mail(notices: Sequence[Notice]) -> list[Line]:
    """What may be mailed: what the reader may see, and what everybody must be told."""
    lines = lines_for(notices)
    return [line for line in lines if line.is_visible or GROUPS[line.notice.group].mandatory]


def mail_at_once(notice: Notice) -> bool:
    """Mail one claimed notice; False if its reader may not see the record any more."""
    one = Notice.objects.filter(pk=notice.pk)
    lines = lines_to_mail([notice])
    if not lines:
        one.keep_in_product()
        return False
    group = "" if GROUPS[notice.group].mandatory else notice.group
    _send(notice.user, lines[0].words, lines, group)
    one.mark_mailed()
    return True


class Cutoffs(NamedTuple):
    """A day's digest: what came before these moments is in it."""

    on: date
    daily_before: datetime
    weekly_before: datetime


def cutoffs(now: datetime) -> Cutoffs | None:
    """Of the local day, once its hour has come; the week begins on Monday."""
    zone = ZoneInfo(settings.NOTICES_TIME_ZONE)
    local = now.astimezone(zone)
    hour = time(settings.NOTICES_DIGEST_HOUR)
    if local.time() < hour:
        return None
    monday = local.date() - timedelta(days=local.weekday())
    daily, weekly = (datetime.combine(day, hour, zone) for day in (local.date(), monday))
    return Cutoffs(local.date(), daily, weekly)


def send_digest(user: User, due: Cutoffs) -> bool:
    """Send the day's digest unless it was sent; one mail per person and day."""
    digest = Digest.claim(user, due.on)
    if digest is None:
        return False
    mine = Notice.objects.filter(user=user).for_digest(due.daily_before, due.weekly_before)
    notices = list(mine.select_related("user", "event").order_by("pk")[:200])
    lines = lines_to_mail(notices)
    if lines:
        count = f"{len(lines)} notice" + ("s" if len(lines) > 1 else "")
        _send(user, f"{count} from the partnership registry", lines, EVERYTHING)
    shown = {line.notice.pk for line in lines}
    with transaction.atomic():
        Digest.objects.filter(pk=digest.pk).update(sent_at=timezone.now())
        Notice.objects.filter(pk__in=shown).mark_mailed()
        hidden = [notice.pk for notice in notices if notice.pk not in shown]
        Notice.objects.filter(pk__in=hidden).keep_in_product()
    return bool(lines)


def unsubscribe_url(user: User, group: str) -> str:
    token = signing.dumps([str(user.key), group], salt=SALT)
    return settings.SITE_URL + reverse("unsubscribe", args=[token])


def read_link(token: str) -> tuple[User, str] | None:
    """Whose mails a signed link would stop, and of which group; None if it is not ours."""
    try:
        key, group = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    user = User.objects.filter(key=key).first()
    return (user, str(group)) if user else None


@transaction.atomic
def stop_mails(user: User, group: str) -> None:
    """Of the group, or of all that may be switched off."""
    for name, offered in GROUPS.items():
        if group in (EVERYTHING, name) and not offered.mandatory:
            NoticeSetting.choose(user, name, How.PRODUCT)


def _send(user: User, subject: str, lines: list[Line], group: str) -> None:
    stop = unsubscribe_url(user, group) if group else ""
    context = {
        "lines": lines,
        "site": settings.SITE_URL,
        "settings_url": settings.SITE_URL + reverse("notice-settings"),
        "stop": stop,
    }
    headers = {"Auto-Submitted": "auto-generated"}
    if stop:
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = render_to_string("registry/mail_notices.txt", context)
    EmailMessage(subject[:150], text, to=[user.email], headers=headers).send()
