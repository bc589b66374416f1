"""Shares, risks and objections of two members that turn out to be one."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection

from partnerships.models import Share, balance_of
from tests.factories import (
    AgreementFactory,
    BenefitFactory,
    MembershipFactory,
    ObjectionFactory,
    PartnerFactory,
    PartnershipFactory,
    RiskFactory,
)
from tests.merging import merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def two():
    return PartnerFactory.create_batch(2)


def join(partnership, partner, year):
    return MembershipFactory(partnership=partnership, partner=partner, accepted_on=date(year, 1, 1))


def test_shares_and_watched_risks_go_along_and_stay_whole(partnership, two):
    gone, kept = join(partnership, two[0], 2025), join(partnership, two[1], 2024)
    alone = RiskFactory(partnership=partnership, shares={gone: 70, None: 30}, owner=gone)
    both = RiskFactory(partnership=partnership, shares={gone: 25, kept: 75})

    merge(*two)

    alone.refresh_from_db()
    assert alone.owner == kept
    assert {s.membership for s in alone.shares_now} == {kept, None}
    assert {s.membership: s.percent for s in both.shares_now} == {gone: 25, kept: 75}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_balance_counts_them_as_one_partner(partnership, two):
    gone, kept = join(partnership, two[0], 2025), join(partnership, two[1], 2024)
    RiskFactory(partnership=partnership, shares={gone: 25, kept: 75})
    BenefitFactory(partnership=partnership, shares={kept: 50, None: 50})
    assert balance_of(partnership).exact == Fraction(1, 2)

    merge(*two)

    balance = balance_of(partnership)
    assert [(line.partner, line.risk) for line in balance.lines] == [(two[1].pk, 1), (None, 0)]
    assert balance.exact == Fraction(1, 2)
    assert Share.objects.count() == 4


def test_an_objection_goes_along(partnership, two):
    gone, kept = join(partnership, two[0], 2025), join(partnership, two[1], 2024)
    agreement = AgreementFactory(partnership=partnership, proposed=True)
    objection = ObjectionFactory(agreement=agreement, membership=gone)

    merge(*two)

    objection.refresh_from_db()
    assert objection.membership == kept
