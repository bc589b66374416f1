"""The annual report: its content as of two dates, who asks for it, and what may be missing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from monitoring.models import ReportRun
from monitoring.reports.documents import document_of
from monitoring.reports.documents.parts import Quote, Table
from monitoring.reports.snapshot import digest
from monitoring.services.annual import request_annual
from partnerships.models import Partnership
from registry.errors import NotAllowed
from tests.factories import (
    CommitmentFactory,
    DeliveryFactory,
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    RecommendationFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.monitoring.annual import DAY, NOW, YEAR, as_of, computed, stored, write
from tests.moves import People, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def people(partnership):
    return People(partnership)


# ---- content


def test_holds_the_words_and_who_wrote_them(partnership, people):
    with time_machine.travel(NOW, tick=False):
        write(partnership, people.manager, "Forty wells.")
        write(partnership, people.lead_manager, "Forty wells, two dry.", version=1)
        report = computed(partnership, people.manager)

    both = sorted([people.lead_membership.partner_id, people.membership.partner_id])
    assert report.content["narrative"] == [
        {
            "topic": "achievements",
            "text": "Forty wells, two dry.",
            "edition": 2,
            "by": both,
            "on": "2025-02-01",
        }
    ]
    assert report.content["period"]["label"] == "2024"
    assert (report.status, report.revision) == ("in_reply", 1)


def test_the_same_two_dates_give_the_same_hash_after_later_edits(partnership, people):
    with time_machine.travel(NOW, tick=False):
        write(partnership, people.manager, "Forty wells.")
        report = computed(partnership, people.manager)
    with time_machine.travel(NOW + DAY, tick=False):
        write(partnership, people.lead_manager, "Fifty wells.", version=1)
        write(partnership, people.manager, "The flood.", topic="variance")
        MembershipFactory(partnership=partnership, created_at=NOW + DAY)

    again = as_of(partnership, report.cutoff_at)
    assert again == report.content
    assert digest(again) == report.sha256


def test_figures_are_those_of_the_year_not_of_its_last_period():
    unit = ReportingUnitFactory()
    partnership = unit.membership.partnership
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    indicator = IndicatorFactory(result__framework=framework)
    quarters = [
        (date(2024, 1, 1), date(2024, 3, 31), 12),
        (date(2024, 4, 1), date(2024, 6, 30), 30),
        (date(2025, 1, 1), date(2025, 3, 31), 500),
    ]
    for starts_on, ends_on, value in quarters:
        period = PeriodFactory(
            framework=framework, starts_on=starts_on, ends_on=ends_on, due_on=ends_on
        )
        SubmissionFactory(
            unit=unit, period=period, values={indicator: Decimal(value)}, approved=True
        )

    content = as_of(partnership, timezone.now())

    (item,) = content["indicators"]
    assert item["year"]["value"] == "42"
    assert item["period"] is None
    document = document_of("annual", content)
    table = next(t for t in document.tables() if t.key == "indicators")
    assert "period" not in [column.key for column in table.columns]
    assert all(len(row) == len(table.columns) for row in table.rows)


def test_promises_that_were_due_kept_or_not(partnership):
    membership = partnership.memberships.get()
    due = {"partnership": partnership, "membership": membership, "amount": Decimal(100)}
    kept = CommitmentFactory(**due, due_on=date(2024, 6, 30))
    part = CommitmentFactory(**due, due_on=date(2024, 9, 30))
    late = CommitmentFactory(**due, due_on=date(2024, 10, 31))
    CommitmentFactory(**due, due_on=date(2025, 1, 1))
    DeliveryFactory(commitment=kept, confirmed=True, amount=Decimal(100))
    DeliveryFactory(commitment=part, confirmed=True, amount=Decimal(99))
    DeliveryFactory(commitment=part, amount=Decimal(100))  # not confirmed
    after = date(2025, 1, 2)
    DeliveryFactory(commitment=late, confirmed=True, amount=Decimal(100), delivered_on=after)

    found = as_of(partnership, timezone.now())["promises"]

    assert (found["due"], found["kept"]) == (3, 1)
    assert [(row["id"], row["is_kept"]) for row in found["commitments"]] == [
        (kept.pk, True),
        (part.pk, False),
        (late.pk, False),
    ]


# ---- what may be missing


@pytest.mark.parametrize("status", ["terminated", "suspended", "inactive", "completed"])
def test_a_partnership_that_ended_has_its_report(partnership, people, status):
    Partnership.objects.filter(pk=partnership.pk).update(status=status)
    partnership.refresh_from_db()
    if not partnership.is_public():
        with refused("not_registered"):
            request_annual(partnership, YEAR, by=people.manager)
        return
    report = computed(partnership, people.manager)

    assert "framework" in report.content["missing"]
    assert document_of("annual", report.content).title.endswith("annual report 2024")


def test_without_framework_members_or_words_it_says_so():
    partnership = PartnershipFactory(active=True)
    partnership.memberships.update(accepted_on=date(2025, 6, 1))

    content = as_of(partnership, timezone.now())
    document = document_of("annual", content)

    assert content["missing"] == [
        "members",
        "framework",
        "narrative_achievements",
        "narrative_variance",
        "narrative_lessons",
        "narrative_consequences",
        "narrative_next_year",
    ]
    assert document.notices == [
        "On the last day of the year the partnership had no accepted member.",
        "No M&E framework of the year was agreed by the cut-off: there are no indicators.",
    ]
    assert content["lights"]["achievement"]["colour"] == "no_data"
    assert content["scorecard"] is None


@pytest.mark.parametrize("is_agreed", [False, True])
def test_evaluations_are_told_also_where_no_period_ended_in_the_year(partnership, is_agreed):
    if is_agreed:
        FrameworkFactory(partnership=partnership, agreed=True)
    recommended = RecommendationFactory(
        evaluation__partnership=partnership, published=date(2024, 6, 1)
    )

    content = as_of(partnership, timezone.now())

    (told,) = content["evaluations"]["published"]
    assert told["id"] == recommended.evaluation.pk
    document = document_of("annual", content)
    assert "evaluations" in [section.key for section in document.sections]


def test_indicators_without_any_data(partnership):
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    IndicatorFactory(result__framework=framework)
    content = as_of(partnership, timezone.now())
    assert content["missing"][0] == "period"

    PeriodFactory(framework=framework, starts_on=date(2024, 1, 1), ends_on=date(2024, 3, 31))
    content = as_of(partnership, timezone.now())

    assert content["missing"][0] == "data"
    assert "No data was approved for any indicator." in document_of("annual", content).notices
    assert content["indicators"][0]["year"]["value"] is None


def test_words_of_every_script_stand_in_the_document_as_they_were_written(partnership, people):
    said = "تم حفر أربعين بئراً <script>alert(1)</script> 打了四十口井"
    write(partnership, people.manager, said)

    document = document_of("annual", as_of(partnership, timezone.now()))

    (quote,) = [block for block in document.blocks() if isinstance(block, Quote)]
    assert quote.text == said
    assert quote.by == people.membership.partner.name
    assert all(isinstance(one.caption, str) for one in document.tables() if isinstance(one, Table))


# ---- asking


def test_is_asked_for_by_members_once_the_year_is_over(partnership, people):
    last_day = datetime(2024, 12, 31, 12, tzinfo=UTC)
    with time_machine.travel(last_day, tick=False), refused("period_not_ended"):
        request_annual(partnership, YEAR, by=people.manager)
    with refused("members_only", NotAllowed):
        request_annual(partnership, YEAR, by=people.outsider)


def test_asking_again_gives_the_same_run_until_the_text_changes(partnership, people):
    write(partnership, people.manager, "Forty wells.")
    first = request_annual(partnership, YEAR, by=people.manager)
    assert request_annual(partnership, YEAR, by=people.lead_manager) == first
    computed(partnership, people.manager, revision=1)
    assert request_annual(partnership, YEAR, by=people.lead_manager) == first

    write(partnership, people.manager, "Fifty wells.", version=1)

    second = computed(partnership, people.manager, revision=2)
    assert stored(first_report(first)).status == "withdrawn"
    assert second.content["narrative"][0]["text"] == "Fifty wells."


def first_report(run):
    return ReportRun.objects.get(pk=run.pk).report
