"""Pages of risks and benefits: the register, the balance, and how they are entered."""

from decimal import Decimal

import pytest

from partnerships.models import Agreement, Benefit, Risk, ledger_state
from partnerships.services.ledger import Part, edit_risk, propose_ledger
from tests.factories import (
    AgreementFactory,
    BenefitFactory,
    CurrencyFactory,
    PartnershipFactory,
    RiskFactory,
    UserFactory,
)
from tests.moves import People, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


def page(people, rest=""):
    return f"/partnerships/{people.partnership.reference}/risks/{rest}"


def risk_form(people, lead=60, member=40, **fields):
    return {
        "version": 1,
        "category": "revenue",
        "description": "Fewer riders than planned.",
        "likelihood": 3,
        "impact": 4,
        f"share_{people.lead_membership.pk}": lead,
        f"share_{people.membership.pk}": member,
        **fields,
    }


def held(record):
    return {s.membership_id: s.percent for s in record.shares_now}


def endorse_all(agreement, people):
    agreement.endorse(people.lead_membership, by=people.lead_manager)
    agreement.endorse(people.membership, by=people.manager)


def test_a_risk_is_entered_with_its_shares_and_changed(client, people):
    client.force_login(people.lead_manager)

    client.post(page(people, "new/"), risk_form(people))
    risk = Risk.objects.get()
    assert held(risk) == {people.lead_membership.pk: 60, people.membership.pk: 40}
    form = risk_form(people, 50, "", share_public="50", version=risk.version, impact=5)
    client.post(page(people, f"{risk.pk}/"), form)

    risk.refresh_from_db()
    assert (risk.impact, held(risk)) == (5, {people.lead_membership.pk: 50, None: 50})
    assert risk.sharings.count() == 2


def test_shares_that_do_not_add_up_are_said_and_nothing_typed_is_lost(client, people):
    client.force_login(people.lead_manager)

    answer = client.post(page(people, "new/"), risk_form(people, 60, 30)).content.decode()

    assert "make up 90 %, not 100 %" in answer
    assert "Fewer riders than planned." in answer
    assert 'value="30"' in answer
    assert not Risk.objects.exists()


def test_a_stale_form_is_refused_and_kept(client, people):
    risk = RiskFactory(partnership=people.partnership)
    edit_risk(Risk.objects.get(), by=people.lead_manager, impact=5)
    client.force_login(people.lead_manager)

    answer = client.post(page(people, f"{risk.pk}/"), risk_form(people)).content.decode()

    assert "changed by somebody else" in answer
    assert "Fewer riders than planned." in answer
    assert Risk.objects.get().impact == 5


def test_a_benefit_is_entered_and_dropped(client, people):
    CurrencyFactory(code="USD")
    client.force_login(people.lead_manager)
    form = {"version": 1, "kind": "revenue", "description": "Fares.", "value": "100"}

    answer = client.post(page(people, "benefits/new/"), form)
    assert "with its currency" in answer.content.decode()
    client.post(page(people, "benefits/new/"), form | {"currency": "USD", "share_public": "100"})
    benefit = Benefit.objects.get()
    answer = client.post(page(people, f"benefits/{benefit.pk}/move/"), {"status": "dropped"})
    assert "required" in answer.content.decode()
    client.post(
        page(people, f"benefits/{benefit.pk}/move/"), {"status": "dropped", "reason": "No fares."}
    )

    benefit.refresh_from_db()
    assert benefit.status == "dropped"
    assert list(benefit.values.values_list("status", flat=True)) == ["expected", "dropped"]


def test_the_balance_is_shown_with_its_flag_and_arithmetic(client, people):
    RiskFactory(partnership=people.partnership)
    BenefitFactory(
        partnership=people.partnership,
        shares={people.lead_membership: 25, people.membership: 75},
    )
    client.force_login(people.manager)

    shown = client.get(page(people)).content.decode()

    assert "Out of balance" in shown
    assert "<b>25 %</b>" in shown
    assert "(100 % × 12) ÷ 12 = 100 %" in shown
    assert "(75 % × 1,000,000) ÷ 1,000,000 = 75 %" in shown


def test_the_public_sees_the_ledger_once_the_members_have_endorsed_it(client, people):
    RiskFactory(partnership=people.partnership, description="Floods.", owner=people.membership)
    assert "Floods." not in client.get(page(people)).content.decode()
    agreement = propose_ledger(people.partnership, by=people.lead_manager)
    assert "Floods." not in client.get(page(people)).content.decode()

    endorse_all(agreement, people)

    shown = client.get(page(people)).content.decode()
    assert "Floods." in shown
    assert "endorsed by 2 of 2 members" in shown
    assert "watched by" not in shown
    client.force_login(people.manager)
    assert "watched by" in client.get(page(people)).content.decode()


def test_any_change_of_what_was_dealt_out_asks_for_new_endorsements(people):
    risk = RiskFactory(partnership=people.partnership)
    first = propose_ledger(people.partnership, by=people.lead_manager)
    endorse_all(first, people)
    assert not ledger_state(people.partnership).changed_since
    with refused("unchanged"):
        propose_ledger(people.partnership, by=people.lead_manager)

    shares = [Part(people.lead_membership, Decimal(50)), Part(None, Decimal(50))]
    edit_risk(Risk.objects.get(), by=people.lead_manager, shares=shares)

    assert ledger_state(people.partnership).changed_since
    second = propose_ledger(people.partnership, by=people.lead_manager)
    endorse_all(second, people)
    assert [a.status for a in Agreement.objects.order_by("edition")] == ["superseded", "binding"]
    assert str(risk) in second.text


def test_who_watches_a_risk_and_how_it_stands_needs_no_new_endorsement(people):
    RiskFactory(partnership=people.partnership)
    endorse_all(propose_ledger(people.partnership, by=people.lead_manager), people)

    edit_risk(Risk.objects.get(), by=people.lead_manager, owner=people.membership)
    Risk.objects.get().move("mitigated", by=people.lead_manager, reason="Insured.")

    assert not ledger_state(people.partnership).changed_since


def test_a_ledger_proposed_anew_takes_the_former_proposal_back(people):
    RiskFactory(partnership=people.partnership)
    first = propose_ledger(people.partnership, by=people.lead_manager)
    RiskFactory(partnership=people.partnership)

    second = propose_ledger(people.partnership, by=people.lead_manager)

    first.refresh_from_db()
    assert (first.status, second.status, second.edition) == ("withdrawn", "proposed", 2)


def test_an_empty_ledger_is_not_proposed(people):
    with refused("empty_ledger"):
        propose_ledger(people.partnership, by=people.lead_manager)


def test_another_partnerships_risk_is_not_found(client, people):
    other = RiskFactory()
    client.force_login(people.lead_manager)

    assert client.get(page(people, f"{other.pk}/")).status_code == 404


def test_outsiders_read_no_ledger_that_binds_in_a_partnership_that_is_not_public(client):
    partnership = PartnershipFactory()
    AgreementFactory(partnership=partnership, kind="ledger", binding=True)
    risk = RiskFactory(partnership=partnership)

    assert not Risk.objects.visible_to(UserFactory()).filter(pk=risk.pk).exists()


def test_the_register_costs_the_same_for_many_rows(client, people, django_assert_max_num_queries):
    client.force_login(people.lead_manager)
    for _ in range(12):
        RiskFactory(partnership=people.partnership)
        BenefitFactory(partnership=people.partnership)

    with django_assert_max_num_queries(40):
        client.get(page(people))
