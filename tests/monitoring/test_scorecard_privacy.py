"""A8 against arithmetic done by hand, in the comments."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from monitoring.reports.accountability.privacy import is_personal
from tests.factories import (
    AgreementFactory,
    CategoryFactory,
    ClauseFactory,
    DimensionFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipVersionFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
)
from tests.monitoring.scored import CUTOFF, NOON, ON, outcome_of, subject_of

pytestmark = pytest.mark.django_db
LATER = CUTOFF + timedelta(days=1)


@pytest.fixture
def framework():
    unit = ReportingUnitFactory()
    made = FrameworkFactory(partnership=unit.membership.partnership, agreed=True)
    PeriodFactory(framework=made, starts_on=date(2025, 10, 1), ends_on=ON)
    return made


def outcome(framework, **dates):
    return outcome_of("A8", subject_of(framework.partnership, framework, **dates))


def statement(framework, **fields):
    agreement = AgreementFactory(partnership=framework.partnership)
    clause = ClauseFactory(agreement=agreement, kind="sharing_data")
    agreement.change(status="binding", sha256="0" * 64, **fields)
    return clause


def broken_down(framework, parts, **fields):
    """An indicator by sex with a total of 30, and the parts that were reported."""
    indicator = IndicatorFactory(result__framework=framework, **fields)
    sex = DimensionFactory(code="SEX")
    values = {indicator: Decimal(30)}
    for code, part in parts.items():
        values[indicator, CategoryFactory(dimension=sex, code=code)] = Decimal(part)
    unit = ReportingUnitFactory(membership__partnership=framework.partnership)
    SubmissionFactory(
        unit=unit,
        period=framework.periods.get(),
        values=values,
        approved__at=CUTOFF - timedelta(days=9),
    )
    return indicator


def test_without_breakdowns_two_checks_apply(framework):
    checks = {
        "statement_endorsed": False,
        "breakdowns_suppressed": None,
        "no_personal_data": True,
    }
    before = outcome(framework)
    assert (before.numerator, before.denominator) == (1, 2)
    assert before.beside == {"checks": checks}
    assert before.next_step == "Agree on a clause about sharing and protecting data."

    clause = statement(framework, bound_at=NOON)

    after = outcome(framework)
    assert (after.value, after.next_step) == (1, "")
    assert after.evidence == [{"type": "partnerships.clause", "id": clause.pk}]


def test_a_statement_counts_while_it_binds_by_the_reference_date(framework):
    statement(framework, bound_at=CUTOFF - timedelta(days=1))  # after 31 December
    assert outcome(framework).value == Decimal("0.5")


def test_small_groups_of_an_indicator_that_does_not_say_it_counts_people_are_open(framework):
    hidden = broken_down(framework, {"F": 3, "M": 27}, people=True)
    assert outcome(framework).beside["checks"]["breakdowns_suppressed"] is True

    open_one = broken_down(framework, {"F": 3, "M": 27})
    broken_down(framework, {"F": 15, "M": 15})  # no small group

    found = outcome(framework)
    # statement: no; breakdowns: no; personal data: none
    assert (found.numerator, found.denominator) == (1, 3)
    assert {"type": "monitoring.indicator", "id": open_one.pk} in found.evidence
    assert {"type": "monitoring.indicator", "id": hidden.pk} not in found.evidence


def test_personal_data_is_found_in_what_was_public_by_the_cutoff(framework):
    partnership = framework.partnership
    PartnershipVersionFactory(partnership=partnership, at=NOON)
    assert outcome(framework).beside["checks"]["no_personal_data"]

    partnership.change(summary="Ask Amina, amina.w@example.org.")
    later = PartnershipVersionFactory(partnership=partnership, at=LATER, why="amended")

    assert outcome(framework).beside["checks"]["no_personal_data"]  # not yet
    found = outcome(framework, cutoff_at=LATER + timedelta(days=1))
    assert not found.beside["checks"]["no_personal_data"]
    assert found.evidence == [{"type": "partnerships.partnershipversion", "id": later.pk}]
    assert "amina" not in str(found)


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("Write to juma.otieno@example.org", True),
        ("Write to info@example.org", False),
        ("Call +254 712 345 678", True),
        ("Growth of +12 % from 2020 to 2024", False),
        ("See https://example.org/a/2024-01-01+2025", False),
        ("@kisima on the radio", False),
    ],
)
def test_addresses_of_offices_are_no_persons(text, personal):
    assert is_personal(text) is personal
