import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import Notice, NoticeSetting, User
from tests.factories import EventFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_tells_each_person_once():
    event, people = EventFactory(), UserFactory.create_batch(2)

    Notice.tell(event, [*people, people[0]])
    Notice.tell(event, User.objects.filter(pk=people[1].pk))

    told = Notice.objects.order_by("user_id").values_list("user_id", "kind", "read_at")
    assert list(told) == [(person.pk, "partner.changed", None) for person in people]


def test_tells_no_service_account_and_nobody_who_has_left():
    gone = UserFactory(is_active=False)

    Notice.tell(EventFactory(), [gone, UserFactory(service=True)])

    assert not Notice.objects.exists()


def test_is_undone_with_what_caused_it():
    person = UserFactory()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Notice.tell(EventFactory(), [person])
        raise ZeroDivisionError

    assert not Notice.objects.exists()


def test_asks_the_database_as_often_for_many_as_for_one(django_assert_num_queries):
    for number in (1, 20):
        event, people = EventFactory(), UserFactory.create_batch(number)
        # settings; notices
        with django_assert_num_queries(2):
            Notice.tell(event, people)


def test_follows_what_the_person_chose():
    event, daily, plain = EventFactory(), UserFactory(), UserFactory()
    NoticeSetting.choose(daily, "partners", "daily")

    Notice.tell(event, [daily, plain])

    assert dict(Notice.objects.values_list("user_id", "how")) == {
        daily.pk: "daily",
        plain.pk: "at_once",
    }


def test_a_choice_holds_for_what_waits_too():
    event, person = EventFactory(), UserFactory()
    Notice.tell(event, [person])

    NoticeSetting.choose(person, "partners", "product")

    assert not Notice.objects.unmailed().exists()


@pytest.mark.parametrize(
    ("group", "how", "field"),
    [
        ("account", "product", "how"),
        ("account", "weekly", "how"),
        ("nothing", "daily", "group"),
        ("partners", "pigeon", "how"),
    ],
)
def test_refuses_what_cannot_be_chosen(group, how, field):
    person = UserFactory()

    with pytest.raises(ValidationError) as refusal:
        NoticeSetting.choose(person, group, how)

    assert list(refusal.value.error_dict) == [field]
    assert not NoticeSetting.objects.exists()


def test_a_person_sees_only_their_own():
    event, mine, other = EventFactory(), UserFactory(), UserFactory(admin=True)
    Notice.tell(event, [mine, other])

    assert [n.user for n in Notice.objects.visible_to(mine)] == [mine]
    assert [n.user for n in Notice.objects.visible_to(other)] == [other]
