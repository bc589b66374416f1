"""What Celery does for the registry. Tasks may run twice and are only hints: see the rows."""

import logging
import time
from datetime import timedelta

from axes.models import AccessAttempt
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from registry import deliveries, mailing, telling
from registry.errors import DomainError
from registry.mails import deliver, send_invitation
from registry.models import (
    DueDiligence,
    Event,
    Invitation,
    InvitationMail,
    Notice,
    OutboxEntry,
    Partner,
    Token,
    User,
    WebhookDelivery,
)
from registry.models.idempotency import IdempotentAnswer
from registry.models.tokens import REMIND_DAYS
from registry.seals import seal

logger = logging.getLogger(__name__)

MAIL_AGAIN_AFTER = 300  # seconds until a mail that failed, or whose hint was lost, is tried again
ASK_AGAIN_DAYS = 30
AT_A_TIME = 100
WORKING_SECONDS = 30.0  # then the worker is left to others; what remains is found again


@shared_task
def mail_invitation(mail_pk: int) -> None:
    """Send an invitation's mail; a second delivery, or an invitation that ended, sends nothing."""
    mail = InvitationMail.objects.select_related("invitation__partner").get(pk=mail_pk)
    invitation = mail.invitation
    deliver(mail, lambda: send_invitation(invitation, invitation.new_secret()))


@shared_task
def sweep_invitation_mails() -> int:
    """Give the hint again for mails that lost theirs or have to be tried again."""
    InvitationMail.objects.give_up()
    keys = InvitationMail.objects.hint_again(MAIL_AGAIN_AFTER)
    for key in keys:
        mail_invitation.delay(key)
    return len(keys)


@shared_task
def forget_old_answers() -> int:
    """Each hour: answers kept for a repetition go when their time is over."""
    return IdempotentAnswer.objects.expired().delete()[0]


@shared_task
def expire_invitations() -> int:
    """Each hour: end what has run out, and erase the addresses."""
    return Invitation.objects.all().expire()


@shared_task
def remind_of_expiring_tokens() -> int:
    """Each hour: tell whoever keeps a token that it ends in 14 or 3 days, each once."""
    told = 0
    for days in sorted(REMIND_DAYS):
        for pk in list(Token.objects.expiring_in(days).values_list("pk", flat=True)):
            told += _remind(pk, days)
    return told


@transaction.atomic
def _remind(token_pk: str, days: int) -> int:
    rows = Token.objects.expiring_in(days).select_for_update(skip_locked=True, of=("self",))
    token = rows.filter(pk=token_pk).first()
    if token is None:  # revoked, or told of by another worker
        return 0
    facts = {"token": token.shown_key, "days": days}
    event = Event.log(token.user, "token_expiring", by=None, facts=facts)
    Notice.tell(event, _keepers_of(token.user))
    Token.objects.filter(pk=token.pk).update(reminded_days=days)
    return 1


def _keepers_of(owner: User) -> list[User]:
    if not owner.is_service:
        return [owner]
    partners = owner.affiliations.values_list("partner_id", flat=True)
    return [user for pk in partners for user in User.objects.managers_of(pk)]


@shared_task
def remind_of_due_diligence() -> int:
    """Each day: tell whose review ends in 60, 30 or 7 days, or has ended; each once."""
    return DueDiligence.objects.remind(on=timezone.localdate())


@shared_task
def ask_for_second_managers() -> int:
    """Each day: tell whoever manages a partner alone, once a month while it holds."""
    asked = 0
    for pk in list(Partner.objects.with_managers(1).values_list("pk", flat=True)):
        asked += _ask_for_second(pk)
    return asked


@transaction.atomic
def _ask_for_second(partner_pk: int) -> int:
    partner = Partner.objects.select_for_update(no_key=True).get(pk=partner_pk)
    alone = partner.needs_second_manager()
    if not alone or Event.objects.about(partner).lately("partner.manager_alone", ASK_AGAIN_DAYS):
        return 0
    event = Event.log(partner, "manager_alone", by=None)
    Notice.tell(event, User.objects.managers_of(partner.pk))
    return 1


