"""The demonstration keeps every rule that real data has to keep."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.db import models, transaction
from django.db.models import Count, F
from django.test import RequestFactory

from monitoring.demo import ACCOUNTS
from monitoring.demo.reading import TODAY, moment
from monitoring.demo.seeding import seed
from monitoring.ingest import pipeline
from monitoring.models import (
    Framework,
    Indicator,
    Observation,
    Period,
    Reminder,
    Report,
    Submission,
)
from monitoring.models.changes import changes_between
from monitoring.models.smart import findings_of
from monitoring.reports.framework_text import framework_text
from monitoring.reports.kinds.annual import annual_report
from monitoring.reports.kinds.partnership import partnership_report
from monitoring.reports.snapshot import digest
from partnerships.aggregation.money import money_totals
from partnerships.models import (
    Agreement,
    BudgetLine,
    Commitment,
    Deliverable,
    Delivery,
    Expenditure,
    Membership,
    Objection,
    Partnership,
    PlannedDisbursement,
    assent_of,
    balance_of,
)
from registry.models import Event, Partner, Record, User
from registry.services.accounts import has_confirmed
from registry.vocabularies import load_vocabularies

# Without the mark pytest-django makes no test database, and the fixture would meet the real one.
pytestmark = pytest.mark.django_db
AHEAD = {"reply_until", "embargo_until"}  # the only moments that lie ahead
NOT_IN_THE_DEMO = {  # publication rules: a migration's, and gone after a test that commits
    "CategoryBaseline",
    "Complaint",
    "Contact",
    "DeliveryEvidence",
    "Invitation",
    "JoinRequest",
    "LeadHandover",
    "MembershipInvitation",
    "PublicationRule",
    "QualityRule",
    "SharedResult",
    "UnitHandover",
    "Webhook",
}
RECORDS = [model for model in apps.get_models() if issubclass(model, Record)]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker):
    """The whole demonstration, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_vocabularies()
        yield seed()
        transaction.set_rollback(True)


def latest(title):
    reports = Report.objects.filter(partnership__title__startswith=title)
    return reports.order_by("reference_on").last()


def test_has_the_breadth_that_was_asked_for(loaded):
    partnerships = Partnership.objects.all()

    assert (loaded["partnerships"], loaded["partners"]) == (24, 60)
    assert (partnerships.count(), Partner.objects.count()) == (24, 60)
    assert partnerships.filter(kind="ppp").count() >= 4
    assert {p.level for p in partnerships} == set(Partnership.Level)
    assert {p.kind for p in Partner.objects.all()} == set(Partner.Kind)
    assert Counter(p.status for p in partnerships) == {
        "active": 17,
        "inactive": 1,
        "registered": 2,
        "completed": 1,
        "draft": 1,
        "submitted": 1,
        "returned": 1,
    }
    assert set(Submission.objects.values_list("status", flat=True)) == set(Submission.Status)
    quarters = Period.objects.filter(framework__cadence="quarterly", ends_on__lte=TODAY)
    assert quarters.values("ends_on").distinct().count() == 12


@pytest.mark.parametrize("model", RECORDS, ids=lambda m: m.__name__)
def test_every_record_passes_its_own_checks(model):
    records = list(model.objects.all())
    for record in records:
        record.check_values()
    assert records or model.__name__ in NOT_IN_THE_DEMO


def test_every_submission_would_be_taken_from_its_sender():
    fields = ("value", "numerator", "denominator", "text", "comment", "is_provisional")
    for submission in Submission.objects.select_related("unit", "period"):
        rows = [
            {"indicator": o.indicator_id, "category": o.category_id}
            | {name: getattr(o, name) for name in fields}
            for o in submission.observations.all()
        ]
        by = submission.created_by or submission.submitted_by
        numbered = list(enumerate(rows, start=1))
        submission.status, submission.period.status = "draft", "open"
        outcome = pipeline.load(submission, numbered, by=by, dry_run=True, typed=True)
        assert rows
        assert not outcome.errors


def test_a_submission_counts_as_complete_exactly_when_it_is():
    for submission in Submission.objects.filter(revision=1).exclude(status="draft"):
        assert (submission.complete_at is None) == submission.lacking().exists()


def test_only_approved_values_count():
    counting = Observation.objects.filter(counts_from__isnull=False)

    assert not counting.exclude(counts_from=F("submission__approved_at")).exists()
    assert not Observation.objects.filter(
        counts_from=None, submission__approved_at__isnull=False
    ).exists()
    assert Observation.objects.filter(counts_until__isnull=False).exists()


