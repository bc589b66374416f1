"""A file that comes again: the same one, a changed one, after edits, from two workers."""

import pytest

from monitoring.exchange.jobs import new_batch, run_import
from monitoring.models import Framework, Indicator, Observation
from monitoring.services.imports import queue_import
from partnerships.models import Delivery, Membership, Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import ImportBatch, Partner
from tests.factories import PartnershipFactory, UserFactory
from tests.monitoring.iati import (
    activity,
    file_of,
    listed,
    take,
    wells,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
SPENT = """<transaction><transaction-type code="4"/><transaction-date iso-date="2020-03-01"/>
  <value>{}</value></transaction>"""
KENYA = '<recipient-country code="KE"/>'


def changes(batch):
    return sum(batch.counts["rows"].values())


def test_other_white_space_and_quotes_are_no_change():
    content = file_of(activity(wells(4)))
    take(content)

    again = take(content.replace(b"      <", b"<").replace(b'code="2"', b"code='2'"))

    assert changes(again) == 0
    assert again.counts["activities"] == {"unchanged": 1}


def test_a_changed_activity_changes_the_partnership_and_duplicates_nothing():
    take(activity(KENYA + SPENT.format(10) + SPENT.format(20) + wells(4)))
    series = Indicator.objects.get().series

    again = take(activity(SPENT.format(20) + SPENT.format(30) + wells(5), title="Safe water"))

    partnership = Partnership.objects.get()
    assert partnership.title == "Safe water"
    assert not partnership.places.exists()
    assert sorted(Delivery.objects.values_list("amount", flat=True)) == [20, 30]
    assert Membership.objects.count() == 1
    editions = Framework.objects.order_by("edition").values_list("edition", "status")
    assert list(editions) == [(1, "superseded"), (2, "imported")]
    new = Indicator.objects.get(result__framework__edition=2)
    assert new.series == series
    assert Observation.objects.get(indicator=new).value == 5
    assert again.counts["activities"] == {"changed": 1}


def test_unchanged_results_make_no_new_edition():
    take(activity(wells(4)))

    again = take(activity(wells(4), title="Safe water"))

    assert Framework.objects.get().edition == 1
    assert again.counts["elements"]["result/indicator/period/actual"]["unchanged"] == 1


def test_what_people_edited_here_stands():
    take(activity(KENYA))
    Partnership.objects.get().amend(title="Our own words")

    for title in ("Water for all", "Water for everybody"):
        again = take(activity(title=title))

    assert Partnership.objects.get().title == "Our own words"
    assert again.findings.filter(code="edited_here", stored=True).exists()


@pytest.mark.parametrize(
    ("scope", "element", "stored"),
    [('<activity-scope code="1"/>', "activity-scope", False), ("", "iati-activity", True)],
)
def test_the_level_stands_whatever_a_later_file_says(scope, element, stored):
    take(activity('<activity-scope code="5"/>'))

    for title in ("Water for all", "Water for everybody"):
        again = take(activity(KENYA + scope, title=title))

        partnership = Partnership.objects.get()
        assert (partnership.level, partnership.title) == ("subnational", title)
        finding = again.findings.get(code="level_stands")
        assert (finding.element, finding.stored) == (element, stored)
    assert again.counts["elements"][element]["listed"] == (not stored)


def test_a_framework_the_members_agreed_on_is_not_replaced():
    take(activity())
    framework = Framework(
        partnership=Partnership.objects.get(),
        title="Ours",
        starts_on="2020-01-01",
        ends_on="2021-01-01",
        status="agreed",
    )
    framework.save()

    again = take(activity(wells(5)))

    assert listed(again) == [("result", "framework_agreed")]
    assert Framework.objects.get() == framework


def test_a_partnership_registered_here_is_not_taken_over_by_its_identifier():
    PartnershipFactory(iati_identifier="XM-TEST-1", title="Ours")

    again = take(activity(title="Theirs"))

    assert listed(again) == [("iati-activity", "identifier_taken")]
    assert Partnership.objects.get().title == "Ours"


def test_a_worker_goes_on_after_the_activities_that_another_committed(monkeypatch):
    contents = file_of(*[activity(identifier=f"XM-{n}") for n in range(3)])
    batch = new_batch("a.xml", contents, by=None)
    from monitoring.exchange import jobs

    real, seen = jobs.load_activity, []

    def dies_at_the_second(element, accounts, trail):
        seen.append(accounts.identifier)
        if len(seen) == 2:
            raise RuntimeError("the worker dies")
        return real(element, accounts, trail)

    monkeypatch.setattr(jobs, "load_activity", dies_at_the_second)
    with pytest.raises(RuntimeError):
        run_import(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.progress_done, batch.progress_total) == ("queued", 1, 3)
    assert Partnership.objects.count() == 1

    run_import(batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.progress_done) == ("ready", 3)
    assert seen == ["XM-0", "XM-1", "XM-1", "XM-2"]
    assert batch.counts["elements"]["iati-activity"]["stored"] == 3
    assert batch.counts["activities"] == {"created": 3}


def test_a_worker_that_lost_its_lease_saves_nothing(monkeypatch):
    batch = new_batch("a.xml", file_of(activity()), by=None)
    from monitoring.exchange import jobs

    real, reached = jobs.load_activity, []

    def taken_over(element, accounts, trail):
        reached.append(element)
        ImportBatch.objects.filter(pk=batch.pk).update(fence=99)
        return real(element, accounts, trail)

    monkeypatch.setattr(jobs, "load_activity", taken_over)
    run_import(batch.pk)

    assert len(reached) == 1
    batch.refresh_from_db()
    assert batch.status == "running"  # left to whose it is now
    assert not Partnership.objects.exists()
    assert not Partner.objects.exists()


def test_a_queued_file_is_imported_by_the_worker(django_capture_on_commit_callbacks):
    admin = UserFactory(is_staff=True)

    with django_capture_on_commit_callbacks(execute=True):
        batch = queue_import("a.xml", file_of(activity(wells(4))), by=admin)

    batch.refresh_from_db()
    assert (batch.status, bytes(batch.content)) == ("ready", b"")
    assert batch.counts["activities"] == {"created": 1}


def test_only_admins_import():
    with pytest.raises(NotAllowed):
        queue_import("a.xml", b"", by=UserFactory())
    assert issubclass(NotAllowed, DomainError)
