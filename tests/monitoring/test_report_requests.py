"""Reports of every kind are asked for by who may, for days that are over; one run answers all."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from monitoring.models import ReportRun
from monitoring.models.report_subjects import days_from_words, days_in_words
from monitoring.services.reports import request_report
from registry.errors import DomainError, NotAllowed
from tests import factories as f
from tests.moves import field_of, race, refused

pytestmark = pytest.mark.django_db
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
QUARTER = (date(2024, 4, 1), date(2024, 6, 30))


@pytest.fixture(autouse=True)
def no_work(monkeypatch):
    """What the runs compute is other tests' subject."""
    monkeypatch.setattr("monitoring.services.reports.compute_report.delay", lambda key: None)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("2024", (2024, 1, 1), (2024, 12, 31)),
        ("2024-Q1", (2024, 1, 1), (2024, 3, 31)),
        ("2024-Q4", (2024, 10, 1), (2024, 12, 31)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2023-12", (2023, 12, 1), (2023, 12, 31)),
    ],
)
def test_days_are_said_in_words_and_read_from_them(words, first, last):
    days = (date(*first), date(*last))

    assert days_from_words(words) == days
    assert days_in_words(*days) == words


@pytest.mark.parametrize(
    "words", ["", "24", "2024-Q5", "2024-13", "2024-1", "2024-01-01", "0000", "9999", "٢٠٢٤", "Q1"]
)
def test_other_words_are_no_days(words):
    with pytest.raises(ValidationError):
        days_from_words(words)


def subjects():
    partnership = f.PartnershipFactory(active=True)
    point = f.FocalPointFactory()
    return {
        "annual": partnership,
        "partner": partnership.memberships.get().partner,
        "goal": f.GoalFactory(),
        "target": f.TargetFactory(),
        "country": point.country,
        "portfolio": None,
        "hlpf": None,
    }


KINDS = ("annual", "partner", "goal", "target", "country", "portfolio", "hlpf")


@pytest.mark.parametrize("kind", KINDS)
def test_one_run_whoever_asks_and_however_often(kind):
    subject = subjects()[kind]
    admins = f.UserFactory.create_batch(2, admin=True)

    runs = [request_report(subject, YEAR, by=admin, kind=kind) for admin in admins]

    assert runs[0].pk == runs[1].pk == ReportRun.objects.get().pk
    assert (runs[0].subject, runs[0].starts_on, runs[0].reference_on) == (subject, *YEAR)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_get_the_same_run():
    goal, admin = f.GoalFactory(), f.UserFactory(admin=True)

    def ask():
        return request_report(goal, QUARTER, by=admin, kind="goal").pk

    assert len(set(race(*[ask] * 10))) == 1
    assert ReportRun.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_strangers_may_not_ask(kind):
    stranger = f.UserFactory(manages=f.PartnerFactory())

    with pytest.raises(NotAllowed):
        request_report(subjects()[kind], YEAR, by=stranger, kind=kind)
    assert not ReportRun.objects.exists()


def test_members_partners_and_focal_points_ask_for_their_own():
    partnership = f.PartnershipFactory(active=True)
    member = partnership.memberships.get().partner
    point = f.FocalPointFactory()
    own = [
        (f.UserFactory(observes=member), partnership, "annual"),
        (f.UserFactory(manages=member), member, "partner"),
        (f.UserFactory(manages=point.partner), point.country, "country"),
    ]

    for user, subject, kind in own:
        run = request_report(subject, YEAR, by=user, kind=kind)
        assert run.requested_by == user
        assert run in ReportRun.objects.visible_to(user)
    everybody = ReportRun.objects.visible_to(f.UserFactory(manages=f.PartnerFactory()))
    assert not everybody.exists()


def test_who_only_evaluates_for_a_partner_or_was_a_focal_point_may_not():
    member, ended = f.PartnerFactory(), f.FocalPointFactory(ended=True)

    with refused("managers_only", NotAllowed):
        request_report(member, YEAR, by=f.UserFactory(evaluates=member), kind="partner")
    with refused("admins_only", NotAllowed):
        former = f.UserFactory(manages=ended.partner)
        request_report(ended.country, YEAR, by=former, kind="country")


