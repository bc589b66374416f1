"""Commitments, deliverables, deliveries and money."""

from tests.config.access import (
    INSIDERS,
    LEAD,
    LEAD_ADDS_TO_DRAFT,
    LEAD_OF_DRAFT,
    MEMBER,
    MEMBER_CREATES,
    PUBLIC,
    REASON,
)

MEMBER_OF_DRAFT = "401 404 200 403 403 404 403 403 200 403 200"
MEMBER_REMOVES = "401 404 204 403 403 404 403 403 204 403 204"
OWN_REMOVES = "401 403 204 403 403 403 403 403 204 403 204"
# The member that spends the line, and the lead.
SPENDERS = "401 403 200 200 403 403 403 403 200 403 200"
SPENDERS_CREATE = "401 403 201 201 403 403 403 403 201 403 201"
SPENDERS_REMOVE = "401 403 204 204 403 403 403 403 204 403 204"
LEAD_REMOVES = "401 404 403 204 403 404 403 403 204 403 403"

NEW_COMMITMENT = {
    "membership": "{membership}",
    "title": "New",
    "kind": "policy",
    "committed_on": "2024-06-01",
    "due_on": "2025-01-01",
}
NEW_DELIVERABLE = {"commitment": "{commitment}", "title": "New", "due_on": "2025-01-01"}
NEW_DELIVERY = {"commitment": "{commitment}", "delivered_on": "2024-06-30", "amount": "1"}
NEW_LINE = {
    "partnership": "{draft}",
    "title": "New",
    "amount": "1",
    "currency": "USD",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
}
NEW_EVIDENCE = {"delivery": "{delivery}", "title": "New", "url": "https://example.org/new"}
NEW_PLAN = {
    "commitment": "{commitment}",
    "starts_on": "2025-01-01",
    "ends_on": "2025-03-31",
    "amount": "1",
}
NEW_EXPENDITURE = {
    "line": "{budget_line}",
    "starts_on": "2024-04-01",
    "ends_on": "2024-06-30",
    "amount": "1",
}
LATER = {"due_on": "2025-10-01", **REASON}

DISPUTE = {**REASON, "version": "1"}

PAGE_OF_DRAFT = "404 404 200 200 200 404 200 200 200 404 404"
PAGE_OF_INSIDERS = "401 404 200 200 200 404 200 200 200 401 401"
PAGE_OF_MEMBERS = "401 403 200 200 403 403 403 403 200 401 401"
PAGE_OF_GIVER = "401 403 200 403 403 403 403 403 200 401 401"
PAGE_OF_LEAD = "401 403 403 200 403 403 403 403 200 401 401"
PAGE_OF_DRAFTER = "401 404 403 200 403 404 403 403 200 401 401"
LEAD_POSTS = "401 403 403 302 403 403 403 403 302 401 401"

