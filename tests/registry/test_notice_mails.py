"""Mails of notices: at once, in digests, never to who may not see, and stopped by one click."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from registry import mailing
from registry.models import Digest, Notice, NoticeSetting
from registry.tasks import mail_notices, send_digests
from tests.factories import (
    EventFactory,
    NoticeFactory,
    NoticeSettingFactory,
    PartnerFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(moment):
    return time_machine.travel(moment, tick=False)


def waiting(user, how, when, name="Partner A"):
    event = EventFactory(subject=PartnerFactory(name=name), kind="partner.verified")
    return NoticeFactory(user=user, event=event, how=how, created_at=when)


def test_mails_one_notice_once():
    person = UserFactory()
    notice = waiting(person, "at_once", MONDAY, "Well\r\nBcc: all@example.org")

    assert mail_notices() == 1
    assert mail_notices() == 0

    [sent] = mail.outbox
    assert sent.to == [person.email]
    assert sent.subject == "Well Bcc: all@example.org was verified"
    assert f"/partners/{notice.event.subject_id}/" in sent.body
    notice.refresh_from_db()
    assert notice.mailed_at


@pytest.mark.parametrize("how", ["daily", "weekly", "product"])
def test_mails_at_once_only_what_was_asked_for(how):
    waiting(UserFactory(), how, MONDAY)

    assert mail_notices() == 0
    assert mail.outbox == []


def test_a_closed_account_is_not_mailed():
    person = UserFactory()
    waiting(person, "at_once", MONDAY)
    waiting(person, "daily", MONDAY)
    person.is_active = False
    person.save()

    with at(MONDAY + timedelta(days=1)):
        assert (mail_notices(), send_digests()) == (0, 0)


def test_who_may_not_see_it_any_more_is_not_mailed():
    person = UserFactory()
    draft = PartnershipFactory(title="Secret title")
    event = EventFactory(subject=draft, kind="partnership.returned")
    NoticeFactory(user=person, event=event, group="partnerships")
    NoticeFactory(user=person, event=EventFactory(subject=draft), how="daily", created_at=MONDAY)

    with at(MONDAY + timedelta(days=1)):
        assert (mail_notices(), send_digests()) == (0, 0)

    assert mail.outbox == []
    assert not Notice.objects.unmailed().exists()
    assert not Notice.objects.filter(mailed_at__isnull=False).exists()


def test_what_must_be_told_is_told_without_the_name():
    draft = PartnershipFactory(title="Secret title")
    NoticeFactory(event=EventFactory(subject=draft), group="account")

    mail_notices()

    [sent] = mail.outbox
    assert "Secret title" not in sent.body + sent.subject
    assert "List-Unsubscribe" not in sent.extra_headers


def test_a_mail_that_failed_waits_and_is_tried_again(monkeypatch):
    waiting(UserFactory(), "at_once", MONDAY)

    def fail(*_):
        raise ConnectionRefusedError

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", fail)
        assert mail_notices() == 0
    notice = Notice.objects.get()
    assert (notice.mailed_at, notice.mail_attempts) == (None, 1)
    assert mail_notices() == 0  # not before the lease has ended

    Notice.objects.update(mail_lease_until=LONG_AGO)
    assert mail_notices() == 1


def test_two_workers_do_not_mail_the_same():
    waiting(UserFactory(), "at_once", MONDAY)
    assert Notice.objects.claim_next_mail()

    assert Notice.objects.claim_next_mail() is None
    assert mail_notices() == 0


def test_digest_gathers_the_day_in_one_mail():
    person, other = UserFactory(), UserFactory()
    for number in range(3):
        waiting(person, "daily", MONDAY - timedelta(hours=number + 2), f"Partner {number}")
    late = waiting(person, "daily", MONDAY - timedelta(minutes=20))
    waiting(other, "daily", MONDAY - timedelta(hours=2))

    with at(MONDAY - timedelta(minutes=31)):
        assert send_digests() == 0  # its hour has not come
    with at(MONDAY):
        assert send_digests() == 2
        assert send_digests() == 0

    sent = {m.to[0]: m for m in mail.outbox}
    assert sent[person.email].body.count("was verified") == 3
    assert sent[person.email].subject == "3 notices from the partnership registry"
    late.refresh_from_db()
    assert late.mailed_at is None
    with at(MONDAY + timedelta(days=1)):
        assert send_digests() == 1
    assert len(mail.outbox) == 3


def test_weekly_comes_on_monday_and_with_the_daily_in_one_mail():
    person = UserFactory()
    waiting(person, "weekly", MONDAY - timedelta(days=3), "Weekly")
    waiting(person, "daily", MONDAY - timedelta(hours=3), "Daily")
    with at(MONDAY - timedelta(days=2)):
        assert send_digests() == 0

    with at(MONDAY):
        assert send_digests() == 1

    assert "Weekly" in mail.outbox[0].body
    assert "Daily" in mail.outbox[0].body


def test_a_monday_that_was_missed_is_made_up_for():
    waiting(UserFactory(), "weekly", MONDAY - timedelta(days=3))

    with at(MONDAY + timedelta(days=2)):
        assert send_digests() == 1


def test_the_hour_is_local(settings):
    settings.NOTICES_TIME_ZONE = "Africa/Nairobi"  # three hours ahead
    waiting(UserFactory(), "daily", MONDAY - timedelta(hours=9))

    with at(MONDAY - timedelta(hours=4)):
        assert send_digests() == 0
    with at(MONDAY - timedelta(hours=3)):
        assert send_digests() == 1


def test_a_worker_that_died_over_a_digest_leaves_it_to_another():
    person = UserFactory()
    waiting(person, "daily", MONDAY - timedelta(hours=2))
    assert Digest.claim(person, MONDAY.date())  # and then the worker is killed

    with at(MONDAY):
        assert send_digests() == 0
        Digest.objects.update(lease_until=LONG_AGO)
        assert send_digests() == 1


def stop_link(message):
    header = message.extra_headers["List-Unsubscribe"]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return re.fullmatch(r"<https?://[^/]+(/.+)>", header)[1]


def test_one_click_stops_the_group_and_a_look_does_not(client):
    person = UserFactory()
    waiting(person, "at_once", MONDAY)
    mail_notices()
    link = stop_link(mail.outbox[0])

    assert client.get(link).status_code == 200
    assert NoticeSetting.chosen_by(person)["partners"] == "at_once"
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    chosen = NoticeSetting.chosen_by(person)
    assert (chosen["partners"], chosen["account"], chosen["other"]) == (
        "product",
        "at_once",
        "at_once",
    )


def test_a_digests_link_stops_all_that_may_be_stopped(client):
    person = UserFactory()
    NoticeSettingFactory(user=person, how="weekly")
    waiting(person, "daily", MONDAY - timedelta(hours=2))
    with at(MONDAY):
        send_digests()

    client.post(stop_link(mail.outbox[0]))

    chosen = NoticeSetting.chosen_by(person)
    assert {chosen.pop("account"), *chosen.values()} == {"at_once", "product"}


def test_a_forged_link_does_nothing(client):
    person = UserFactory()
    token = mailing.unsubscribe_url(person, "partners").rstrip("/").rpartition("/")[2]

    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", token.upper()):
        assert client.post(f"/notices/stop/{forged}/").status_code == 404
    assert not NoticeSetting.objects.exists()
