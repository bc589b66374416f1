"""A country's priorities: who lists them, what stays, and what stood on a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.errors import DomainError, NotAllowed, StaleVersion
from registry.models import Event, NationalPriority
from registry.services.national_priorities import (
    end_priority,
    list_priority,
    order_priorities,
    reword_priority,
)
from tests.factories import (
    CountryFactory,
    FocalPointFactory,
    NationalPriorityFactory,
    PartnerFactory,
    TargetFactory,
    UserFactory,
)
from tests.moves import field_of, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def point():
    return FocalPointFactory()


@pytest.fixture
def manager(point):
    return UserFactory(manages=point.partner)


def test_the_focal_points_manager_lists_them_in_order(point, manager):
    target = TargetFactory()

    first = list_priority(point.country, by=manager, title="  الماء  للجميع ", targets=[target])
    second = list_priority(point.country, by=manager, title="人人享有清洁饮水", text="到二〇三〇年")

    assert (first.title, first.position, second.position) == ("الماء للجميع", 1, 2)
    assert (first.since_on, first.until_on) == (timezone.localdate(), None)
    assert list(first.targets.all()) == [target]
    assert Event.objects.about(first).get().by == manager


def test_an_admin_lists_for_a_country_without_a_focal_point():
    priority = list_priority(CountryFactory(), by=UserFactory(admin=True), title="Water")

    assert NationalPriority.objects.get() == priority


def _other_country():
    return UserFactory(
        manages=FocalPointFactory(partner__country=CountryFactory(alpha2="PE")).partner
    )


@pytest.mark.parametrize(
    "person",
    [
        lambda point: UserFactory(),
        lambda point: UserFactory(evaluates=point.partner),
        lambda point: UserFactory(manages=PartnerFactory(country=point.country)),
        lambda point: _other_country(),
    ],
)
def test_nobody_else_lists(person):
    point = FocalPointFactory(partner__country=CountryFactory(alpha2="KE"))

    with refused("focal_point_only", NotAllowed):
        list_priority(point.country, by=person(point), title="Water")

    assert not NationalPriority.objects.exists()


def test_a_suspended_one_lists_no_more(point, manager):
    point.partner.suspend(by=UserFactory(admin=True), reason="Doubts.")

    with refused("focal_point_only", NotAllowed):
        list_priority(point.country, by=manager, title="Water")


def test_a_former_focal_point_lists_no_more(point, manager):
    priority = list_priority(point.country, by=manager, title="Water")
    point.end(by=UserFactory(admin=True), reason="Elections.")

    for forbidden in (
        lambda: list_priority(point.country, by=manager, title="Health"),
        lambda: end_priority(priority, by=manager, reason="Done."),
        lambda: reword_priority(priority, by=manager, title="Clean water"),
        lambda: order_priorities(point.country, by=manager, keys=[priority.pk]),
    ):
        with refused("focal_point_only", NotAllowed):
            forbidden()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "Water", "text": "x" * 5_001}, "text"),
        ({"title": "Water", "since_on": date(2999, 1, 1)}, "since_on"),
    ],
)
def test_wrong_input(point, manager, fields, field):
    with pytest.raises(ValidationError) as refusal:
        list_priority(point.country, by=manager, **fields)

    assert field_of(refusal.value) == field


def test_the_same_priority_stands_once(point, manager):
    list_priority(point.country, by=manager, title="Water")

    with refused("national_priority_once"):
        list_priority(point.country, by=manager, title=" Water ")


def test_ended_and_listed_again(point, manager):
    priority = NationalPriorityFactory(country=point.country, title="Water")

    with pytest.raises(ValidationError):
        end_priority(priority, by=manager, reason=" ")
    with pytest.raises(ValidationError) as refusal:
        end_priority(priority, by=manager, reason="Done.", until_on=date(2023, 12, 31))
    assert field_of(refusal.value) == "until_on"
    end_priority(priority, by=manager, reason="Done.", until_on=date(2025, 6, 30))
    with refused("priority_ended"):
        end_priority(priority, by=manager, reason="Done.")

    list_priority(point.country, by=manager, title="Water")


def test_what_stood_on_a_day_as_it_was_known_then(point, manager):
    """Told on 1 March 2025 that it had ended on 31 December 2024."""
    priority = NationalPriorityFactory(country=point.country, since_on=date(2024, 2, 1))
    NationalPriority.objects.filter(pk=priority.pk).update(
        until_on=date(2024, 12, 31), ended_at=datetime(2025, 3, 1, tzinfo=UTC)
    )
    before, after = datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC)

    def stands(on, at):
        return NationalPriority.objects.standing(on, at).exists()

    assert not stands(date(2024, 1, 31), after)
    assert stands(date(2024, 2, 1), after)
    assert stands(date(2024, 12, 31), after)
    assert not stands(date(2025, 1, 1), after)
    assert stands(date(2025, 1, 1), before)
    assert not stands(date(2024, 6, 1), datetime(2024, 1, 1, tzinfo=UTC))


def test_reworded_is_ended_and_listed_anew_at_its_place(point, manager):
    target = TargetFactory()
    priority = NationalPriorityFactory(country=point.country, position=3, targets=[target])

    new = reword_priority(priority, by=manager, title="Safe water")

    priority.refresh_from_db()
    yesterday = timezone.localdate() - timedelta(days=1)
    assert (priority.until_on, new.until_on) == (yesterday, None)
    assert (new.title, new.position, list(new.targets.all())) == ("Safe water", 3, [target])


@pytest.mark.parametrize("since_on", [date(2024, 2, 1), date(2025, 3, 5)])
def test_of_two_wordings_one_stands_on_each_day(point, manager, since_on):
    """Reworded at noon on 5 March 2025: on that day the new words stand, whenever one looks after
    that; whoever looks at what was known in the morning finds the old ones."""
    with time_machine.travel("2025-03-05T08:00Z", tick=False):
        list_priority(point.country, by=manager, title="Water", since_on=since_on)
    old = NationalPriority.objects.get()
    with time_machine.travel("2025-03-05T12:00Z", tick=False):
        reword_priority(old, by=manager, title="Safe water")

    def stand(on, at):
        return [one.title for one in NationalPriority.objects.standing(on, at)]

    morning, evening = (datetime(2025, 3, 5, hour, tzinfo=UTC) for hour in (9, 20))
    assert stand(date(2025, 3, 5), evening) == ["Safe water"]
    assert stand(date(2025, 3, 6), evening) == ["Safe water"]
    assert stand(date(2025, 3, 5), morning) == ["Water"]
    before = ["Water"] if since_on < date(2025, 3, 4) else []
    assert stand(date(2025, 3, 4), evening) == before


def test_an_end_does_not_come_before_the_day_before_it_began(point):
    priority = NationalPriorityFactory(country=point.country, since_on=date(2024, 2, 1))
    ended = {"ended_at": timezone.now()}
    stored = NationalPriority.objects.filter(pk=priority.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        stored.update(until_on=date(2024, 1, 30), **ended)
    stored.update(until_on=date(2024, 1, 31), **ended)


def test_words_and_targets_stay(point):
    priority = NationalPriorityFactory(country=point.country, targets=[TargetFactory()])

    for change in (
        lambda: NationalPriority.objects.filter(pk=priority.pk).update(title="Other"),
        lambda: priority.targets.clear(),
        lambda: NationalPriority.objects.filter(pk=priority.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_order_names_each_once(point, manager):
    one, two, three = (
        NationalPriorityFactory(country=point.country, position=n) for n in (1, 2, 3)
    )
    order_priorities(point.country, by=manager, keys=[three.pk, one.pk, two.pk])
    assert list(point.country.national_priorities.in_order()) == [three, one, two]

    for keys in ([one.pk], [one.pk, one.pk, two.pk], [one.pk, two.pk, three.pk, 0]):
        with pytest.raises(ValidationError) as refusal:
            order_priorities(point.country, by=manager, keys=keys)
        assert field_of(refusal.value) == "priorities"


@pytest.mark.django_db(transaction=True)
def test_ended_twice_at_once_is_ended_once():
    point = FocalPointFactory()
    manager = UserFactory(manages=point.partner)
    priority = NationalPriorityFactory(country=point.country)
    copies = [NationalPriority.objects.get(pk=priority.pk) for _ in range(2)]

    outcomes = race(
        *(lambda copy=copy: end_priority(copy, by=manager, reason="Done.") for copy in copies)
    )

    assert sorted(type(one) for one in outcomes if not isinstance(one, NationalPriority)) == [
        StaleVersion
    ]
    assert Event.objects.about(priority).filter(kind="nationalpriority.ended").count() == 1


def test_no_more_than_a_hundred(point, manager):
    NationalPriority.objects.bulk_create(
        NationalPriority(country=point.country, title=f"P {n}", since_on=date(2024, 1, 1))
        for n in range(100)
    )

    with refused("too_many_priorities", DomainError):
        list_priority(point.country, by=manager, title="One more")
