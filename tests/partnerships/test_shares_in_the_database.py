"""The database refuses shares that do not make up 100 %: by the ORM, in bulk, in SQL, at once."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from partnerships.models import Risk, Share, Sharing
from partnerships.services.ledger import Part, share_out
from tests.factories import (
    NOON,
    BenefitFactory,
    PartnershipFactory,
    RiskFactory,
)
from tests.factories import share_out as shared
from tests.moves import People, race

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def parts(people, *percents):
    """Of the lead, the member and the public, in this order."""
    bearers = (people.lead_membership, people.membership, None)
    return [Part(who, Decimal(p)) for who, p in zip(bearers, percents, strict=False)]


def held(record):
    """Percent by partner, of the sharing that holds now."""
    sharing = record.sharings.get(held_until=None)
    return {s.membership_id: s.percent for s in sharing.shares.all()}


def at_commit():
    """What the database would say at commit, said now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused_by_database(write):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        write()
        at_commit()
    assert refusal.value.__cause__.diag.constraint_name == "shares_make_up_100"


def test_the_database_refuses_parts_of_a_whole_by_the_orm_in_bulk_and_in_sql(people):
    risk = RiskFactory(partnership=people.partnership)
    sharing = risk.sharings.get()
    share = sharing.shares.get()

    refused_by_database(lambda: Share.objects.filter(pk=share.pk).update(percent=99))
    refused_by_database(lambda: share.delete())
    refused_by_database(
        lambda: Share.objects.create(sharing=sharing, membership=people.membership, percent=1)
    )
    refused_by_database(
        lambda: Share.objects.bulk_create(
            [Share(sharing=sharing, membership=m, percent=20) for m in (people.membership, None)]
        )
    )
    refused_by_database(
        lambda: connection.cursor().execute("UPDATE partnerships_share SET percent = 99.999999")
    )
    refused_by_database(lambda: connection.cursor().execute("DELETE FROM partnerships_share"))


def test_the_database_refuses_a_sharing_without_shares(people):
    risk = RiskFactory(partnership=people.partnership, shares__none=True)

    refused_by_database(lambda: Sharing.objects.create(risk=risk, held_from=NOON))


def test_the_database_refuses_shares_that_wander_to_another_sharing(people):
    one, other = RiskFactory.create_batch(2, partnership=people.partnership)
    shared_by_two = shared(one, {people.membership: 100}, until=NOON)

    refused_by_database(
        lambda: Share.objects.filter(sharing__risk=other).update(sharing=shared_by_two)
    )


def test_the_database_holds_one_sharing_at_a_time(people):
    for record in (
        RiskFactory(partnership=people.partnership),
        BenefitFactory(partnership=people.partnership),
    ):
        with pytest.raises(IntegrityError, match="_once"), transaction.atomic():
            shared(record, {None: 100})


def test_a_ledger_goes_with_its_partnership(people):
    RiskFactory(partnership=people.partnership)

    people.partnership.risks.all().delete()
    at_commit()

    assert not Share.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_once_both_leave_a_whole(people):
    risk = RiskFactory(partnership=people.partnership)

    race(
        *[
            lambda p=p: share_out(
                Risk.objects.get(pk=risk.pk), parts(people, p, 100 - p), by=people.lead_manager
            )
            for p in (20, 70)
        ]
    )

    assert sum(held(risk).values()) == 100
    assert risk.sharings.present().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_of_two_raw_writers_at_once_none_leaves_more_than_a_whole(people, level):
    risk = RiskFactory(partnership=people.partnership)
    sharing = risk.sharings.get()

    def add(member_id):
        with transaction.atomic():
            cursor = connection.cursor()
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            cursor.execute(
                "UPDATE partnerships_share SET percent = percent - 30 WHERE id = %s",
                [sharing.shares.get(membership=people.lead_membership).pk],
            )
            cursor.execute(
                "INSERT INTO partnerships_share (sharing_id, membership_id, percent)"
                " VALUES (%s, %s, 30)",
                [sharing.pk, member_id],
            )

    outcomes = race(lambda: add(people.membership.pk), lambda: add(None))

    assert sum(held(risk).values()) == 100
    assert sum(not isinstance(o, DatabaseError) for o in outcomes) >= 1
