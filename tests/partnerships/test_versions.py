"""What a partnership said is kept at the moments that count, and never changes."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from partnerships.models import PartnershipVersion, Section, said_at
from tests.factories import (
    NOON,
    PartnershipFactory,
    PartnershipVersionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered():
    """Submitted and registered."""
    partnership = PartnershipFactory(title="Wells", smart=True)
    lead = partnership.memberships.get(roles=["lead"]).partner
    partnership.submit(by=UserFactory(manages=lead))
    partnership.register(by=UserFactory(admin=True))
    return partnership


def test_taken_on_submission_and_on_registration(registered):
    taken = registered.versions.order_by("number").values_list("number", "why")
    assert list(taken) == [(1, "submitted"), (2, "registered")]


def test_a_refused_submission_takes_none():
    partnership = PartnershipFactory()
    with pytest.raises(Exception, match="target"):
        partnership.submit(by=UserFactory(admin=True))
    assert not partnership.versions.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE partnerships_partnershipversion SET document = '{}'",
        "UPDATE partnerships_partnershipversion SET at = now()",
        "DELETE FROM partnerships_partnershipversion",
    ],
)
def test_the_database_changes_no_version(sql):
    PartnershipVersionFactory()
    with (
        pytest.raises(DatabaseError, match="kept as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_public_reads_what_was_registered_not_what_was_submitted(api, registered):
    listed = api.get(f"/api/v1/partnership-versions/?partnership={registered.pk}").json()
    (shown,) = listed["results"]
    assert shown["why"] == "registered"
    whole = api.get(f"/api/v1/partnership-versions/{shown['id']}/").json()
    assert whole["document"]["about"]["title"] == "Wells"
    submitted = registered.versions.get(why="submitted")
    assert api.get(f"/api/v1/partnership-versions/{submitted.pk}/").status_code == 404


def test_members_read_what_was_submitted_and_outsiders_nothing(registered):
    member = registered.memberships.exclude(roles=["lead"]).first()
    insider, outsider = UserFactory(observes=member.partner), UserFactory()
    assert PartnershipVersion.objects.visible_to(insider).count() == 2
    assert PartnershipVersion.objects.visible_to(outsider).count() == 1


def test_a_version_tells_what_it_changed(api, registered):
    registered.amend(title="Wells and pipes")
    latest = registered.versions.take(registered, "amended", by=None)
    (change,) = api.get(f"/api/v1/partnership-versions/{latest.pk}/difference/").json()
    assert change["section"] == "about"
    assert (change["label"], change["before"], change["after"]) == (
        "Title",
        "Wells",
        "Wells and pipes",
    )
    first = registered.versions.get(why="registered")
    assert api.get(f"/api/v1/partnership-versions/{first.pk}/difference/").json() == []


def test_sections_are_read_as_they_were_said_on_a_day():
    made = PartnershipFactory(active=True, level="national")
    for level, number in (("national", 1), ("community", 2)):
        made.change(level=level)
        why = "registered" if number == 1 else "amended"
        PartnershipVersionFactory(partnership=made, why=why, at=NOON + timedelta(days=number))
    PartnershipVersionFactory(partnership=made, why="submitted", at=NOON)

    def level(days):
        return said_at(made, NOON + timedelta(days=days), Section.ABOUT)["about"]["level"]

    # Before the first one that was registered it says what that one says.
    assert [level(days) for days in (0, 1, 1.5, 2, 9)] == [
        "national",
        "national",
        "national",
        "community",
        "community",
    ]


def test_without_a_version_a_partnership_says_what_it_says_now():
    made = PartnershipFactory(active=True, level="global")
    said = said_at(made, NOON, Section.ABOUT, Section.BUDGET)
    assert (said["about"]["level"], said["budget"]) == ("global", [])
