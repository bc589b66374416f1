"""Budgets and planned disbursements of a published file: kept, followed, and taken back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from partnerships.models import BudgetLine, PlannedDisbursement
from tests.factories import CurrencyFactory, ExpenditureFactory
from tests.monitoring.iati import activity, file_of, listed, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def currencies():
    CurrencyFactory()
    CurrencyFactory(code="EUR")


def budget(value="100", kind="1", start="2020-01-01", end="2020-12-31", money="", tag="budget"):
    return f"""<{tag} type="{kind}"><period-start iso-date="{start}"/>
      <period-end iso-date="{end}"/>
      <value {money} value-date="2020-01-01">{value}</value></{tag}>"""


def planned(parties="", **stated):
    text = budget(tag="planned-disbursement", **stated)
    return text.replace("</planned-disbursement>", f"{parties}</planned-disbursement>")


def test_a_budget_is_a_line_in_its_own_currency_or_the_activitys():
    batch = take(activity(budget() + budget("2.5", start="2021-01-01", end="2021-12-31",
                                            money='currency="EUR"')))  # fmt: skip

    rows = BudgetLine.objects.order_by("starts_on").values_list("title", "amount", "currency")
    assert list(rows) == [
        ("Budget 2020-01-01 to 2020-12-31", 100, "USD"),
        ("Budget 2021-01-01 to 2021-12-31", Decimal("2.5"), "EUR"),
    ]
    assert listed(batch) == []
    assert batch.counts["elements"]["budget"]["stored"] == 2


def test_of_an_original_and_its_revision_the_revision_is_kept():
    batch = take(activity(budget("100") + budget("120", kind="2")))

    row = BudgetLine.objects.get()
    assert (row.title, row.amount) == ("Revised budget 2020-01-01 to 2020-12-31", 120)
    assert listed(batch) == [("budget", "revised")]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (budget(end="2019-12-31"), "end_before_start"),
        (budget(money='currency="XQX"'), "unknown_code"),
        (budget("a lot"), "not_a_number"),
        (budget(start="1066-10-14"), "date_out_of_range"),
        ("<budget/>", "missing_date"),
    ],
)
def test_what_cannot_be_read_is_listed(element, code):
    batch = take(activity(element))

    assert [found for _, found in listed(batch)] == [code]
    assert not BudgetLine.objects.exists()


def test_a_planned_disbursement_has_its_provider_and_receiver():
    provider = """<provider-org ref="XM-DAC-41998" type="40"><narrative>Fund</narrative>
      </provider-org><receiver-org ref="XM-DAC-41999"/>"""
    batch = take(activity(planned(parties=provider) + planned("", value="7")))

    rows = PlannedDisbursement.objects.order_by("-amount")
    named = [(str(r.provider.partner), r.receiver and str(r.receiver.partner)) for r in rows]
    assert named == [("Fund", "Reporting agency"), ("Reporting agency", None)]
    assert [row.starts_on for row in rows] == [date(2020, 1, 1)] * 2
    assert listed(batch) == []


def test_a_later_file_adds_and_takes_out_and_undoing_brings_back():
    first = take(activity(budget("100") + planned()))
    second = take(activity(budget("130") + planned(value="50")))

    assert BudgetLine.objects.get().amount == 130
    assert PlannedDisbursement.objects.get().amount == 50
    call_command("undo_import", second.pk)
    assert BudgetLine.objects.get().amount == 100
    assert PlannedDisbursement.objects.get().amount == 100
    call_command("undo_import", first.pk)
    assert not BudgetLine.objects.exists()
    assert not PlannedDisbursement.objects.exists()


def test_the_same_again_changes_nothing():
    content = file_of(activity(budget() + budget() + planned()))
    take(content)
    rows = set(BudgetLine.objects.values_list("pk", flat=True))

    again = take(content.replace(b"Water", b"Clean water"))

    assert set(BudgetLine.objects.values_list("pk", flat=True)) == rows
    assert len(rows) == 2
    assert again.counts["rows"].get("removed", 0) == 0


def test_a_line_of_which_something_was_spent_stays():
    take(activity(budget("100")))
    ExpenditureFactory(
        line=BudgetLine.objects.get(), starts_on=date(2020, 1, 1), ends_on=date(2020, 3, 31)
    )

    batch = take(activity(budget("130")))

    assert sorted(BudgetLine.objects.values_list("amount", flat=True)) == [100, 130]
    assert batch.findings.get(code="gone_from_file").stored