def test_frameworks_in_force_are_endorsed_by_all_members_of_that_day():
    for framework in Framework.objects.filter(agreed_at__isnull=False):
        agreement = framework.agreement
        assert agreement.text == framework_text(framework)
        assert agreement.sha256 == sha256(agreement.text.encode()).hexdigest()
        members = framework.partnership.memberships.accepted_on(framework.agreed_at.date())
        endorsed = agreement.endorsements.filter(
            sha256=agreement.sha256, endorsed_at__lte=framework.agreed_at
        )
        assert set(members.values_list("pk", flat=True)) == set(
            endorsed.values_list("membership_id", flat=True)
        )


def test_two_frameworks_wait_for_endorsements():
    proposed = Framework.objects.filter(status="proposed")

    assert proposed.count() == 2
    for framework in proposed:
        assert not framework.agreement.is_endorsed_by_all()
        assert not framework.periods.exists()


def test_a_next_edition_changes_targets_and_plans_for_a_baseline():
    edition = Framework.objects.get(status="proposed", edition=2)

    told = changes_between(edition.based_on, edition)
    changed = [tuple(f) for row in told.targets if row.kind == "changed" for f in row.fields]
    assert sorted(changed) == [("value", "0.7", "0.74"), ("value", "52", "60")]
    (added,) = [row for row in told.indicators if row.kind == "added"]
    assert Indicator.objects.get(pk=added.later).baseline_unavailable
    assert not [f for f in findings_of(edition) if f.is_error]


def test_one_edition_was_taken_back_and_one_begun_from_a_template():
    assert Framework.objects.get(status="withdrawn").withdrawn_at
    assert Framework.objects.get(template="health").status == "draft"


def test_reminders_of_the_last_quarter_went_out():
    sent = Reminder.objects.filter(period__ends_on="2026-09-30")

    assert set(sent.values_list("kind", flat=True)) == {"before_14", "before_3", "due", "after_7"}
    assert (
        Event.objects.filter(kind="reminder.after_7").count() == sent.filter(kind="after_7").count()
    )


def test_promises_are_due_within_their_partnership():
    for commitment in Commitment.objects.select_related("partnership"):
        partnership = commitment.partnership
        assert partnership.starts_on <= commitment.due_on
        assert partnership.ends_on is None or commitment.due_on <= partnership.ends_on


def test_receivers_confirm_and_nobody_confirms_its_own_delivery():
    for delivery in Delivery.objects.filter(confirmed_at__isnull=False):
        assert delivery.commitment.is_received_by(delivery.confirmed_by)
        assert delivery.confirmed_at.date() >= delivery.delivered_on


def test_promises_stand_in_every_way_and_one_delivery_is_disputed():
    standings = Counter(Commitment.objects.with_standing(TODAY).values_list("standing", flat=True))

    assert set(standings) >= {"late", "on_time", "fulfilled", "over_fulfilled", "withdrawn"}
    assert Delivery.objects.get(status="disputed").disputed_because
    without_parts = Commitment.objects.filter(deliverables=None).count()
    assert without_parts * 4 < Commitment.objects.count()


def test_parts_plans_and_budgets_keep_the_rules_of_the_services():
    for part in Deliverable.objects.select_related("commitment__partnership"):
        part.check_values()
        part.check_due(part.due_now())
    for row in (*BudgetLine.objects.all(), *PlannedDisbursement.objects.all()):
        row.check_values()
    for spent in Expenditure.objects.all():
        spent.check_values()


def test_one_budget_has_a_currency_without_a_rate_and_one_line_is_overspent():
    delta = Partnership.objects.get(budget_lines__currency="VND")

    total = money_totals(delta, TODAY)["budget"]
    assert (set(total.by_currency), total.usd) == ({"BDT", "VND"}, None)
    assert [currency for currency, _ in total.without_rate] == ["VND"]
    overspent = [line.title for line in BudgetLine.objects.with_spent(TODAY) if line.is_overspent]
    assert len(overspent) == 2  # in Kisima and in Plastics


@pytest.mark.parametrize(
    "model", [Partnership, Membership, Framework, Submission, Report, Commitment, Period]
)
def test_the_last_event_of_a_record_is_its_status(model):
    events = Event.objects.filter(subject_type=model._meta.label_lower).exclude(became="")
    last = dict(events.order_by("at", "pk").values_list("subject_id", "became"))

    for record in model.objects.all():
        if record.pk in last:
            assert last[record.pk] == record.status
        else:
            assert record.status == "open"


