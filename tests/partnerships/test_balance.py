"""C3, the balance of risks and benefits: expected figures worked out by hand, with fractions."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction as F
from itertools import permutations

import pytest

from partnerships.models import BenefitValue, RiskRating, Sharing, balance_of
from partnerships.models.balance import plain
from tests.factories import (
    NOON,
    BenefitFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    MembershipFactory,
    PartnershipFactory,
    RiskFactory,
    share_out,
)

pytestmark = pytest.mark.django_db


class Coalition:
    """An authority that leads, a builder, and nobody else but the public."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.lead = self.partnership.memberships.get()
        self.builder = MembershipFactory(partnership=self.partnership)

    def risk(self, likelihood, impact, shares, **fields):
        return RiskFactory(
            partnership=self.partnership,
            likelihood=likelihood,
            impact=impact,
            shares=shares,
            **fields,
        )

    def benefit(self, value, shares, **fields):
        return BenefitFactory(
            partnership=self.partnership, value=Decimal(value), shares=shares, **fields
        )


@pytest.fixture
def us():
    return Coalition()


def reasons(balance):
    return [(out.record, out.reason) for out in balance.left_out]


def test_who_carries_what_it_gets_is_in_balance(us):
    us.risk(2, 3, {us.lead: 60, us.builder: 40})
    us.benefit(500, {us.lead: 60, us.builder: 40})

    balance = balance_of(us.partnership)

    assert (balance.exact, balance.value, balance.is_flagged) == (1, 1, False)


def test_who_carries_all_while_another_gets_all_is_out_of_balance(us):
    us.risk(5, 5, {us.lead: 100})
    us.benefit(500, {us.builder: 100})

    balance = balance_of(us.partnership)

    assert (balance.exact, balance.is_flagged) == (0, True)


def test_risks_weigh_by_likelihood_times_impact_and_benefits_by_value(us):
    """Risks 3×4=12 and 2×4=8. Lead (60 %×12 + 25 %×8)/20 = 9.2/20, builder 4.8/20, public 6/20.
    Benefits 3,000 and 1,000: lead and builder 1,500/4,000 each, public 1,000/4,000.
    Gaps 0.46-0.375 = 0.085, 0.24-0.375 = -0.135, 0.3-0.25 = 0.05; 1 - 0.27/2 = 0.865.
    """
    us.risk(3, 4, {us.lead: 60, us.builder: 40})
    us.risk(2, 4, {us.lead: 25, None: 75})
    us.benefit(3000, {us.lead: 50, us.builder: 50})
    us.benefit(1000, {None: 100})

    balance = balance_of(us.partnership)

    assert balance.exact == F(173, 200)
    assert balance.value == Decimal("0.865")
    sides = {line.partner: (line.risk, line.benefit) for line in balance.lines}
    assert sides == {
        us.lead.partner_id: (F(46, 100), F(3, 8)),
        us.builder.partner_id: (F(24, 100), F(3, 8)),
        None: (F(3, 10), F(1, 4)),
    }
    assert balance.lines[0].risk_worked == "(60 % × 12 + 25 % × 8) ÷ 20 = 46 %"
    assert balance.lines[-1].name == "The public and the users"
    assert balance.worked == "1 − ½ × (8.5 % + 13.5 % + 5 %) = 86.5 %"


@pytest.mark.parametrize(
    ("lead_gets", "exact", "flagged"),
    [(60, F(3, 5), False), ("59.999999", F(59999999, 10**8), True), (61, F(61, 100), False)],
)
def test_the_flag_is_up_below_three_fifths_exactly(us, lead_gets, exact, flagged):
    """The lead carries all: the measure is the part of the benefit that it gets."""
    us.risk(1, 1, {us.lead: 100})
    us.benefit(100, {us.lead: lead_gets, us.builder: 100 - Decimal(lead_gets)})

    balance = balance_of(us.partnership)

    assert (balance.exact, balance.is_flagged) == (exact, flagged)


