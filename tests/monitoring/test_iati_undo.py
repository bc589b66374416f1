"""Taking an import back: exactly its rows, and not if later work stands on them."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from monitoring.exchange.undo import ImportInUse, undo_import
from monitoring.models import Framework, ImportedActivity, Observation, Period
from partnerships.models import Commitment, Delivery, Membership, Partnership
from registry.errors import DomainError
from registry.models import (
    Event,
    ImportedRow,
    Notice,
    OutboxEntry,
    Partner,
    PartnerSearch,
    WebhookDelivery,
)
from registry.tasks import tell_events
from tests.factories import (
    MembershipFactory,
    NoticeFactory,
    PartnershipFactory,
    ReportFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.monitoring.iati import (
    activity,
    take,
    wells,
)
from tests.moves import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
SPENT = """<transaction><transaction-type code="{}"/><transaction-date iso-date="2020-03-01"/>
  <value>{}</value></transaction>"""


@pytest.fixture
def batch():
    return take(activity(SPENT.format(2, 50) + wells(4)))


def refused(batch):
    with pytest.raises(ImportInUse) as error:
        undo_import(batch, by=None)
    assert Observation.objects.exists()
    batch.refresh_from_db()
    assert not batch.undoing
    return " ".join(error.value.reasons)


def test_undoing_a_change_restores_what_was_there(batch):
    def everything():
        return (
            list(Partnership.objects.values("title", "ends_on", "level")),
            list(Framework.objects.values("pk", "status", "superseded_at")),
            list(Delivery.objects.values("pk", "amount")),
            list(Commitment.objects.values("pk", "amount", "title")),
            list(ImportedActivity.objects.values("identifier", "sha256", "batch")),
            list(Partnership.objects.values("places__country")),
        )

    before = everything()
    kenya = '<recipient-country code="KE"/>'
    later = take(activity(kenya + SPENT.format(4, 7) + wells(5), title="Safe water"))
    assert everything() != before

    undo_import(later, by=None)

    assert everything() == before
    partnership = Partnership.objects.get()
    assert partnership.imported_activity.partnership_version == partnership.version > 1
    undo_import(batch, by=None)
    assert not Partnership.objects.exists()
    assert not ImportedRow.objects.exists()


def test_the_earlier_import_waits_for_the_later_one(batch):
    later = take(activity(wells(5)))

    assert f"import {later.pk} changed" in refused(batch)


def test_a_report_stands_in_the_way(batch):
    ReportFactory(period=Period.objects.get())

    assert "report" in refused(batch)


def test_a_new_member_stands_in_the_way(batch):
    MembershipFactory(partnership=Partnership.objects.get())

    assert "membership" in refused(batch)


def test_an_edited_partnership_stands_in_the_way(batch):
    Partnership.objects.get().amend(title="Our own words")

    assert "was changed since" in refused(batch)


def test_a_closed_period_stands_in_the_way(batch):
    Period.objects.get().close(by=UserFactory(is_staff=True))

    assert "was changed since" in refused(batch)


def test_a_partner_that_is_used_elsewhere_stays(batch):
    reporter = Partner.objects.get(name="Reporting agency")
    elsewhere = MembershipFactory(partnership=PartnershipFactory(), partner=reporter)

    undo_import(batch, by=None)

    assert Membership.objects.filter(partner=reporter).get() == elsewhere
    assert reporter.identifiers.get().value == "XM-DAC-41999"


def test_a_partner_that_an_admin_verified_stays(batch):
    Partner.objects.get(name="Reporting agency").verify(by=UserFactory(is_staff=True))

    undo_import(batch, by=None)

    assert Partner.objects.get(name="Reporting agency").status == "verified"
    assert not Partnership.objects.exists()


def test_an_import_is_undone_once_and_a_dry_run_never(batch):
    undo_import(batch, by=None)

    for done in (batch, take(activity(), is_dry_run=True)):
        with pytest.raises(DomainError, match="not finished, or was undone"):
            undo_import(done, by=None)


def test_after_undoing_the_file_can_be_imported_again(batch):
    undo_import(batch, by=None)

    assert take(activity(wells(4))).counts["activities"] == {"created": 1}


@pytest.mark.parametrize("status", ["waiting", "delivered"])
def test_what_was_told_of_it_goes_with_it(batch, status):
    events = Event.objects.exclude(subject_type="registry.importbatch")
    told = events.first()
    OutboxEntry.objects.filter(event=told).delete()
    NoticeFactory(event=told)
    WebhookDeliveryFactory(event=told, status=status)
    other = NoticeFactory()

    undo_import(batch, by=None)

    assert not events.exclude(pk=other.event_id).exists()
    assert Notice.objects.get() == other
    assert not WebhookDelivery.objects.exists()
    kinds = OutboxEntry.objects.exclude(event=other.event).values_list("event__kind", flat=True)
    assert "importbatch.undone" in kinds
    assert not PartnerSearch.objects.filter(record__import_batch=batch).exists()


def test_a_partner_that_people_have_described_stays(batch):
    reporter = Partner.objects.get(name="Reporting agency")
    reporter.former_names.create(name="Agency", until_on="2019-12-31")

    undo_import(batch, by=None)

    assert Partner.objects.get() == reporter
    assert PartnerSearch.objects.get(record=reporter).keys[0]


@pytest.mark.django_db(transaction=True)
def test_undone_while_its_events_are_told_it_leaves_none_of_both(batch):
    admin = UserFactory(is_staff=True)
    WebhookFactory(partner=None)

    outcomes = race(lambda: undo_import(batch, by=admin), tell_events, tell_events)

    assert not [one for one in outcomes if isinstance(one, Exception)]
    gone = ("partnership.imported", "framework.imported", "submission.imported")
    assert not Event.objects.filter(kind__in=gone).exists()
    assert not Partnership.objects.exists()


def test_the_command_says_what_stands_in_the_way_and_can_be_tried(batch, capsys):
    call_command("undo_import", batch.pk, dry_run=True)
    assert "would be taken back" in capsys.readouterr().out
    assert Partnership.objects.count() == 1

    Partnership.objects.get().change(activated_at=timezone.now())
    with pytest.raises(CommandError, match="was changed since"):
        call_command("undo_import", batch.pk)
    with pytest.raises(CommandError, match="There is no import"):
        call_command("undo_import", 0)