ROWS = [
    ("GET", "commitments/", None, PUBLIC),
    ("POST", "commitments/", NEW_COMMITMENT, MEMBER_CREATES),
    ("GET", "commitments/{commitment}/", None, PUBLIC),
    ("GET", "commitments/{draft_commitment}/", None, INSIDERS),
    ("PATCH", "commitments/{draft_commitment}/", {"title": "New"}, MEMBER_OF_DRAFT),
    ("DELETE", "commitments/{draft_commitment}/", None, MEMBER_REMOVES),
    ("POST", "commitments/{commitment}/correct/", {"title": "New", **REASON}, MEMBER),
    ("POST", "commitments/{commitment}/postpone/", {"due_on": "2026-06-30", **REASON}, MEMBER),
    ("POST", "commitments/{commitment}/withdraw/", REASON, MEMBER),
    ("GET", "deliverables/", None, PUBLIC),
    ("POST", "deliverables/", NEW_DELIVERABLE, MEMBER_CREATES),
    ("GET", "deliverables/{deliverable}/", None, PUBLIC),
    ("GET", "deliverables/{draft_deliverable}/", None, INSIDERS),
    ("PATCH", "deliverables/{draft_deliverable}/", {"title": "New"}, MEMBER_OF_DRAFT),
    ("DELETE", "deliverables/{draft_deliverable}/", None, MEMBER_REMOVES),
    ("POST", "deliverables/{deliverable}/postpone/", LATER, MEMBER),
    ("GET", "deliveries/", None, PUBLIC),
    ("POST", "deliveries/", NEW_DELIVERY, MEMBER_CREATES),
    ("GET", "deliveries/{delivery}/", None, PUBLIC),
    ("POST", "deliveries/{delivery}/confirm/", {}, LEAD),
    ("POST", "deliveries/{delivery}/dispute/", REASON, LEAD),
    ("POST", "deliveries/{delivery}/withdraw/", REASON, MEMBER),
    ("POST", "deliveries/{delivery}/correct/", {"amount": "2", **REASON}, MEMBER_CREATES),
    ("GET", "delivery-evidence/", None, PUBLIC),
    ("POST", "delivery-evidence/", NEW_EVIDENCE, MEMBER_CREATES),
    ("GET", "delivery-evidence/{receipt}/", None, INSIDERS),
    ("GET", "delivery-evidence/{receipt}/file/", None, INSIDERS),
    ("GET", "planned-disbursements/", None, PUBLIC),
    ("POST", "planned-disbursements/", NEW_PLAN, MEMBER_CREATES),
    ("GET", "planned-disbursements/{planned}/", None, PUBLIC),
    ("PATCH", "planned-disbursements/{planned}/", {"amount": "2"}, MEMBER),
    ("DELETE", "planned-disbursements/{planned}/", None, OWN_REMOVES),
    ("GET", "partnerships/{active}/money/", None, PUBLIC),
    ("GET", "partnerships/{draft}/money/", None, INSIDERS),
    ("GET", "expenditures/", None, PUBLIC),
    ("POST", "expenditures/", NEW_EXPENDITURE, SPENDERS_CREATE),
    ("GET", "expenditures/{expenditure}/", None, PUBLIC),
    ("PATCH", "expenditures/{expenditure}/", {"amount": "2"}, SPENDERS),
    ("DELETE", "expenditures/{expenditure}/", None, SPENDERS_REMOVE),
    ("GET", "budget-lines/", None, PUBLIC),
    ("POST", "budget-lines/", NEW_LINE, LEAD_ADDS_TO_DRAFT),
    ("GET", "budget-lines/{draft_line}/", None, INSIDERS),
    ("PATCH", "budget-lines/{draft_line}/", {"title": "New"}, LEAD_OF_DRAFT),
    ("DELETE", "budget-lines/{draft_line}/", None, LEAD_REMOVES),
    # pages
    ("GET", "/partnerships/{active}/commitments/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/commitments/", None, PAGE_OF_DRAFT),
    ("GET", "/partnerships/{active}/commitments/new/", None, PAGE_OF_MEMBERS),
    ("GET", "/partnerships/{active}/commitments/{commitment}/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/commitments/{draft_commitment}/", None, PAGE_OF_DRAFT),
    ("GET", "/partnerships/{active}/commitments/{commitment}/deliver/", None, PAGE_OF_GIVER),
    ("GET", "/partnerships/{active}/commitments/{commitment}/release/", None, PAGE_OF_LEAD),
    ("GET", "/partnerships/{active}/deliverables/{deliverable}/postpone/", None, PAGE_OF_GIVER),
    ("GET", "/partnerships/{active}/deliveries/{delivery}/confirm/", None, PAGE_OF_LEAD),
    ("GET", "/partnerships/{active}/deliveries/{delivery}/correct/", None, PAGE_OF_GIVER),
    ("POST", "/partnerships/{active}/deliveries/{delivery}/dispute/", DISPUTE, LEAD_POSTS),
    ("GET", "/partnerships/{active}/delivery-evidence/{receipt}/", None, PAGE_OF_INSIDERS),
    ("GET", "/partnerships/{active}/budget/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/budget/", None, PAGE_OF_DRAFT),
    ("GET", "/partnerships/{draft}/budget/new/", None, PAGE_OF_DRAFTER),
    ("GET", "/partnerships/{draft}/budget/{draft_line}/edit/", None, PAGE_OF_DRAFTER),
    ("GET", "/partnerships/{active}/budget/{budget_line}/spent/", None, PAGE_OF_MEMBERS),
    ("GET", "/partnerships/{active}/expenditures/{expenditure}/edit/", None, PAGE_OF_MEMBERS),
]
