"""Measures D4 and E1 against arithmetic done by hand, in the comments."""

from datetime import date
from decimal import Decimal

import pytest

from monitoring.reports.accountability import coalition, working
from tests.factories import (
    CommitmentFactory,
    CurrencyFactory,
    DeliveryFactory,
    DueDateFactory,
    ExchangeRateFactory,
    MembershipFactory,
    PartnershipFactory,
)
from tests.monitoring.scored import NOON, subject_of

pytestmark = pytest.mark.django_db


def test_d4_weighs_by_value_in_usd_under_the_original_dates():
    partnership = PartnershipFactory(active=True)
    member = MembershipFactory(partnership=partnership)
    usd, kes, xof = (CurrencyFactory(code=code) for code in ("USD", "KES", "XOF"))
    ExchangeRateFactory(currency=kes, on=date(2023, 12, 1), usd=Decimal("0.01"), loaded_at=NOON)

    def promise(currency, amount, delivered, due_on=date(2025, 6, 30), confirmed_at=NOON, **fields):
        commitment = CommitmentFactory(
            partnership=partnership,
            membership=member,
            currency=currency,
            amount=amount,
            due_on=due_on,
            **fields,
        )
        DeliveryFactory(
            commitment=commitment,
            partnership=partnership,
            membership=member,
            amount=delivered,
            currency=currency,
            delivered_on=date(2025, 6, 1),
            confirmed_at=confirmed_at,
        )
        return commitment

    promise(usd, 100, 150)  # capped at 1: 100 of 100
    promise(kes, 30_000, 15_000)  # 150 of 300
    promise(usd, 100, 100, confirmed_at=None)  # not confirmed: 0 of 100
    late = promise(usd, 500, 0)  # postponed: under its first date 0 of 500
    DueDateFactory(commitment=late, due_on=date(2026, 6, 30), held_from=NOON)
    promise(usd, 999, 0, due_on=date(2026, 6, 30))  # not due yet
    promise(usd, 70, 0, withdrawn=True, receiver_agreed=True)  # taken back by agreement
    unrated = promise(xof, 5, 5)

    outcome = working.promises_kept(subject_of(partnership))

    assert outcome.value == Decimal("0.25")  # (100 + 150) / (100 + 300 + 100 + 500)
    assert outcome.beside == {
        "under_revised_dates": Decimal("0.5"),  # 250 / 500, without the postponed one
        "left_out": [{"type": "partnerships.commitment", "id": unrated.pk, "reason": "no_rate"}],
    }


def test_d4_is_not_applicable_when_nothing_is_due():
    assert (
        working.promises_kept(subject_of(PartnershipFactory(active=True))).state == "not_applicable"
    )


@pytest.mark.parametrize(("level", "expected"), [("national", "0.4"), ("community", "0.67")])
def test_e1_counts_sectors_of_five_or_three(level, expected):
    partnership = PartnershipFactory(active=True, level=level, lead=False)
    for kind in ("national_government", "parliament", "msme"):  # public, public, private
        MembershipFactory(partnership=partnership, partner__kind=kind)
    MembershipFactory(
        partnership=partnership, partner__kind="un_entity", accepted_on=date(2026, 2, 1)
    )

    outcome = coalition.broad_coalition(subject_of(partnership))

    assert round(outcome.value, 2) == Decimal(expected)