def test_nothing_happens_after_the_demonstration_was_written():
    # vocabularies are loaded on the day on which they are
    of_records = Event.objects.exclude(kind__endswith=".loaded")
    for rows in [of_records, *(model.objects.all() for model in RECORDS)]:
        for field in rows.model._meta.fields:
            if isinstance(field, models.DateTimeField) and field.name not in AHEAD:
                late = {f"{field.name}__gt": moment(TODAY, days=1)}
                assert not rows.filter(**late).exists(), field


@pytest.mark.parametrize(
    ("title", "timeliness", "achievement"),
    [
        ("Kisima", "up_to_date", "on_track"),
        ("شراكة رياح الأطلس", "up_to_date", "off_track"),
        ("TransMonte", "late", "on_track"),
        ("Baobab", "inactive", "off_track"),
        ("Himal", "overdue", "no_data"),
        ("Nusantara", "overdue", "at_risk"),
        ("青溪", "up_to_date", "on_track"),
    ],
)
def test_the_two_lights_show_different_things(title, timeliness, achievement):
    report = latest(title)

    assert (report.timeliness, report.achievement) == (timeliness, achievement)


def test_reports_are_what_the_engine_computes():
    for title in ("Kisima", "Water Stewardship", "Skills"):
        report = latest(title)
        again = partnership_report(
            report.period, reference_on=report.reference_on, cutoff_at=report.cutoff_at
        )
        assert digest(again) == report.sha256 == digest(report.content)
        assert report.run.status == "ready"


def test_two_partnerships_report_one_library_indicator_in_one_country():
    same = (
        Indicator.objects.filter(observations__unit__country__alpha2="KE")
        .filter(global_indicator__code="6.1.1", library_link="identical")
        .values_list("result__framework__partnership", flat=True)
        .distinct()
    )

    assert len(set(same)) >= 2


def test_series_go_on_in_the_second_edition():
    held = Indicator.objects.filter(result__framework__agreed_at__isnull=False)
    twice = held.values("series").annotate(n=Count("pk")).filter(n=2)

    assert twice.count() == 2


def test_accounts_sign_in_with_their_roles():
    door = RequestFactory().post("/sign-in/")
    people = [(email, password) for email, password, _ in ACCOUNTS if password]
    users = {email: authenticate(door, email=email, password=pw) for email, pw in people}

    assert len(people) == 6
    assert all(has_confirmed(user, email) for email, user in users.items())
    assert users["admin@demo.example"].is_staff
    assert User.objects.get(email="system@demo.example").is_service
    lead = Partnership.objects.editable_by(users["lead@demo.example"])
    assert [p.title[:6] for p in lead] == ["Kisima"]
    assert not Partnership.objects.editable_by(users["observer@demo.example"]).exists()


def test_balances_are_as_they_were_worked_out_by_hand():
    """Kisima 1 - (32+20+8+40+60)/2000 = 0.92; Nusantara 1 - (531+233+50+248)/2000 = 0.469."""
    kisima, nusantara, transmonte = (
        balance_of(Partnership.objects.get(title__startswith=name))
        for name in ("Kisima", "Nusantara", "TransMonte")
    )
    assert (kisima.exact, nusantara.exact) == (Fraction(92, 100), Fraction(469, 1000))
    assert (kisima.is_flagged, nusantara.is_flagged) == (False, True)
    assert [out.reason for out in kisima.left_out] == ["no_value"]
    assert transmonte.reason == "no_benefits"


def test_documents_of_clauses_stand_as_their_members_quorum_lets_them():
    for agreement in Agreement.objects.filter(kind__in=["partnership", "engagement", "ledger"]):
        if agreement.status == "binding":
            assert assent_of(agreement).is_enough, agreement
        if agreement.status not in ("draft", "withdrawn"):
            assert not [entry for entry in agreement.missing() if entry.required], agreement
    assert Objection.objects.standing().count() == 1
    assert Agreement.objects.filter(kind="partnership", status="superseded").count() == 1


def test_annual_reports_are_computed_again_with_the_same_hash_and_open(client):
    reports = Report.objects.filter(kind="annual").order_by("-status")
    assert [(r.status, r.endorsements.standing().count()) for r in reports] == [
        ("published", 5),
        ("in_reply", 1),
    ]
    for report in reports:
        again = annual_report(
            report.partnership,
            report.ends_on.year,
            reference_on=report.reference_on,
            cutoff_at=report.cutoff_at,
        )
        assert digest(again) == report.sha256
    shown = client.get(f"/reports/{reports[0].pk}/").content.decode()
    assert "A waiver that nobody knows of is no waiver." in shown
    assert client.get(f"/reports/{reports[1].pk}/").status_code == 404
