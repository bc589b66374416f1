"""Documents that members agree to, and the ledger of risks and benefits."""

from tests.config.access import (
    INSIDERS,
    LEAD,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    PUBLIC,
    REASON,
)

LEAD_BEGINS = "401 404 403 201 403 404 403 403 201 403 403"
MEMBER_OF_DRAFT = "401 404 200 403 403 404 403 403 200 403 200"
NEW_AGREEMENT = {
    "partnership": "{active}",
    "kind": "engagement",
    "title": "New",
    "clauses": [{"kind": "answers", "heading": "Answers", "text": "We answer."}],
}
NEW_RISK = {
    "partnership": "{active}",
    "category": "construction",
    "description": "Late.",
    "likelihood": 2,
    "impact": 3,
    "shares": [{"membership": "{membership}", "percent": 60}, {"membership": None, "percent": 40}],
}
NEW_BENEFIT = {"partnership": "{active}", "kind": "revenue", "description": "Fares."}

ROWS = [
    ("GET", "agreements/", None, PUBLIC),
    ("POST", "agreements/", NEW_AGREEMENT, LEAD_CREATES),
    ("GET", "agreements/{draft_agreement}/", None, INSIDERS),
    ("GET", "agreements/{former_agreement}/", None, PUBLIC),
    ("PATCH", "agreements/{draft_agreement}/", {"preamble": "New."}, LEAD_OF_DRAFT),
    ("POST", "agreements/{draft_agreement}/propose/", {}, LEAD_OF_DRAFT),
    ("POST", "agreements/{draft_agreement}/withdraw/", REASON, LEAD_OF_DRAFT),
    ("POST", "agreements/{draft_agreement}/revise/", {}, LEAD_BEGINS),
    ("GET", "agreements/{proposed_agreement}/assent/", None, INSIDERS),
    (
        "GET",
        "agreements/{draft_agreement}/difference/?former={former_agreement}",
        None,
        INSIDERS,
    ),
    (
        "POST",
        "agreements/{proposed_agreement}/endorse/",
        {"membership": "{membership}"},
        MEMBER_OF_DRAFT,
    ),
    (
        "POST",
        "agreements/{proposed_agreement}/object/",
        {"membership": "{membership}", **REASON},
        MEMBER_OF_DRAFT,
    ),
    ("GET", "endorsements/", None, PUBLIC),
    ("GET", "endorsements/{endorsement}/", None, PUBLIC),
    ("GET", "objections/", None, PUBLIC),
    ("GET", "objections/{objection}/", None, INSIDERS),
    # the ledger
    ("GET", "risks/", None, PUBLIC),
    ("POST", "risks/", NEW_RISK, LEAD_CREATES),
    ("GET", "risks/{risk}/", None, PUBLIC),
    ("GET", "risks/{draft_risk}/", None, INSIDERS),
    ("PATCH", "risks/{risk}/", {"impact": 5}, LEAD),
    ("POST", "risks/{risk}/move/", {"status": "mitigated", **REASON}, LEAD),
    ("GET", "benefits/", None, PUBLIC),
    ("POST", "benefits/", NEW_BENEFIT, LEAD_CREATES),
    ("GET", "benefits/{benefit}/", None, PUBLIC),
    ("GET", "benefits/{draft_benefit}/", None, INSIDERS),
    ("PATCH", "benefits/{benefit}/", {"shares": []}, LEAD),
    ("POST", "benefits/{benefit}/move/", {"status": "realised", **REASON}, LEAD),
    ("GET", "partnerships/{active}/balance/", None, PUBLIC),
    ("GET", "partnerships/{draft}/balance/", None, INSIDERS),
    # a partnership that is seen by all, whose ledger is not
    ("GET", "partnerships/{registered}/balance/", None, INSIDERS),
    ("POST", "partnerships/{active}/propose-ledger/", {}, LEAD_CREATES),
]