def test_thirds_are_exact(us):
    """Three risks of one weight, one of them the lead's: 1/3, and no digit is lost."""
    for bearer in (us.lead, us.builder, us.builder):
        us.risk(1, 3, {bearer: 100})
    us.benefit(1, {us.lead: 100})

    balance = balance_of(us.partnership)

    assert balance.exact == F(1, 3)
    assert str(balance.value).startswith("0.333333333333333")


def test_the_order_of_rows_and_shares_does_not_matter():
    found = set()
    for order in permutations(range(3)):
        us = Coalition()
        bearers = [us.lead, us.builder, None]
        percents = [50, 30, 20]
        shares = {bearers[n]: percents[n] for n in order}
        for likelihood in [(1, 2, 5)[n] for n in order]:
            us.risk(likelihood, 2, shares)
        us.benefit(100, dict(reversed(list(shares.items()))))
        us.benefit(900, {us.lead: 100})
        found.add(balance_of(us.partnership).exact)

    # The lead carries 50 % and gets 95 %; the others carry 30 and 20 % and get 3 and 2 %.
    assert found == {1 - (F(45, 100) + F(27, 100) + F(18, 100)) / 2}


def test_rows_that_cannot_count_are_left_out_and_named(us):
    us.risk(1, 1, {us.lead: 100})
    us.benefit(100, {us.lead: 100})
    unshared = RiskFactory(partnership=us.partnership, shares__none=True)
    unvalued = us.benefit(0, {us.builder: 100}, kind="health")
    type(unvalued).objects.filter(pk=unvalued.pk).update(value=None, currency=None, valued_on=None)
    given_to_nobody = BenefitFactory(partnership=us.partnership, shares__none=True)

    balance = balance_of(us.partnership)

    assert balance.exact == 1
    assert reasons(balance) == [
        (unshared, "not_shared"),
        (unvalued, "no_value"),
        (given_to_nobody, "not_shared"),
    ]


def test_closed_risks_and_dropped_benefits_do_not_count(us):
    us.risk(1, 1, {us.lead: 100})
    us.risk(5, 5, {us.builder: 100}, status="closed")
    us.benefit(100, {us.lead: 100})
    us.benefit(900, {us.builder: 100}, status="dropped")

    balance = balance_of(us.partnership)

    assert (balance.exact, reasons(balance)) == (1, [])


def test_without_risks_or_benefits_or_value_there_is_no_figure_but_a_reason(us):
    assert balance_of(us.partnership).reason == "no_risks"
    us.risk(1, 1, {us.lead: 100})
    assert balance_of(us.partnership).reason == "no_benefits"
    us.benefit(0, {us.lead: 100})

    balance = balance_of(us.partnership)

    assert (balance.reason, balance.value, balance.is_flagged, balance.lines) == (
        "no_value",
        None,
        None,
        [],
    )


def test_one_currency_needs_no_rate(us):
    us.risk(1, 1, {us.lead: 100})
    us.benefit(100, {us.lead: 100}, currency=CurrencyFactory(code="KES"))

    balance = balance_of(us.partnership)

    assert (balance.exact, balance.currency, balance.rates) == (1, "KES", [])


def test_several_currencies_meet_in_dollars_at_the_rate_of_the_values_day(us):
    """1,000 EUR at 1.25 are 1,250 dollars beside 750: the lead gets 1,250/2,000 = 5/8."""
    euro = CurrencyFactory(code="EUR")
    for on, usd in ((date(2023, 1, 1), "1.10"), (date(2023, 12, 1), "1.25"), (date(2024, 2, 1), 2)):
        ExchangeRateFactory(currency=euro, on=on, usd=Decimal(usd), loaded_at=NOON)
    us.risk(1, 1, {us.lead: 100})
    us.benefit(1000, {us.lead: 100}, currency=euro)
    us.benefit(750, {us.builder: 100})

    balance = balance_of(us.partnership)

    assert balance.exact == F(5, 8)
    assert [(r.currency, r.on, r.usd) for r in balance.rates] == [
        ("EUR", date(2023, 12, 1), Decimal("1.25"))
    ]


