import threading
from contextlib import closing

import pytest
from django.db import connection, transaction
from django.utils import timezone

from registry import deliveries, telling
from registry.models import Event, Notice, OutboxEntry, WebhookDelivery
from registry.tasks import tell_events
from tests.factories import EventFactory, PartnerFactory, UserFactory, WebhookFactory

pytestmark = pytest.mark.django_db


def happened(subject=None, **values):
    subject = subject or PartnerFactory()
    return EventFactory(subject=subject, at=timezone.now(), **values)


def test_every_event_is_queued_in_its_own_transaction():
    partner = PartnerFactory()
    kept = Event.log(partner, "edited")
    Event.objects.bulk_create([Event(kind="partner.x", subject_type="", subject_id=1)] * 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Event.log(partner, "lost")
        raise ZeroDivisionError

    assert OutboxEntry.objects.count() == 2
    assert OutboxEntry.objects.get(pk=kept.pk).attempts == 0


def test_telling_empties_the_outbox_and_again_tells_nothing():
    webhook = WebhookFactory()
    events = [happened() for _ in range(3)]

    assert tell_events() == 3
    assert tell_events() == 0

    told = WebhookDelivery.objects.filter(webhook=webhook)
    assert set(told.values_list("event", flat=True)) == {event.pk for event in events}
    assert not OutboxEntry.objects.exists()


def test_an_event_told_twice_is_queued_once():
    webhook, event = WebhookFactory(), happened()

    for _ in range(2):
        deliveries.fan_out(event)

    assert webhook.deliveries.count() == 1


def test_a_bad_event_holds_up_no_other(monkeypatch):
    webhook = WebhookFactory()
    bad, good = happened(), happened()
    real = deliveries.fan_out

    def fan_out(event):
        real(event)
        assert event != bad

    monkeypatch.setattr(deliveries, "fan_out", fan_out)
    assert tell_events() == 1

    assert [one.event for one in webhook.deliveries.all()] == [good]
    entry = OutboxEntry.objects.get()
    assert (entry.event, entry.attempts) == (bad, 1)
    assert entry.due_at > timezone.now()


def test_lag_is_the_age_of_the_oldest(api):
    happened()
    OutboxEntry.objects.update(queued_at=timezone.now() - timezone.timedelta(minutes=2))
    api.force_authenticate(UserFactory(admin=True))

    shown = api.get("/api/v1/outbox/").json()

    assert shown["waiting"] == 1
    assert 119 < shown["seconds"] < 180


@pytest.mark.parametrize("number", [1, 5])
def test_telling_costs_the_same_whoever_listens_not(number, django_assert_num_queries):
    WebhookFactory.create_batch(number, kinds=["period.*"])
    happened()

    # savepoint; entries; savepoint; webhooks that want it; release; entry away; release, none left
    with django_assert_num_queries(7):
        tell_events()


@pytest.mark.django_db(transaction=True)
def test_events_committed_out_of_order_are_all_told():
    """The one that began first commits last: a cursor over ids would have passed it by."""
    partner, began, go_on = PartnerFactory(), threading.Event(), threading.Event()
    WebhookFactory()
    first = []

    def slow():
        with closing(connection), transaction.atomic():
            first.append(Event.log(partner, "slow").pk)
            began.set()
            assert go_on.wait(10)

    writer = threading.Thread(target=slow)
    writer.start()
    assert began.wait(10)
    second = Event.log(partner, "quick").pk
    assert first[0] < second
    tell_events()
    assert list(told()) == [second]

    go_on.set()
    writer.join(10)
    tell_events()

    assert list(told()) == [second, *first]


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_share_the_events():
    """What one holds, the other passes over: nobody waits, nothing is told twice."""
    WebhookFactory()
    held = happened()
    done = []

    def other():
        with closing(connection):
            done.append(tell_events())

    with transaction.atomic():
        assert [entry.event for entry in OutboxEntry.objects.take(10)] == [held]
        worker = threading.Thread(target=other)
        worker.start()
        worker.join(10)
        assert done == [0]
    assert tell_events() == 1


def told():
    return WebhookDelivery.objects.order_by("pk").values_list("event", flat=True)


def test_people_of_the_table_are_told_but_not_who_did_it():
    partner, admin = PartnerFactory(pending=True), UserFactory(admin=True)
    manager, _observer = UserFactory(manages=partner), UserFactory(observes=partner)
    other = UserFactory(admin=True, manages=partner)
    partner.verify(by=other)

    tell_events()

    assert [notice.user for notice in Notice.objects.all()] == [manager]
    assert admin.notices.count() == 0


def test_every_kind_of_the_table_has_words():
    for kind, entry in telling.TABLE.items():
        line = telling.words_for(kind, "Name")
        assert line, entry
        assert "{}" not in line