def test_days_that_are_not_over_have_no_report():
    admin, year = f.UserFactory(admin=True), date.today().year

    with refused("period_not_ended"):
        days = (date(year, 1, 1), date(year, 12, 31))
        request_report(None, days, by=admin, kind="portfolio")


def test_a_period_is_reported_on_once_its_last_day_is_over_in_utc_as_well():
    """Who is accepted until then bears that day: it would be in the report computed again."""
    period = f.PeriodFactory(framework__time_zone="Pacific/Auckland")
    made, admin = period.framework.partnership, f.UserFactory(admin=True)
    noon = datetime.combine(period.ends_on, time(12), UTC)  # the next day in Auckland
    with time_machine.travel(noon, tick=False):
        assert period.has_ended
        with refused("period_not_ended"):
            request_report(made, period, by=admin)
    with time_machine.travel(noon + timedelta(hours=12), tick=False):
        assert request_report(made, period, by=admin).status == "queued"


@pytest.mark.parametrize("kind", ["annual", "hlpf"])
def test_some_kinds_look_at_whole_years(kind):
    with pytest.raises(ValidationError) as error:
        request_report(subjects()[kind], QUARTER, by=f.UserFactory(admin=True), kind=kind)
    assert field_of(error.value) == "days"


def test_drafts_and_merged_partners_have_no_new_reports():
    admin = f.UserFactory(admin=True)

    with refused("not_registered"):
        request_report(f.PartnershipFactory(), YEAR, by=admin, kind="annual")
    with refused("partner_suspended", DomainError):
        partner = f.PartnerFactory(status="suspended")
        request_report(partner, YEAR, by=admin, kind="partner")


def test_a_partnerships_period_is_named_by_its_days_too():
    period = f.PeriodFactory()
    partnership, admin = period.framework.partnership, f.UserFactory(admin=True)
    days = (period.starts_on, period.ends_on)

    run = request_report(partnership, days, by=admin)

    assert run == request_report(partnership, period, by=admin)
    with pytest.raises(ValidationError) as error:
        request_report(partnership, YEAR, by=admin)
    assert field_of(error.value) == "days"


def test_a_run_that_a_batch_makes_at_the_same_moment_is_the_answer():
    """Between looking and making: what the batch inserted stands."""
    goal = f.GoalFactory()
    first = ReportRun.objects.ask("goal", {"goal": goal}, QUARTER)

    class Blind(type(ReportRun.objects.all())):
        def order_by(self, *names):
            return self.none() if names == ("-revision",) else super().order_by(*names)

    run = Blind(ReportRun).ask("goal", {"goal": goal}, QUARTER)

    assert run == first


def asked(api, body, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return api.post("/api/v1/reports/", body)


@pytest.mark.parametrize("kind", KINDS)
def test_over_the_api_by_kind_subject_and_days(api, kind, django_capture_on_commit_callbacks):
    subject = subjects()[kind]
    field = "partnership" if kind == "annual" else kind
    body = {"kind": kind, "days": "2024"} | ({field: subject.pk} if subject else {})
    api.force_authenticate(f.UserFactory(admin=True))

    answer = asked(api, body, django_capture_on_commit_callbacks)

    assert answer.status_code == 202
    run = api.get(answer["Location"]).json()
    assert (run["kind"], run["starts_on"], run["status"]) == (kind, "2024-01-01", "queued")
    assert asked(api, body, django_capture_on_commit_callbacks).json()["id"] == run["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "goal", "days": "2024"}, "goal"),
        ({"kind": "portfolio", "days": "soon"}, "days"),
        ({"kind": "portfolio"}, "days"),
        ({"kind": "portfolio", "days": "2024", "goal": 1}, "goal"),
        ({"kind": "nonsense", "days": "2024"}, "kind"),
        ({"days": "2024"}, "partnership"),
        ({"kind": "hlpf", "days": "2024-Q1"}, "days"),
    ],
)
def test_the_api_names_the_field_that_is_wrong(api, body, field):
    if "goal" in body:
        body = body | {"goal": f.GoalFactory().pk}
    api.force_authenticate(f.UserFactory(admin=True))

    answer = api.post("/api/v1/reports/", body)

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [field]
