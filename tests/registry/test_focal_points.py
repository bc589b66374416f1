"""A country names one of its governments as national focal point."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import FocalPoint
from registry.services.partner_facts import name_focal_point
from tests.factories import CountryFactory, FocalPointFactory, PartnerFactory, UserFactory
from tests.moves import field_of, race, refused

pytestmark = pytest.mark.django_db


def ministry(**fields):
    return PartnerFactory(kind="national_government", **fields)


def test_an_admin_names_and_ends_it():
    partner, admin = ministry(), UserFactory(admin=True)

    point = name_focal_point(partner, by=admin, named_on=date(2024, 1, 1))
    assert (point.country, point.ended_on) == (partner.country, None)
    point.end(by=admin, reason="Another ministry took over.", ended_on=date(2024, 6, 30))

    stored = FocalPoint.objects.get()
    assert (stored.named_on, stored.ended_on) == (date(2024, 1, 1), date(2024, 6, 30))


@pytest.mark.parametrize(
    ("partner", "code"),
    [
        ({"kind": "civil_society"}, "focal_point_kind"),
        ({"kind": "state_owned"}, "focal_point_kind"),
        ({"kind": "national_government", "country": None}, "focal_point_kind"),
        ({"kind": "national_government", "pending": True}, "partner_not_verified"),
        ({"kind": "parliament", "suspended": True}, "partner_not_verified"),
    ],
)
def test_only_a_verified_government_of_a_country(partner, code):
    with refused(code):
        name_focal_point(PartnerFactory(**partner), by=UserFactory(admin=True))

    assert not FocalPoint.objects.exists()


def test_a_country_has_one_at_a_time_and_the_next_one_afterwards():
    admin = UserFactory(admin=True)
    first = name_focal_point(ministry(), by=admin, named_on=date(2024, 1, 1))
    name_focal_point(ministry(country=CountryFactory(alpha2="PE")), by=admin)

    with refused("focal_point_once"):
        name_focal_point(ministry(), by=admin)
    first.end(by=admin, reason="Elections.", ended_on=date(2024, 6, 30))
    with pytest.raises(ValidationError) as refusal:
        name_focal_point(ministry(), by=admin, named_on=date(2024, 6, 29))
    assert field_of(refusal.value) == "named_on"

    name_focal_point(ministry(), by=admin, named_on=date(2024, 6, 30))


@pytest.mark.parametrize("days", [1, 400])
def test_no_day_in_the_future(days):
    with pytest.raises(ValidationError) as refusal:
        name_focal_point(
            ministry(),
            by=UserFactory(admin=True),
            named_on=timezone.localdate() + timedelta(days=days),
        )

    assert field_of(refusal.value) == "named_on"


def test_its_own_manager_neither_names_nor_ends_it():
    partner = ministry()
    manager = UserFactory(manages=partner)

    with refused("admins_only", NotAllowed):
        name_focal_point(partner, by=manager)
    with refused("admins_only", NotAllowed):
        FocalPointFactory(partner=partner).end(by=manager, reason="x")


def test_it_ends_once_within_its_time_and_with_a_reason():
    point, admin = FocalPointFactory(), UserFactory(admin=True)

    for fields, field in (
        ({"reason": " "}, "reason"),
        ({"reason": "x", "ended_on": date(2022, 12, 31)}, "ended_on"),
        ({"reason": "x", "ended_on": timezone.localdate() + timedelta(days=1)}, "ended_on"),
    ):
        with pytest.raises(ValidationError) as refusal:
            point.end(by=admin, **fields)
        assert field_of(refusal.value) == field
    point.end(by=admin, reason="x")
    with refused("focal_point_ended", DomainError):
        point.end(by=admin, reason="x")


def test_a_suspended_government_is_no_focal_point_any_more():
    point = FocalPointFactory()

    point.partner.suspend(by=UserFactory(admin=True), reason="Exclusion criteria met.")

    point.refresh_from_db()
    assert point.ended_on == timezone.localdate()


@pytest.mark.django_db(transaction=True)
def test_of_five_ministries_named_at_once_one_is_the_focal_point():
    admin = UserFactory(admin=True)
    ministries = [ministry() for _ in range(5)]

    outcomes = race(*[lambda one=one: name_focal_point(one, by=admin) for one in ministries])

    assert FocalPoint.objects.count() == 1
    assert [getattr(one, "code", "") for one in outcomes].count("focal_point_once") == 4
