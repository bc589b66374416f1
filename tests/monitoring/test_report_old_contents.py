"""Contents that were stored before there was more to say are still read."""

import copy

import pytest

from monitoring.reports.documents import document_of
from monitoring.reports.kinds.partnership import partnership_report
from tests.factories import ReportFactory
from tests.monitoring.test_pages_report import CUTOFF, report  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db


def first_format(content):
    """As partnership-report/1 had it: no year, no scored or unscored measures."""
    old = copy.deepcopy(content) | {"format": "partnership-report/1"}
    for indicator in old["indicators"]:
        del indicator["year"], indicator["framework_year"]
    for measure in old["scorecard"]["measures"]:
        measure.pop("is_scored", None)
        measure.pop("change", None)
    return old


def test_a_content_of_the_first_format_is_read(client, report):  # noqa: F811
    period = report.period
    content = partnership_report(period, reference_on=period.ends_on, cutoff_at=CUTOFF)
    old = ReportFactory(period=period, revision=2, content=first_format(content), published=True)

    page = client.get(f"/reports/{old.pk}/").content.decode()

    assert "Wells drilled" in page
    assert ">40" in page


def test_nothing_at_all_in_it_still_makes_a_document():
    document = document_of("partnership", {})

    assert document.title == "Partnership"
    assert [section.key for section in document.sections] == ["summary", "indicators", "scorecard"]
