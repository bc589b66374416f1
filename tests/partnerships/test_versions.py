"""What a partnership said is kept at the moments that count, and never changes."""

import pytest
from django.db import DatabaseError, connection, transaction

from partnerships.models import PartnershipVersion
from tests.factories import (
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
