"""Documents that members agree to, and the ledger of risks and benefits."""

from tests.config.access import (
    INSIDERS,
    LEAD,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    PUBLIC,
    REASON,
)
from tests.config.access.pages import PUBLIC as PUBLIC_PAGE

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

# Pages: see pages.py; tokens do not sign in there.
EDIT_DRAFT = "401 404 403 200 403 404 403 403 200 401 401"
LEAD_PAGE = "401 403 403 200 403 403 403 403 200 401 401"
LEAD_SENDS = "401 403 403 302 403 403 403 403 302 401 401"
LEAD_SENDS_DRAFT = "401 404 403 302 403 404 403 403 302 401 401"
INSIDERS_READ = "404 404 200 200 200 404 200 200 200 404 404"
# A form for somebody who speaks for no member here is given back with an error.
MEMBER_SENDS = "401 404 302 400 400 404 400 400 302 401 401"
VERSION = {"version": "1"}
RISK_FORM = {
    **VERSION,
    "category": "construction",
    "description": "Late.",
    "likelihood": "2",
    "impact": "3",
    "share_public": "100",
}
BENEFIT_FORM = {**VERSION, "kind": "revenue", "description": "Fares."}
CLAUSE_FORM = {**VERSION, "kind": "why", "heading": "Aim", "text": "Water."}
AGREEMENTS, RISKS = "/partnerships/{active}/agreements/", "/partnerships/{active}/risks/"
DRAFT, PROPOSED = AGREEMENTS + "{draft_agreement}/", AGREEMENTS + "{proposed_agreement}/"

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
    # pages
    ("GET", AGREEMENTS, None, PUBLIC_PAGE),
    ("POST", AGREEMENTS + "begin/engagement/", {}, LEAD_SENDS),
    ("GET", DRAFT, None, INSIDERS_READ),
    ("GET", AGREEMENTS + "{former_agreement}/", None, PUBLIC_PAGE),
    ("GET", DRAFT + "changes/?former={former_agreement}", None, INSIDERS_READ),
    ("POST", DRAFT + "propose/", {}, LEAD_SENDS_DRAFT),
    ("POST", DRAFT + "withdraw/", {"reason": "Because."}, LEAD_SENDS_DRAFT),
    ("POST", AGREEMENTS + "{former_agreement}/revise/", {}, LEAD_SENDS),
    (
        "POST",
        PROPOSED + "endorse/",
        {"membership": "{membership}", "sha256": "{proposed_sha256}"},
        MEMBER_SENDS,
    ),
    (
        "POST",
        PROPOSED + "object/",
        {"membership": "{membership}", "reason": "Because."},
        MEMBER_SENDS,
    ),
    ("GET", DRAFT + "edit/", None, EDIT_DRAFT),
    ("POST", DRAFT + "edit/", {**VERSION, "title": "New", "quorum": "all"}, LEAD_SENDS_DRAFT),
    ("GET", DRAFT + "clauses/new/?kind=values", None, EDIT_DRAFT),
    ("POST", DRAFT + "clauses/new/", CLAUSE_FORM, LEAD_SENDS_DRAFT),
    ("GET", DRAFT + "clauses/{clause}/", None, EDIT_DRAFT),
    ("POST", DRAFT + "clauses/{clause}/", CLAUSE_FORM, LEAD_SENDS_DRAFT),
    ("POST", DRAFT + "clauses/{clause}/arrange/", {"act": "remove"}, LEAD_SENDS_DRAFT),
    ("GET", RISKS, None, PUBLIC_PAGE),
    ("POST", RISKS + "propose/", {}, LEAD_SENDS),
    ("GET", RISKS + "new/", None, LEAD_PAGE),
    ("POST", RISKS + "new/", RISK_FORM, LEAD_SENDS),
    ("GET", RISKS + "{risk}/", None, LEAD_PAGE),
    ("POST", RISKS + "{risk}/", RISK_FORM, LEAD_SENDS),
    (
        "POST",
        RISKS + "{risk}/move/",
        {"status": "mitigated", "reason": "Because."},
        LEAD_SENDS,
    ),
    ("GET", RISKS + "benefits/new/", None, LEAD_PAGE),
    ("POST", RISKS + "benefits/new/", BENEFIT_FORM, LEAD_SENDS),
    ("GET", RISKS + "benefits/{benefit}/", None, LEAD_PAGE),
    ("POST", RISKS + "benefits/{benefit}/", BENEFIT_FORM, LEAD_SENDS),
    (
        "POST",
        RISKS + "benefits/{benefit}/move/",
        {"status": "realised", "reason": "Because."},
        LEAD_SENDS,
    ),
]