@shared_task
def tell_events() -> int:
    """Tell the events that wait in the outbox: to the people of the table and to webhooks."""
    told, until = 0, time.monotonic() + WORKING_SECONDS
    while time.monotonic() < until:
        batch, done = _tell_batch()
        told += done
        if batch < AT_A_TIME:
            break
    if told:
        transaction.on_commit(call_webhooks.delay, robust=True)
        transaction.on_commit(mail_notices.delay, robust=True)
    return told


@transaction.atomic
def _tell_batch() -> tuple[int, int]:
    """An entry goes in the transaction that stores what came of it: told once, never lost."""
    entries, done = OutboxEntry.objects.take(AT_A_TIME), []
    for entry in entries:
        try:
            with transaction.atomic():
                telling.tell(entry.event)
                deliveries.fan_out(entry.event)
            done.append(entry.pk)
        except Exception:
            logger.exception("event %s could not be told; it is tried again", entry.pk)
            entry.put_off()
    OutboxEntry.objects.filter(pk__in=done).delete()
    return len(entries), len(done)


@shared_task
def call_webhooks() -> int:
    """Make the attempts that are due, one after the other."""
    WebhookDelivery.objects.give_up()
    made, until = 0, time.monotonic() + WORKING_SECONDS
    while time.monotonic() < until:
        delivery = WebhookDelivery.objects.claim_next()
        if delivery is None:
            break
        try:
            deliveries.attempt(delivery)
        except DatabaseError:
            logger.exception("%s: what came of it was not stored; its lease ends", delivery)
        made += 1
    return made


@shared_task
def mail_notices() -> int:
    """Mail what people want to know at once."""
    mailed, until = 0, time.monotonic() + WORKING_SECONDS
    while time.monotonic() < until:
        notice = Notice.objects.claim_next_mail()
        if notice is None:
            break
        try:
            mailed += mailing.mail_at_once(notice)
        except OSError:
            logger.exception("notice %s was not mailed; it is tried again", notice.pk)
    return mailed


@shared_task
def send_digests() -> int:
    """Send each person's digest of the day, once its hour has come."""
    due = mailing.cutoffs(timezone.now())
    if due is None:
        return 0
    waiting = Notice.objects.for_digest(due.daily_before, due.weekly_before)
    sent = 0
    for user in User.objects.filter(pk__in=waiting.values("user_id")):
        try:
            sent += mailing.send_digest(user, due)
        except OSError:
            logger.exception("the digest of user %s was not sent; it is tried again", user.key)
    return sent


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=3)
def tell_of_lock(user_pk: int) -> None:
    """Tell the owner that sign-in is locked for a while; nobody has number 0."""
    owner = User.objects.filter(pk=user_pk, is_active=True).first()
    if owner is None:
        return
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    text = render_to_string("account/email/locked_message.txt", {"minutes": minutes})
    send_mail("Too many attempts to sign in to your account", text, None, [owner.email])


@shared_task
def forget_old_attempts() -> int:
    """Each night: what is kept on failed attempts to sign in goes after a day; so do sessions
    that have ended."""
    call_command("clearsessions")
    old = timezone.now() - timedelta(days=1)
    return AccessAttempt.objects.filter(attempt_time__lt=old).delete()[0]


@shared_task
def drop_unconfirmed_accounts() -> int:
    """Each night: an account whose e-mail nobody confirmed within a week goes.

    Only one that signed itself up: it has an unconfirmed address, and nobody gave it a role.
    """
    stale = User.objects.filter(
        emailaddress__isnull=False,
        last_login=None,
        is_staff=False,
        is_service=False,
        affiliations=None,
        joined_at__lt=timezone.now() - timedelta(days=7),
    ).exclude(emailaddress__verified=True)
    return User.objects.filter(pk__in=stale.values("pk")).delete()[0]


@shared_task
def seal_audit() -> int:
    """Seal what the audit log has got; run every AUDIT_SEAL_SECONDS."""
    try:
        return seal()
    except DomainError as refused:
        logger.critical("The audit log is not sealed: %s", refused.detail)
        return 0
