"""What rows held at a moment, read back from the audit log."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from registry.models import AuditEntry
from tests.factories import CurrencyFactory, NeedFactory, PartnerFactory

pytestmark = pytest.mark.django_db
COLUMNS = ("kind", "amount", "currency_id")


def needs(count=1):
    return NeedFactory.create_batch(count, finance=True, amount=Decimal("123456789012345678.1234"))


def test_the_first_change_after_the_moment_says_what_was_there():
    (need,) = needs()
    before = timezone.now() - timedelta(days=1)
    was = need.currency_id
    need.change(amount=Decimal(5), currency=CurrencyFactory(code="XOF"))
    need.change(amount=Decimal(6))

    AuditEntry.objects.restore([need], before, *COLUMNS)

    # Exact, though JSON has numbers.
    assert need.amount == Decimal("123456789012345678.1234")
    assert (need.currency_id, need.kind) == (was, "finance")


def test_an_empty_column_comes_back_empty():
    partner = PartnerFactory(level="")
    partner.change(level="community")
    need = NeedFactory()
    need.change(amount=Decimal(3), unit="pumps")

    yesterday = timezone.now() - timedelta(days=1)
    AuditEntry.objects.restore([partner], yesterday, "level")
    AuditEntry.objects.restore([need], yesterday, *COLUMNS)

    assert (partner.level, need.amount) == ("", None)


def test_what_was_changed_before_the_moment_stays():
    (need,) = needs()
    need.change(amount=Decimal(5))

    AuditEntry.objects.restore([need], timezone.now() + timedelta(days=1), *COLUMNS)

    assert need.amount == 5


def test_rows_are_told_apart_in_one_query(django_assert_num_queries):
    first, second = needs(2)
    second.change(amount=Decimal(5))

    with django_assert_num_queries(1):
        AuditEntry.objects.restore([first, second], timezone.now() - timedelta(days=1), *COLUMNS)

    assert first.amount == second.amount
    with django_assert_num_queries(0):
        AuditEntry.objects.restore([], timezone.now(), *COLUMNS)
