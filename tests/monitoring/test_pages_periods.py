"""The page of periods: what is due, who has reported, what the lead closes and opens again."""

from datetime import date

import pytest
import time_machine

from monitoring.models import Period, ReportingUnit, UnitHandover
from registry.models import Event
from tests.factories import (
    CountryFactory,
    FrameworkFactory,
    IndicatorFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UnitHandoverFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def framework(people):
    found = FrameworkFactory(partnership=people.partnership, agreed=True)
    IndicatorFactory(result__framework=found)
    return found


def address(people, rest=""):
    return f"/partnerships/{people.partnership.reference}/periods/{rest}"


def text_of(client, people, rest=""):
    return " ".join(client.get(address(people, rest)).content.decode().split())


@pytest.fixture
def reported(people, framework):
    """One period, two units: one has reported, the other one has begun nothing."""
    period = PeriodFactory(framework=framework)
    unit = ReportingUnitFactory(membership=people.membership)
    owing = ReportingUnitFactory(membership=people.lead_membership)
    indicator = framework.results.get().indicators.get()
    SubmissionFactory(unit=unit, period=period, values={indicator: 5}, approved=True)
    return period, unit, owing


def test_the_public_reads_how_many_have_reported_and_not_who(client, people, reported):
    text = text_of(client, people)

    assert "<b>1</b> of 2 approved" in text
    assert "30 Apr 2024" in text
    assert "Owes" not in text


def test_members_read_who_has_reported_and_who_owes(client, people, reported):
    client.force_login(people.observer)

    text = text_of(client, people)

    assert f"Owes</span> {people.lead_membership.partner}" in text
    assert f">{people.membership.partner}</a>" in text


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2024-03-31", "Running"),
        ("2024-04-01", "Due"),
        ("2024-04-30", "Due"),
        ("2024-05-01", "Late"),
        ("2024-07-29", "Late"),
        ("2024-07-30", "Overdue"),
    ],
)
def test_a_period_is_due_late_and_overdue_by_days(client, people, framework, day, state):
    PeriodFactory(framework=framework)
    ReportingUnitFactory(membership=people.membership)
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        assert f"{state}</span>" in text_of(client, people)


def test_the_lead_opens_what_has_begun_closes_and_opens_again_with_a_reason(
    client, people, framework
):
    client.force_login(people.lead_manager)
    with time_machine.travel("2024-08-01T12:00:00Z", tick=False):
        assert "Open 3 periods that have begun" in text_of(client, people)
        client.post(address(people, "open/"))
        assert Period.objects.count() == 3
        first = Period.objects.order_by("ends_on").first()

        client.post(address(people, f"{first.pk}/close/"))
        first.refresh_from_db()
        assert first.status == "closed"
        refused = client.post(address(people, f"{first.pk}/reopen/"), {"reason": " "})
        assert refused.status_code == 400
        assert f'href="#id_{first.pk}_reason"' in refused.content.decode()
        client.post(address(people, f"{first.pk}/reopen/"), {"reason": "A late correction."})

    first.refresh_from_db()
    assert first.status == "open"
    assert Event.objects.about(first).filter(reason="A late correction.").exists()


def test_a_period_with_data_to_decide_is_not_closed(client, people, reported):
    period, _, owing = reported
    SubmissionFactory(unit=owing, period=period, submitted=True)
    client.force_login(people.lead_manager)

    assert "1 to decide first" in text_of(client, people)
    answer = client.post(address(people, f"{period.pk}/close/"), follow=True)

    assert "wait for a decision" in answer.content.decode()
    period.refresh_from_db()
    assert period.status == "open"


def test_closing_without_all_data_names_what_is_shut_out(client, people, reported):
    period, _, owing = reported
    returned = SubmissionFactory(unit=owing, period=period, submitted=True)
    returned.send_back(by=people.admin, reason="Which wells?")
    client.force_login(people.lead_manager)

    said = text_of(client, people)
    assert f"Without approved data: {owing} (returned, to be answered)" in said
    assert "Close without it" in said

    period.close(by=people.lead_manager)
    shown = client.get(f"/submissions/{returned.pk}/").content.decode()
    assert "The period is closed" in shown


def test_a_late_period_whose_data_is_all_sent_owes_nothing(client, people, reported):
    period, _, owing = reported
    SubmissionFactory(unit=owing, period=period, submitted=True)
    client.force_login(people.lead_manager)

    assert "All sent" in text_of(client, people)


@pytest.mark.parametrize("rest", ["{}/close/", "{}/reopen/"])
def test_another_partnerships_period_is_not_found(client, people, rest):
    other = PeriodFactory()
    client.force_login(people.lead_manager)

    answer = client.post(address(people, rest.format(other.pk)), {"reason": "Ours."})
    assert answer.status_code == 404


