"""Lists that are read as plain values say what the serializer says of each record."""

from datetime import UTC, datetime

import pytest
from rest_framework import serializers

from config.urls import router
from registry.api.rows import Rows
from registry.api.serializers import ModelSerializer
from registry.models import Partner
from tests import factories as f

pytestmark = pytest.mark.django_db
LISTS = {p: v for p, v, _ in router.registry if getattr(v, "rows", None)}
WHOLE_SECOND = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)


def partners():
    own = f.PartnerFactory(pending=True, name="Ours alone", acronym="OA")
    bare = f.PartnerFactory(kind="", country=None, import_batch=f.ImportBatchFactory())
    company = f.PartnerFactory(company=True, verified_at=WHOLE_SECOND)
    Partner.objects.filter(pk=company.pk).update(
        basis_override="results", basis_reason="asked", updated_at=WHOLE_SECOND
    )
    f.PartnerIdentifierFactory(partner=company, scheme="XM-DAC", value="“2”")
    f.PartnerIdentifierFactory(partner=company, scheme="IATI", value="الماء 水\\")
    f.PartnerFactory(suspended=True)
    return [own, bare, company]


def partnerships():
    own, *_ = partners()
    draft = f.PartnershipFactory(lead=own, primary_goal=None)
    rich = f.PartnershipFactory(active=True, website="https://example.org/")
    rich.goals.add(*[f.GoalFactory(number=n) for n in (13, 6)])
    rich.targets.add(*[f.TargetFactory(code=code) for code in ("13.1", "6.2", "6.1")])
    for code in ("PE", "KE"):
        f.PartnershipCountryFactory(partnership=rich, country=f.CountryFactory(alpha2=code))
    for code in ("140", "112"):
        f.PartnershipSectorFactory(partnership=rich, sector__code=code, percentage=50)
    f.MembershipFactory(partnership=rich, partner=own)
    f.MembershipFactory(partnership=rich, invited=True)
    f.PartnershipFactory(completed=True)
    return [own, draft, rich]


def memberships():
    own, draft, rich = partnerships()
    for row in (*rich.memberships.all(), *draft.memberships.all()):
        f.DeclarationFactory(membership=row, interests="held shares")
        f.DeclarationFactory(membership=row, interests="holds shares")
    other = f.MembershipFactory(partnership__active=True)
    f.DeclarationFactory(membership=other, interests="private to its members")
    f.ConflictOfInterestFactory(membership=other)
    return [own]


def objectives():
    own, draft, rich = partnerships()
    f.ObjectiveFactory(partnership=draft)
    f.ObjectiveFactory(partnership=rich, target=f.TargetFactory(code="6.1"))
    f.ObjectiveFactory(
        partnership=rich, measure="", unit="", baseline=None, goal_value=None, reach_by=None
    )
    return [own]


def partnership_reviews():
    f.PartnershipReviewFactory.create_batch(2)
    f.PartnershipReviewFactory(returned=True)
    return [f.PartnerFactory()]


FILL = {
    "partnership-reviews": partnership_reviews,
    "memberships": memberships,
    "objectives": objectives,
    "partners": partners,
    "partnerships": partnerships,
}


def test_every_list_read_as_values_is_held_against_its_serializer():
    assert set(LISTS) == set(FILL)


CALLERS = ["anonymous", "outsider", "manager", "admin"]
ADMINS_ONLY = ["partnership-reviews"]


@pytest.mark.parametrize(
    ("prefix", "caller"),
    [
        (prefix, caller)
        for prefix in sorted(FILL)
        for caller in (["admin"] if prefix in ADMINS_ONLY else CALLERS)
    ],
)
def test_rows_are_what_the_serializer_says(api, prefix, caller):
    own, *_ = FILL[prefix]()
    users = {"outsider": {}, "manager": {"manages": own}, "admin": {"admin": True}}
    if caller in users:
        api.force_authenticate(f.UserFactory(**users[caller]))

    rows = api.get(f"/api/v1/{prefix}/").json()["results"]
    one_by_one = [api.get(f"/api/v1/{prefix}/{row['id']}/").json() for row in rows]

    # one by one, a record may say more than a list does
    said = [
        {name: one[name] for name in one if name in row}
        for row, one in zip(rows, one_by_one, strict=True)
    ]
    assert rows == said
    assert [list(row) for row in rows] == [list(one) for one in said]
    assert len(rows) == LISTS[prefix].queryset.all().visible_to(user_of(api)).count() > 1


def user_of(api):
    from django.contrib.auth.models import AnonymousUser

    return api.handler._force_user or AnonymousUser()


def test_hides_private_fields_from_outsiders_and_shows_them_inside(api):
    memberships()
    seen = {row["interests"] for row in api.get("/api/v1/memberships/").json()["results"]}
    assert seen == {""}

    api.force_authenticate(f.UserFactory(admin=True))
    seen = {row["interests"] for row in api.get("/api/v1/memberships/").json()["results"]}
    assert {"holds shares", "private to its members"} <= seen


def test_what_is_a_rule_and_not_a_column_has_to_be_declared():
    class Judging(ModelSerializer):
        verdict = serializers.SerializerMethodField()

        class Meta:
            model = Partner
            fields = ["id", "verdict"]

    with pytest.raises(TypeError, match="verdict: declare"):
        Rows(Judging).cells  # noqa: B018


def test_a_private_list_is_not_put_inside_another():
    class Inner(ModelSerializer):
        class Meta:
            model = Partner.identifiers.rel.related_model
            fields = ["value"]
            private_fields = ["value"]

    class Outer(ModelSerializer):
        identifiers = Inner(many=True)

        class Meta:
            model = Partner
            fields = ["identifiers"]

    with pytest.raises(TypeError, match="private fields"):
        Rows(Outer).cells  # noqa: B018
