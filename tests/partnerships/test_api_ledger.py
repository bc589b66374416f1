"""Risks, benefits, clauses and balances over the API."""

import pytest

from partnerships.models import Agreement, Benefit, Risk
from partnerships.services.agreements import begin_from_checklist
from tests.factories import (
    AgreementFactory,
    BenefitFactory,
    CurrencyFactory,
    PartnershipFactory,
    RiskFactory,
)
from tests.moves import People

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def people():
    return People(PartnershipFactory(active=True))


@pytest.fixture
def lead(api, people):
    api.force_authenticate(people.lead_manager)
    return api


def shares(people, *percents):
    bearers = (people.lead_membership.pk, people.membership.pk, None)
    return [{"membership": who, "percent": p} for who, p in zip(bearers, percents, strict=False)]


def risk_body(people, **fields):
    return {
        "partnership": people.partnership.pk,
        "category": "revenue",
        "description": "Fewer riders.",
        "likelihood": 3,
        "impact": 4,
        **fields,
    }


def errors(answer):
    return [(error["attr"], error["code"]) for error in answer.json()["errors"]]


def test_a_risk_comes_with_all_its_shares_and_goes_on_with_others(lead, people):
    body = risk_body(people, shares=shares(people, "60", 30, "10.0"))
    made = lead.post(API + "risks/", body, format="json")
    assert made.status_code == 201
    assert made.json()["shares"] == [
        {"membership": people.lead_membership.pk, "percent": "60.000000"},
        {"membership": people.membership.pk, "percent": "30.000000"},
        {"membership": None, "percent": "10.000000"},
    ]

    address = f"{API}risks/{made.json()['id']}/"
    changed = lead.patch(
        address, {"shares": shares(people, 100)}, format="json", headers={"If-Match": made["ETag"]}
    )
    stale = lead.patch(address, {"impact": 1}, format="json", headers={"If-Match": made["ETag"]})

    assert [share["percent"] for share in changed.json()["shares"]] == ["100.000000"]
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("stated", "attr"),
    [
        (lambda p: shares(p, 60, 30), "shares"),
        (lambda p: shares(p, 100, "0"), "shares"),
        (lambda p: [*shares(p, 50), *shares(p, 50)], "shares"),
        (lambda p: shares(p, "a lot"), "shares.0.percent"),
        (lambda p: [{"percent": 100}], "shares.0.membership"),
        (lambda p: [{"membership": 0, "percent": 100}], "shares.0.membership"),
        (lambda p: [{"membership": None, "percent": 100, "note": "x"}], "shares.0.note"),
        (lambda p: "all", "shares.non_field_errors"),
        (lambda p: shares(p, "1e500"), "shares.0.percent"),
    ],
)
def test_bad_shares_are_refused_by_field_and_nothing_is_saved(lead, people, stated, attr):
    answer = lead.post(API + "risks/", risk_body(people, shares=stated(people)), format="json")

    assert answer.status_code == 400
    assert errors(answer)[0][0] == attr
    assert not Risk.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("likelihood", 0),
        ("impact", 10**30),
        ("category", "weather"),
        ("description", "x" * 501),
        ("owner", 0),
    ],
)
def test_bad_risks_are_refused_by_field(lead, people, field, value):
    answer = lead.post(API + "risks/", risk_body(people, **{field: value}), format="json")

    assert (answer.status_code, errors(answer)[0][0]) == (400, field)


def test_who_watches_a_risk_is_for_members(api, people):
    AgreementFactory(partnership=people.partnership, kind="ledger", binding=True)
    risk = RiskFactory(partnership=people.partnership, owner=people.membership)

    assert api.get(f"{API}risks/{risk.pk}/").json()["owner"] is None
    api.force_authenticate(people.manager)
    assert api.get(f"{API}risks/{risk.pk}/").json()["owner"] == people.membership.pk


def test_a_benefit_says_its_value_with_currency_and_day(lead, people):
    CurrencyFactory(code="EUR")
    body = {"partnership": people.partnership.pk, "kind": "revenue", "description": "Fares."}

    answer = lead.post(API + "benefits/", body | {"value": "5"}, format="json")
    assert answer.status_code == 400
    stated = {"value": "5", "currency": "EUR", "valued_on": "2024-02-29"}
    made = lead.post(API + "benefits/", body | stated, format="json")

    assert made.status_code == 201
    assert Benefit.objects.get().values.count() == 1


