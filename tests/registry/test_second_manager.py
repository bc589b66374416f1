"""A partner that one person holds alone is asked for a second; one that nobody holds, an admin."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from registry import tasks
from registry.errors import NotAllowed
from registry.models import Event, Notice, Partner, RoleReason
from registry.services import people
from registry.services.partners import register_partner
from registry.services.privacy import erase_person
from tests.factories import AffiliationFactory, PartnerFactory, RoleReasonFactory, UserFactory
from tests.moves import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory()


def test_who_manages_alone_is_told_once_a_month_while_it_holds(partner):
    alone = UserFactory(manages=partner)
    both = PartnerFactory()
    UserFactory(manages=both)
    UserFactory(manages=both)

    assert [tasks.ask_for_second_managers() for _ in range(2)] == [1, 0]
    assert [notice.user for notice in Notice.objects.all()] == [alone]

    at = Event.objects.get(kind="partner.manager_alone").at
    Event.objects.filter(kind="partner.manager_alone").update(at=at - timedelta(days=31))
    assert tasks.ask_for_second_managers() == 1

    Event.objects.filter(kind="partner.manager_alone").update(at=at - timedelta(days=31))
    UserFactory(manages=partner)
    assert tasks.ask_for_second_managers() == 0


def test_the_api_says_so_to_whom_it_concerns(api, partner):
    alone = UserFactory(manages=partner)
    AffiliationFactory(user=alone, partner=partner, role="observer")
    api.force_authenticate(alone)

    def flags(url):
        found = api.get(url).json()
        rows = found.get("affiliations") or found["results"]
        return {row["role"]: row["needs_second_manager"] for row in rows}

    assert flags("/api/v1/me/") == {"manager": True, "observer": False}
    UserFactory(manages=partner, is_active=False)
    assert flags("/api/v1/affiliations/")["manager"] is True
    UserFactory(manages=partner)
    assert flags("/api/v1/me/") == {"manager": False, "observer": False}


def test_the_secretariat_sees_whom_nobody_can_manage_any_more(partner):
    manager = UserFactory(manages=partner)
    UserFactory(observes=partner)
    PartnerFactory()  # nobody ever acted for it
    UserFactory(evaluates=PartnerFactory(suspended=True))
    assert not Partner.objects.that_lost_their_manager().exists()

    manager.is_active = False
    manager.save()

    assert list(Partner.objects.that_lost_their_manager()) == [partner]


def test_an_admin_appoints_with_a_reason_and_the_people_are_told(partner):
    observer, new, admin = UserFactory(observes=partner), UserFactory(), UserFactory(admin=True)

    for by in (new, observer):
        with refused("admins_only", NotAllowed):
            people.appoint_manager(partner, new, by=by, reason="Mine.")
    with pytest.raises(ValidationError):
        people.appoint_manager(partner, new, by=admin, reason=" ")
    people.appoint_manager(partner, new, by=admin, reason="Known by post.")

    assert new.has_role(partner.pk, "manager")
    assert RoleReason.objects.get().reason == "Known by post."
    event = Event.objects.get(kind="partner.manager_appointed")
    assert {notice.user for notice in event.notices.all()} == {observer, new}
    assert "post" not in f"{event.reason} {event.facts}"
    with refused("has_manager"):
        people.appoint_manager(partner, UserFactory(), by=admin, reason="Again.")


@pytest.mark.parametrize("who", [{"is_active": False}, {"service": True}])
def test_only_a_person_with_an_open_account_is_appointed(partner, who):
    with pytest.raises(ValidationError) as refusal:
        people.appoint_manager(
            partner, UserFactory(**who), by=UserFactory(admin=True), reason="Known."
        )
    assert set(refusal.value.error_dict) == {"email"}


def test_a_partner_whose_only_person_was_erased_is_not_lost_sight_of():
    manager = UserFactory()
    partner = register_partner(by=manager, name="Water Trust", kind="foundation")
    RoleReasonFactory(user=manager, partner=partner, reason=f"{manager.name} is ill.")

    erase_person(manager, by=UserFactory(admin=True), reason="Asked for it.")

    assert list(Partner.objects.that_lost_their_manager()) == [partner]
    assert RoleReason.objects.get().reason == "(erased)"