def test_the_lead_names_units_of_any_member_and_a_manager_its_own(client, people, framework):
    kenya = CountryFactory(alpha2="KE")
    client.force_login(people.lead_manager)
    assert "no data is expected from them" in text_of(client, people)
    client.post(
        address(people, "units/new/"),
        {"membership": people.membership.pk, "country": kenya.pk, "place": "Ward 7"},
    )
    unit = ReportingUnit.objects.get()
    assert (unit.membership, unit.place) == (people.membership, "Ward 7")

    client.force_login(people.manager)
    refused = client.post(
        address(people, "units/new/"), {"membership": people.lead_membership.pk}
    ).content.decode()
    assert "There is a problem" in refused
    client.post(address(people, "units/new/"), {"membership": people.membership.pk})
    assert ReportingUnit.objects.filter(membership=people.membership).count() == 2


def test_the_same_unit_twice_is_refused_in_words(client, people, framework):
    ReportingUnitFactory(membership=people.membership)
    client.force_login(people.lead_manager)

    form = {"membership": people.membership.pk}
    answer = client.post(address(people, "units/new/"), form).content.decode()

    assert "There is a problem" in answer
    assert ReportingUnit.objects.count() == 1


def test_former_editions_keep_their_periods(client, people):
    old = FrameworkFactory(partnership=people.partnership, superseded=True)
    PeriodFactory(framework=old, starts_on=date(2024, 1, 1))
    FrameworkFactory(partnership=people.partnership, agreed=True)

    assert "2024 Q1" in text_of(client, people)
    assert "edition 1" in text_of(client, people)


@pytest.mark.parametrize("many", [2, 12])
def test_it_costs_the_same_for_many_periods_and_units(
    client, people, framework, django_assert_max_num_queries, many
):
    indicator = framework.results.get().indicators.get()
    units = [
        ReportingUnitFactory(membership=people.membership, place=f"Ward {n}") for n in range(many)
    ]
    for _ in range(many):
        period = PeriodFactory(framework=framework)
        SubmissionFactory(unit=units[0], period=period, values={indicator: 1}, approved=True)
    client.force_login(people.lead_manager)

    with django_assert_max_num_queries(28):
        client.get(address(people))


@pytest.mark.parametrize("first", ["12", "-1", "x", "9" * 40])
def test_pages_of_periods_take_any_number(client, people, framework, first):
    assert client.get(address(people), {"from": first}).status_code == 200


def test_a_unit_is_offered_by_its_member_and_taken_over(client, people, framework):
    unit = ReportingUnitFactory(membership=people.membership)
    taking = ReportingUnitFactory(membership=people.lead_membership)
    form = {"successor": taking.pk, "since_on": "2024-10-01", "reason": "We left the county."}
    client.force_login(people.manager)

    wrong = client.post(address(people, f"units/{unit.pk}/hand-over/"), form | {"since_on": ""})
    assert 'href="#id_since_on"' in wrong.content.decode()
    client.post(address(people, f"units/{unit.pk}/hand-over/"), form)
    offer = UnitHandover.objects.get()
    assert "We left the county." in text_of(client, people)
    assert "Take the offer back" in text_of(client, people)
    client.force_login(people.lead_manager)
    assert "Take it over" in text_of(client, people)
    client.post(address(people, f"hand-overs/{offer.pk}/accept/"))

    unit.refresh_from_db()
    assert (unit.successor, unit.successor_since) == (taking, date(2024, 10, 1))
    assert f"to {taking}, from 1 Oct 2024" in text_of(client, people)


def test_the_lead_hands_a_unit_over_at_once(client, people, framework):
    unit = ReportingUnitFactory(membership=people.membership)
    taking = ReportingUnitFactory(membership=people.lead_membership)
    client.force_login(people.lead_manager)

    form = {"successor": taking.pk, "since_on": "2024-10-01"}
    client.post(address(people, f"units/{unit.pk}/hand-over/"), form)

    unit.refresh_from_db()
    assert unit.successor == taking


def test_only_units_that_can_take_over_are_offered(client, people, framework):
    unit = ReportingUnitFactory(membership=people.membership, place="North")
    whole = ReportingUnitFactory(membership=people.lead_membership)
    client.force_login(people.lead_manager)
    where = address(people, f"units/{unit.pk}/hand-over/")

    lonely = client.get(where).content.decode()
    assert f'value="{whole.pk}"' not in lonely
    assert "Name the unit that will" in lonely
    taking = ReportingUnitFactory(membership=people.lead_membership, place="North")
    assert f'value="{taking.pk}"' in client.get(where).content.decode()


@pytest.mark.parametrize("answer", ["decline", "withdraw"])
def test_an_offer_is_declined_or_taken_back(client, people, framework, answer):
    unit = ReportingUnitFactory(membership=people.membership)
    taking = ReportingUnitFactory(membership=people.lead_membership)
    offer = UnitHandoverFactory(unit=unit, successor=taking)
    client.force_login(people.lead_manager if answer == "decline" else people.manager)

    client.post(address(people, f"hand-overs/{offer.pk}/{answer}/"))

    unit.refresh_from_db()
    assert unit.successor is None
    assert "is offered to" not in text_of(client, people)


def test_an_answer_that_there_is_not_is_not_found(client, people, framework):
    client.force_login(people.lead_manager)
    assert client.post(address(people, "hand-overs/1/eat/")).status_code == 404