def test_a_risk_is_moved_with_a_reason(lead, people):
    risk = RiskFactory(partnership=people.partnership)
    address = f"{API}risks/{risk.pk}/move/"

    assert lead.post(address, {"status": "gone", "reason": "x"}).status_code == 400
    assert lead.post(address, {"status": "closed"}).status_code == 400
    assert lead.post(address, {"status": "closed", "reason": "Built."}).json()["status"] == "closed"
    answer = lead.post(address, {"status": "mitigated", "reason": "x"})

    assert (answer.status_code, errors(answer)) == (409, [(None, "invalid_transition")])


def test_the_balance_says_its_arithmetic(lead, people):
    RiskFactory(partnership=people.partnership)
    BenefitFactory(
        partnership=people.partnership,
        shares={people.lead_membership: 25, people.membership: 75},
    )
    unshared = RiskFactory(partnership=people.partnership, shares__none=True)

    said = lead.get(f"{API}partnerships/{people.partnership.pk}/balance/").json()

    assert (said["value"], said["flagged"], said["reason"]) == ("0.25", True, "")
    assert said["worked"] == "1 − ½ × (75 % + 75 %) = 25 %"
    assert said["lines"][0]["risk_worked"] == "(100 % × 12) ÷ 12 = 100 %"
    assert said["left_out"] == [
        {
            "model": "risk",
            "id": unshared.pk,
            "description": str(unshared),
            "reason": "not_shared",
        }
    ]
    assert said["ledger"] == {
        "agreement": None,
        "endorsed": 0,
        "members": 0,
        "binding": False,
        "changed_since": False,
    }


def test_outsiders_are_not_told_of_a_ledger_that_does_not_bind(api, people):
    RiskFactory(partnership=people.partnership)

    answer = api.get(f"{API}partnerships/{people.partnership.pk}/balance/")

    assert answer.status_code == 404


def test_a_ledger_is_proposed_and_shows_how_many_have_endorsed_it(lead, people):
    RiskFactory(partnership=people.partnership)
    base = f"{API}partnerships/{people.partnership.pk}/"

    made = lead.post(base + "propose-ledger/")
    assert (made.status_code, made.json()["kind"]) == (201, "ledger")
    again = lead.post(base + "propose-ledger/")
    lead.post(
        f"{API}agreements/{made.json()['id']}/endorse/",
        {"membership": people.lead_membership.pk, "sha256": made.json()["sha256"]},
    )

    assert errors(again) == [(None, "unchanged")]
    said = lead.get(base + "balance/").json()["ledger"]
    assert (said["endorsed"], said["members"], said["binding"]) == (1, 2, False)


def test_clauses_come_with_their_document_and_all_at_once(lead, people):
    body = {
        "partnership": people.partnership.pk,
        "kind": "partnership",
        "title": "Ours",
        "quorum": "two_thirds",
        "clauses": [{"kind": "why", "heading": "Aim", "text": "Water."}],
    }
    made = lead.post(API + "agreements/", body, format="json")
    assert made.json()["clauses"] == [
        {"number": 1, "kind": "why", "heading": "Aim", "text": "Water."}
    ]
    address = f"{API}agreements/{made.json()['id']}/"
    bad = lead.patch(
        address,
        {"clauses": [{"kind": "who", "heading": "", "text": "We."}]},
        format="json",
        headers={"If-Match": made["ETag"]},
    )
    refusal = lead.post(address + "propose/")

    assert errors(bad) == [("clauses.0.heading", "blank")]
    assert errors(refusal)[0][0] == "clauses"
    assert "clauses" not in lead.get(API + "agreements/").json()["results"][0]


def test_editions_differ_word_by_word(lead, people):
    former = begin_from_checklist(people.partnership, by=people.lead_manager, kind="engagement")
    address = f"{API}agreements/{former.pk}/"
    lead.post(address + "propose/")
    later = lead.post(address + "revise/").json()
    changed = [
        {**{name: c[name] for name in ("kind", "heading")}, "text": c["text"] + " Always."}
        if c["kind"] == "answers"
        else {name: c[name] for name in ("kind", "heading", "text")}
        for c in later["clauses"]
    ]
    lead.patch(
        f"{API}agreements/{later['id']}/",
        {"clauses": changed},
        format="json",
        headers={"If-Match": "*"},
    )

    said = lead.get(f"{API}agreements/{later['id']}/difference/?former={former.pk}").json()

    assert [c["heading"] for c in said if c["what"] != "same"] == ["7. Telling what came of it"]
    added = [p["text"] for c in said for p in c["pieces"] if p["what"] == "added"]
    assert added == [" Always."]
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize("former", ["", "x", "-1", "9" * 40])
def test_a_difference_from_nothing_is_refused(lead, people, former):
    agreement = AgreementFactory(partnership=people.partnership)

    answer = lead.get(f"{API}agreements/{agreement.pk}/difference/?former={former}")

    assert answer.status_code == 400
