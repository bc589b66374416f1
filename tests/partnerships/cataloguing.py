"""Solutions, needs and funds as tests enter them."""

from datetime import date

from partnerships.services.catalogue import (
    offer_fund,
    propose_solution,
    state_need,
)
from tests.factories import (
    CurrencyFactory,
    PartnerFactory,
    TargetFactory,
    UserFactory,
)

SOLUTION = {"title": "S", "problem": "P", "approach": "A", "kinds": ["technology"]}
NEED = {"title": "N", "description": "D", "kind": "technology"}
FUND = {"title": "F", "description": "D", "opens_on": date(2024, 1, 1), "currency_id": "USD"}
WHAT = ["solution", "need", "fund"]


def strangers(partner):
    return [
        UserFactory(evaluates=partner),
        UserFactory(observes=partner),
        UserFactory(manages=PartnerFactory()),
    ]


def enter(what, partner, by, **changes):
    """Make one by its service."""
    CurrencyFactory()
    targets = changes.pop("targets", None)
    targets = [TargetFactory()] if targets is None else targets
    if what == "solution":
        return propose_solution(partner, by=by, targets=targets, **{**SOLUTION, **changes})
    if what == "need":
        return state_need(partner=partner, by=by, targets=targets, **{**NEED, **changes})
    return offer_fund(partner, by=by, targets=targets, **{**FUND, **changes})
