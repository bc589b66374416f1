"""What fits together: found by sets, as the rules say pair by pair."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from partnerships.aggregation import find_matches
from partnerships.models import Match
from tests.factories import (
    CommitmentFactory,
    CountryFactory,
    FundFactory,
    NeedFactory,
    PartnerFactory,
    PartnershipFactory,
    SolutionFactory,
    TargetFactory,
)
from tests.partnerships.naive_matching import matches

pytestmark = pytest.mark.django_db
WORDS = (
    "water pump borehole repair village women seeds market school toilet clinic solar lamp nurse"
    " vaccine forest charcoal stove fish reef plastic drain bank loan training teacher radio map"
)
TARGETS = ["6.1", "6.2", "6.4", "3.1", "3.8", "7.1", "7.2", "4.1"]
COUNTRIES = ["KE", "PE", "NP", "UG", "TZ"]
KINDS = ["finance", "technology", "expertise", "capacity"]


def text(n):
    """Ten words that depend on the number alone."""
    words = WORDS.split()
    return " ".join(words[(n * 7 + k * k * 3 + n // 5) % len(words)] for k in range(10))


def some(values, n, count=2):
    return sorted({values[(n * 3 + k * 5 + n // 7) % len(values)] for k in range(count)})


def fill(needs, solutions, funds):
    for code, region in zip(COUNTRIES, ["East", "South", "Asia", "East", "East"], strict=True):
        CountryFactory(alpha2=code, sub_region=region)
    owners = [PartnerFactory(kind=kind) for kind in ("community", "msme", "foundation")]
    for n in range(needs):
        NeedFactory(
            title=text(n),
            description=text(n + 1),
            partner=owners[n % 3],
            kind=KINDS[n % 4],
            **({"amount": Decimal(1000 * n), "currency_id": "USD"} if n % 4 == 0 else {}),
            targets=some(TARGETS, n),
            countries=some(COUNTRIES, n, 1),
        )
    for n in range(solutions):
        SolutionFactory(
            title=text(n * 2),
            problem=text(n * 3),
            owner=owners[(n + 1) % 3],
            kinds=some(KINDS, n),
            status=["screened", "piloted", "scaling"][n % 3],
            everywhere=n % 6 == 0,
            targets=some(TARGETS, n + 1),
            countries=some(COUNTRIES, n),
        )
    for n in range(funds):
        FundFactory(
            title=text(n + 3),
            for_kinds=["community", "msme"][: n % 3],
            least=1000 * n,
            most=20_000 * (n + 1),
            everywhere=n % 2 == 0,
            targets=some(TARGETS, n, 3),
            countries=some(COUNTRIES, n, 3),
        )


def stored():
    return {
        (m.need_id, m.side, m.offer.pk): m.score
        for m in Match.objects.filter(status="proposed").with_sides()
    }


def test_finds_by_sets_what_the_rules_give_pair_by_pair():
    today = timezone.localdate()
    fill(needs=80, solutions=100, funds=10)

    found = find_matches(today)
    expected, got = matches(today), stored()

    assert found.new == len(got) > 300
    assert {side for _, side, _ in got} == {"solution", "fund"}
    assert got == expected


def test_a_score_by_hand():
    """target 0.35 + country 0.15 + kind 0.15 + stage 0.05 · 0.8 = 0.69, and the texts: of three
    texts `pump` stands in two (ln 4/2 = 0.6931), `fails` and `motor` in one (ln 4 = 1.3863), so
    0.6931² / (0.6931² + 1.3863²) = 0.4805 / 2.4022 = 0.2, times 0.30 = 0.06."""
    need = NeedFactory(title="pump", description="fails")
    solution = SolutionFactory(title="pump", problem="motor", approach="motor", status="piloted")
    FundFactory(title="loans", description="loans", targets=["3.1"])

    find_matches()

    match = Match.objects.get(need=need, solution=solution)
    assert match.score == Decimal("0.750")
    assert match.explanation == (
        "same target 6.1, same country KE, gives technology, stage piloted, text 0.20 (pump)"
    )


def test_plurals_accents_and_chinese_are_compared():
    need = NeedFactory(title="Réparer les pompes", description="村里的水泵坏了")
    solution = SolutionFactory(title="Reparation de la pompe", problem="修水泵", approach="x")
    find_matches()

    words = Match.objects.get(need=need, solution=solution).facts["words"]
    assert {"repar", "水泵", "pompe"} <= {*words}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "proposed", "screened_at": None},
        {"status": "retired"},
        {"owner__status": "suspended"},
        {"targets": ["3.1"]},
        {"targets": ["6.2"], "kinds": ["finance"]},
        {"targets": ["6.2"], "countries": ["PE"]},
    ],
)
def test_solutions_that_are_not_offered_or_do_not_fit_are_not_proposed(change):
    NeedFactory()
    SolutionFactory(**change)

    assert find_matches().new == 0


def test_ones_own_solution_is_not_proposed():
    need = NeedFactory()
    SolutionFactory(owner=need.partner)
    assert find_matches().new == 0


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"for_kinds": ["community"]}, True),
        ({"for_kinds": ["msme"]}, False),
        ({"for_sizes": ["small"]}, False),
        ({"least": 60_000}, False),
        ({"most": 40_000}, False),
        ({"least": 50_000, "most": 50_000}, True),
        ({"countries": ["PE"]}, False),
        ({"countries": ["PE"], "everywhere": True}, True),
        ({"opens_on": date(2100, 1, 1)}, False),
        ({"closes_on": date(2024, 2, 1)}, False),
        ({"partner__status": "pending"}, False),
    ],
)
def test_a_fund_is_proposed_to_whom_it_is_for_while_its_window_is_open(change, fits):
    NeedFactory(finance=True)
    FundFactory(**change)

    assert find_matches().new == fits


def test_an_amount_in_another_currency_is_not_compared():
    NeedFactory(finance=True)
    FundFactory(most=1, currency__code="EUR")
    assert find_matches().new == 1


def test_an_open_commitment_of_another_partnership_is_proposed():
    partnership = PartnershipFactory(active=True, level="global")
    partnership.targets.add(TargetFactory())
    commitment = CommitmentFactory(
        partnership=partnership,
        kind="technology",
        currency=None,
        amount=None,
        due_on=timezone.localdate() + timedelta(days=30),
    )
    CommitmentFactory(partnership=partnership, kind="technology", currency=None, amount=None)
    need = NeedFactory()
    NeedFactory(partnership=partnership, partner=partnership.memberships.first().partner)
    find_matches()

    assert Match.objects.get().commitment == commitment, "the other one's day has passed"
    assert Match.objects.get().need == need, "a partnership knows its own"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "withdrawn", "ended_on": date(2024, 2, 1)},
        {"needed_by": date(2024, 2, 1)},
        {"partner__status": "pending"},
    ],
)
def test_needs_that_are_not_open_or_not_public_are_not_matched(change):
    NeedFactory(**change)
    SolutionFactory()
    assert find_matches().new == 0


def test_a_need_of_a_draft_is_not_matched():
    draft = PartnershipFactory()
    NeedFactory(partnership=draft, partner=draft.memberships.get().partner)
    SolutionFactory()
    assert find_matches().new == 0
