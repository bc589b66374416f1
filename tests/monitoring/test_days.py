"""Days far out of time are refused at the door; one bad framework keeps no other waiting."""

import logging
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring import tasks
from monitoring.models import Framework, Period
from monitoring.services.frameworks import add_indicator, add_target, create_framework
from monitoring.services.periods import open_periods
from partnerships.models import Partnership
from partnerships.services.commitments import add_commitment
from partnerships.services.partnerships import edit_partnership
from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodTargetFactory,
    ResultFactory,
    UserFactory,
)
from tests.moves import field_of

pytestmark = pytest.mark.django_db
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
OUTSIDE = [FIRST - timedelta(days=1), LAST + timedelta(days=1), date.min, date.max]
NUMBER = {"title": "Wells", "measure": "number", "accumulation": "flow", "combine": "sum"}
PROMISE = {"title": "Pumps", "kind": "policy", "due_on": date(2025, 1, 31)}


@pytest.fixture
def admin():
    return UserFactory(admin=True)


def refused_field(call):
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        call()
    return field_of(refusal.value)


@pytest.mark.parametrize("day", OUTSIDE)
@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
def test_a_framework_keeps_within_the_calendar(admin, day, field):
    days = {"starts_on": FIRST, "ends_on": LAST} | {field: day}
    if days["starts_on"] > days["ends_on"]:
        days = dict.fromkeys(days, day)

    with pytest.raises(ValidationError) as refusal:
        create_framework(PartnershipFactory(active=True), by=admin, title="Ours", **days)

    assert field in refusal.value.message_dict
    assert not Framework.objects.exists()


def test_the_longest_framework_has_periods_to_its_end(admin):
    framework = create_framework(
        PartnershipFactory(active=True),
        by=admin,
        title="Ours",
        starts_on=FIRST,
        ends_on=LAST,
        cadence="monthly",
    )

    spans = list(framework.spans())

    assert (len(spans), spans[-1][1]) == (301 * 12, LAST)


@pytest.mark.parametrize("day", OUTSIDE)
def test_other_days_that_people_write_do_so_too(admin, day):
    draft = PartnershipFactory()
    member = MembershipFactory(partnership=PartnershipFactory(active=True, ends_on=None))
    promise = {"membership": member, "by": admin} | PROMISE

    assert refused_field(lambda: edit_partnership(draft, by=admin, ends_on=day)) == "ends_on"
    commit = lambda **days: add_commitment(member.partnership, **promise | days)  # noqa: E731
    assert refused_field(lambda: commit(committed_on=day)) == "committed_on"
    assert refused_field(lambda: commit(due_on=day)) == "due_on"
    assert refused_field(lambda: _indicator(admin, baseline_on=day)) == "baseline_on"


def _indicator(by, **fields):
    framework = FrameworkFactory(partnership=PartnershipFactory(active=True))
    return add_indicator(ResultFactory(framework=framework), by=by, **NUMBER | fields)


@pytest.mark.parametrize("year", [0, 1899, 2201, 12000])
def test_a_baseline_is_of_a_year_of_the_calendar(admin, year):
    assert refused_field(lambda: _indicator(admin, baseline_year=year)) == "baseline_year"


def test_a_year_and_a_day_is_the_longest_grace(admin):
    def create(days):
        return create_framework(
            PartnershipFactory(active=True),
            by=admin,
            title="Ours",
            starts_on=FIRST,
            ends_on=FIRST,
            grace_days=days,
        )

    assert create(366).grace_days == 366
    assert refused_field(lambda: create(367)) == "grace_days"


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda: PartnershipFactory(ends_on=date.max), "partnership_days_in_range"),
        (lambda: FrameworkFactory(ends_on=date.max), "framework_days_in_range"),
        (lambda: FrameworkFactory(grace_days=400), "framework_days_in_range"),
        (lambda: PeriodTargetFactory(ends_on=date.max), "target_days_in_range"),
        (lambda: IndicatorFactory(baseline_on=date.min), "indicator_baseline_in_range"),
        (lambda: IndicatorFactory(baseline_year=12000), "indicator_baseline_in_range"),
    ],
)
def test_the_database_refuses_them_whoever_writes(make, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


def test_over_the_api_the_field_is_named(api, admin):
    api.force_authenticate(admin)
    body = {"partnership": PartnershipFactory(active=True).pk, "title": "Ours"}
    days = {"starts_on": "2024-01-01", "ends_on": "9999-12-31"}

    answer = api.post("/api/v1/frameworks/", body | days, format="json")

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == ["ends_on"]


def test_a_target_beyond_all_time_is_refused_not_an_error(admin):
    indicator = _indicator(admin)

    assert refused_field(
        lambda: add_target(
            indicator, by=admin, starts_on=date(2024, 1, 1), ends_on=date.max, value=Decimal(1)
        )
    )


@pytest.fixture
def three(monkeypatch):
    """Agreed frameworks, of which the second cannot open its periods."""
    frameworks = [FrameworkFactory(agreed=True) for _ in range(3)]
    spans = Framework.spans

    def broken(self):
        if self.pk == frameworks[1].pk:
            raise OverflowError("year 10000 is out of range")
        return spans(self)

    monkeypatch.setattr(Framework, "spans", broken)
    return frameworks


def test_a_framework_that_fails_at_night_is_logged_and_the_others_go_on(three, caplog):
    with caplog.at_level(logging.ERROR):
        tasks.request_due_reports()

    assert [bool(f.periods.count()) for f in three] == [True, False, True]
    assert f"framework {three[1].pk} was left out" in caplog.text


def test_periods_are_opened_through_today_in_the_frameworks_time_zone_at_most(admin):
    framework = FrameworkFactory(
        agreed=True, time_zone="Pacific/Kiritimati", starts_on=date(2024, 1, 1)
    )

    with time_machine.travel("2024-03-31T11:00:00Z", tick=False):  # 1 April on Kiritimati
        assert refused_field(
            lambda: open_periods(framework, by=admin, through=date(2024, 4, 2))
        ) == ("through")
        assert not Period.objects.exists()
        assert len(open_periods(framework, by=admin, through=date(2024, 4, 1))) == 2
        assert len(open_periods(framework, by=admin)) == 2


def test_a_draft_is_still_mended_within_the_calendar(admin):
    draft = PartnershipFactory()

    edit_partnership(draft, by=admin, ends_on=LAST)

    assert Partnership.objects.get(pk=draft.pk).ends_on == LAST