def test_a_value_without_a_rate_is_left_out_and_named(us):
    us.risk(1, 1, {us.lead: 100})
    us.benefit(100, {us.lead: 100})
    unrated = us.benefit(100, {us.builder: 100}, currency=CurrencyFactory(code="XAF"))

    balance = balance_of(us.partnership)

    assert (balance.exact, reasons(balance)) == (1, [(unrated, "no_rate")])


def test_a_moment_of_the_past_gives_what_held_then(us):
    """At noon: the lead carries all of 1×1 and gets all of 100. A day later the builder carries
    all; and gets 300 of 400 beside the lead's 100 from a second benefit."""
    risk = us.risk(1, 1, {us.lead: 100})
    benefit = us.benefit(100, {us.lead: 100})
    later, now = NOON + timedelta(days=1), NOON + timedelta(days=2)
    before = balance_of(us.partnership, at=NOON + timedelta(hours=1))

    Sharing.objects.filter(risk=risk).update(held_until=later)
    share_out(risk, {us.builder: 100}, since=later)
    us.benefit(300, {us.builder: 100}, created_at=later)
    for at, status in ((NOON, "open"), (now, "closed")):
        RiskRating.objects.create(risk=risk, likelihood=1, impact=1, status=status, held_from=at)
    for at, value in ((NOON, 100), (now, 900)):
        BenefitValue.objects.create(
            benefit=benefit,
            value=value,
            currency_id="USD",
            valued_on=benefit.valued_on,
            status="expected",
            held_from=at,
        )

    def exact(at):
        return balance_of(us.partnership, at=at).exact

    assert before.exact == exact(NOON + timedelta(hours=1)) == 1
    assert exact(later + timedelta(hours=1)) == F(3, 4)
    assert balance_of(us.partnership, at=now).reason == "no_risks"


def test_two_memberships_of_one_partner_are_one_line(us):
    again = MembershipFactory(partnership=us.partnership, partner=us.builder.partner, left=True)
    us.risk(1, 1, {us.builder: 50, again: 50})
    us.benefit(1, {us.builder: 100})

    balance = balance_of(us.partnership)

    assert [(line.partner, line.risk) for line in balance.lines] == [(us.builder.partner_id, 1)]


def test_it_costs_the_same_for_many_rows(us, django_assert_num_queries):
    for _ in range(2):
        us.risk(1, 1, {us.lead: 50, us.builder: 50})
        us.benefit(1, {us.lead: 100})
    # Risks, their ratings, sharings, shares; benefits, their values, sharings, shares.
    with django_assert_num_queries(8):
        balance_of(us.partnership)
    for _ in range(10):
        us.risk(1, 1, {us.lead: 50, us.builder: 50})
        us.benefit(1, {us.lead: 100})
    with django_assert_num_queries(8):
        balance_of(us.partnership)


def test_numbers_of_any_size_are_written_out(us):
    odd = CurrencyFactory(code="XAU")
    ExchangeRateFactory(
        currency=odd, on=date(2023, 1, 1), usd=Decimal("999999999999.5"), loaded_at=NOON
    )
    us.risk(1, 1, {us.lead: 100})
    us.benefit("99999999999999999999.9999", {us.lead: 100}, currency=odd)
    us.benefit("0.0001", {None: 100})

    balance = balance_of(us.partnership)

    assert balance.is_flagged is False
    assert balance.lines[0].benefit_worked.startswith("(100 % × 99,999,999,999,9")


@pytest.mark.parametrize(
    ("number", "written"),
    [(F(0), "0"), (F(20), "20"), (F(1000), "1,000"), (F(1, 3), "0.33"), (F(5, 1000), "0.01")],
)
def test_numbers_are_rounded_half_up_for_reading_only(number, written):
    assert plain(number) == written
