"""The demonstration's reports over many partnerships, against a script that imports no product."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from monitoring.demo.seeding import seed
from monitoring.models import Report
from monitoring.reports.documents import document_of
from monitoring.reports.kinds import build
from monitoring.reports.snapshot import digest
from registry.vocabularies import load_vocabularies
from tests.monitoring.portfolio_by_hand import portfolio
from tests.monitoring.reading_words import unfounded

pytestmark = pytest.mark.django_db
KINDS = {"partnership", "partner", "goal", "portfolio", "hlpf"}


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """The whole demonstration, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_vocabularies()
        yield seed()
        transaction.set_rollback(True)


def of_kind(kind):
    return list(Report.objects.filter(kind=kind).order_by("starts_on", "pk"))


def test_the_last_quarters_say_what_the_script_says():
    reports = of_kind("portfolio")
    assert len(reports) == 3
    for report in reports:
        said = report.content
        cutoff = datetime.fromisoformat(said["cutoff_at"])
        by_hand = portfolio(connection.cursor(), report.starts_on, report.ends_on, cutoff)

        counts = said["partnerships"]
        for name in ("running", "closed", "current", "never"):
            assert counts[name] == by_hand[name], name
        assert said["lights"]["achievement"] == by_hand["achievement"]
        assert said["lights"]["timeliness"] == by_hand["timeliness"]
        overdue = [(row["oldest_missing_due_on"], row["partnership"]) for row in
                   said["overdue"]["rows"]]  # fmt: skip
        assert sorted(overdue) == by_hand["overdue"]
        assert [row[0] for row in overdue] == sorted(row[0] for row in overdue)
        moved = {name: said["changes"][name] for name in ("better", "worse", "same")}
        assert moved == {name: by_hand["changes"][name] for name in moved}


def test_measures_are_spread_as_the_script_says():
    report = of_kind("portfolio")[-1]
    cutoff = datetime.fromisoformat(report.content["cutoff_at"])
    by_hand = portfolio(connection.cursor(), report.starts_on, report.ends_on, cutoff)["measures"]
    measured = {one["code"]: one for one in report.content["measures"] if one["measured"]}

    assert set(measured) == set(by_hand)
    for code, one in measured.items():
        wanted = by_hand[code]
        assert one["measured"] == wanted["measured"]
        assert Decimal(one["median"]) == pytest.approx(wanted["median"], abs=Decimal("1e-18"))
        assert Decimal(one["mean"]) == pytest.approx(wanted["mean"], abs=Decimal("1e-18"))
        first, _, third = wanted["quartiles"]
        assert Decimal(one["first_quartile"]) == pytest.approx(first, abs=Decimal("1e-18"))
        assert Decimal(one["third_quartile"]) == pytest.approx(third, abs=Decimal("1e-18"))


def test_something_improved_and_something_got_worse():
    changes = [report.content["changes"] for report in of_kind("portfolio")]

    assert sum(one["better"] for one in changes) > 0
    assert sum(one["worse"] for one in changes) > 0


def test_computed_again_for_the_same_dates_each_has_the_same_hash():
    kinds = ("portfolio", "goal", "hlpf", "partner")
    reports = [report for kind in kinds for report in of_kind(kind)]

    assert len(reports) == 9
    for report in reports:
        assert digest(build(report.run)) == report.sha256, report


def test_no_number_stands_in_a_sentence_that_is_not_in_the_data():
    for kind in KINDS:
        report = Report.objects.filter(kind=kind).order_by("-pk").first()
        document = document_of(kind, report.content)

        assert unfounded(document, report.content) == [], kind
