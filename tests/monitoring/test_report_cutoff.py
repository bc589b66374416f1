"""A report's cut-off is taken when nobody is in the middle of writing what it reads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from monitoring.exchange.jobs import lock_imports
from monitoring.models import HlpfReview, ReportBatch, ReportRun
from monitoring.reports import runs
from monitoring.reports.kinds import build
from monitoring.reports.snapshot import digest
from monitoring.services.annual import write_section
from partnerships.aggregation.matching import find_matches
from partnerships.services.catalogue import edit_need, edit_solution
from registry.models import ExchangeRate
from registry.services import money
from registry.services.partners import add_identifier, edit_partner, one_identity_at_a_time
from tests.factories import (
    CurrencyFactory,
    DeliveryFactory,
    FrameworkFactory,
    GoalFactory,
    MatchFactory,
    MembershipFactory,
    NeedFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SolutionFactory,
    SubmissionFactory,
    UserFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db(transaction=True)
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def asked_in_the_middle_of(write, period):
    """Ask for the report while `write` has been done but not committed: the last moment before
    the commit, and the cut-off."""
    done, asked, moments = threading.Event(), threading.Event(), []

    def writer():
        with transaction.atomic():
            write()
            done.set()
            asked.wait(0.5)  # long enough for the asking to reach the lock
            moments.append(datetime.now(UTC))
        connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    done.wait(10)
    about = {"partnership": period.framework.partnership, "period": period}
    run = ReportRun.objects.ask("partnership", about, (period.starts_on, period.ends_on))
    asked.set()
    thread.join()
    return moments[0], run.cutoff_at


def test_an_approval_of_another_period_in_flight_is_before_the_cutoff():
    unit = ReportingUnitFactory()
    submission = SubmissionFactory(unit=unit)
    submission.change(status="submitted", submitted_at=datetime.now(UTC))
    later = PeriodFactory(framework=submission.period.framework)
    admin = UserFactory(is_staff=True)

    committed_at, cutoff_at = asked_in_the_middle_of(lambda: submission.approve(by=admin), later)

    assert cutoff_at > committed_at


def test_a_confirmation_in_flight_is_before_the_cutoff():
    delivery = DeliveryFactory()
    period = PeriodFactory(framework__partnership=delivery.partnership)
    admin = UserFactory(is_staff=True)

    committed_at, cutoff_at = asked_in_the_middle_of(lambda: delivery.confirm(by=admin), period)

    assert cutoff_at > committed_at


def in_catalogue(period):
    """What is written in the catalogue, and of partners, that a report of the period reads."""
    made, admin = period.framework.partnership, UserFactory(is_staff=True)
    owner = MembershipFactory(partnership=made).partner
    need = NeedFactory(partnership=made, partner=made.memberships.earliest("pk").partner)
    proposed = SolutionFactory(partnership=made, owner=owner, proposed=True)
    return {
        "screened": lambda: proposed.screen(by=admin),
        "edited": lambda: edit_solution(proposed, by=admin, partnership=None),
        "need edited": lambda: edit_need(need, by=admin, kind="finance"),
        "need withdrawn": lambda: need.withdraw(by=admin, reason="No more."),
        "match accepted": MatchFactory(need=need).accept,
        "level": lambda: edit_partner(owner, by=admin, level="community"),
        "number": lambda: add_identifier(owner, by=admin, scheme="UNGC", value="12345"),
    }


@pytest.mark.parametrize(
    "what",
    ["screened", "edited", "need edited", "need withdrawn", "match accepted", "level", "number"],
)
def test_what_the_catalogue_and_partners_say_in_flight_is_before_the_cutoff(what):
    period = PeriodFactory(framework__partnership__active=True)
    write = in_catalogue(period)[what]
    by = {"by": UserFactory(is_staff=True)} if what == "match accepted" else {}

    committed_at, cutoff_at = asked_in_the_middle_of(lambda: write(**by), period)

    assert cutoff_at > committed_at


class Writer:
    """Writes in a transaction that lasts until it is told to `end`."""

    def __init__(self, write):
        self.write, self.done, self.go = write, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        assert self.done.wait(10)

    def run(self):
        with transaction.atomic():
            self.write()
            self.done.set()
            self.go.wait(20)
        connection.close()

    def end(self, after=0.0):
        threading.Timer(after, self.go.set).start()
        if not after:
            self.thread.join()


def test_a_run_of_a_batch_waits_for_what_was_being_written_when_it_was_asked_for():
    partnership = FrameworkFactory(partnership__active=True, agreed=True).partnership
    by = People(partnership).lead_manager
    said = {"by": by, "text": "Learnt in time.", "version": 0}
    writer = Writer(lambda: write_section(partnership, 2024, "lessons", **said))
    ReportBatch.objects.ask("annual", YEAR)

    writer.end(after=0.4)  # long enough for the computing to reach the lock
    report = runs.compute(ReportRun.objects.get())

    assert "Learnt in time." in str(report.content["narrative"])
    assert digest(build(ReportRun.objects.get())) == report.sha256


@pytest.mark.parametrize("kind", ["partnership", "goal"])
def test_a_run_waits_for_rates_that_are_being_loaded(tmp_path, monkeypatch, kind):
    """They are dated before the cut-off, and nothing is written of them yet."""
    CurrencyFactory(code="EUR")
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,on,usd,source\nEUR,2024-01-02,1.25,bank\n")
    row = money._rate
    began, goes_on = threading.Event(), threading.Event()

    def slowly(*args):
        began.set()
        goes_on.wait(20)
        return row(*args)

    monkeypatch.setattr(money, "_rate", slowly)
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(closing, lambda: money.load_rates(rates))
        assert began.wait(20)
        run = asked(kind)
        threading.Timer(0.4, goes_on.set).start()
        report = runs.compute(run)
        assert loading.result()["added"] == 1

    rate = ExchangeRate.objects.get()
    assert rate.loaded_at < report.cutoff_at
    assert report.created_at - rate.loaded_at >= timedelta(seconds=0.4)
    assert digest(build(run)) == report.sha256


def test_a_run_is_put_back_where_rates_are_loaded_for_long(monkeypatch):
    monkeypatch.setattr(runs, "WRITERS_MAY_TAKE", 0.2)
    run = asked("partnership")
    loader = Writer(ExchangeRate.objects.hold)

    assert runs.compute(run) is None

    run.refresh_from_db()
    assert (run.status, run.attempts) == ("queued", 0)
    loader.end()
    assert runs.compute(run).reference_on == run.reference_on


@pytest.mark.parametrize("taken", [lock_imports, one_identity_at_a_time, find_matches])
def test_no_run_waits_for_other_work_that_is_done_one_at_a_time(taken):
    other = Writer(taken)
    assert ExchangeRate.objects.are_settled()
    other.end()


def closing(work):
    """Done in a thread, whose connection ends with it."""
    try:
        return work()
    finally:
        connection.close()


def asked(kind):
    if kind == "goal":
        GoalFactory()
        ReportBatch.objects.ask("goal", YEAR)
        return ReportRun.objects.get()
    period = PeriodFactory(framework__partnership__active=True, framework__agreed=True)
    about = {"partnership": period.framework.partnership, "period": period}
    return ReportRun.objects.ask("partnership", about, (period.starts_on, period.ends_on))


def goals_set():
    goal, admin = GoalFactory(number=3), UserFactory(is_staff=True)
    GoalFactory(number=4)
    return Writer(lambda: HlpfReview.objects.put(2024, [goal.pk], by=admin))


def test_a_run_about_many_waits_for_all_who_were_writing_when_it_began():
    writer = goals_set()
    ReportBatch.objects.ask("hlpf", YEAR)

    writer.end(after=0.4)
    report = runs.compute(ReportRun.objects.get())

    assert [one["goal"] for one in report.content["goals"]] == [3]
    assert digest(build(ReportRun.objects.get())) == report.sha256


def test_goals_that_were_set_after_waiting_for_others_are_dated_after_them():
    writer, admin = goals_set(), UserFactory(is_staff=True)

    began = datetime.now(UTC)
    writer.end(after=0.4)
    waited = HlpfReview.objects.put(2024, [4], by=admin)

    assert waited.set_at - began >= timedelta(seconds=0.4)
    assert HlpfReview.objects.goals_of(2024, waited.set_at) == [4]


def test_a_run_about_many_is_put_back_where_somebody_writes_for_long(monkeypatch):
    monkeypatch.setattr(runs, "WRITERS_MAY_TAKE", 0.2)
    writer = goals_set()
    ReportBatch.objects.ask("hlpf", YEAR)
    run = ReportRun.objects.get()

    assert runs.compute(run) is None

    run.refresh_from_db()
    assert (run.status, run.attempts, run.hinted_at) == ("queued", 0, None)
    writer.end()
    assert runs.compute(run).content["goals"][0]["goal"] == 3
