"""Who may do what over REST, written from the design, never recorded from the product.

Columns: anonymous, a manager of an outside partner, a manager of the member, a manager of the
lead, an evaluator and an observer of the member, an admin, and the lead manager's read-only
token. Names in braces are rows of the world that test_access_matrix.py builds: `{draft}` is a
partnership that is not public, `{active}` one that is.
"""

PRINCIPALS = (
    "anonymous",
    "outsider",
    "member",
    "lead",
    "evaluator",
    "observer",
    "admin",
    "read_only",
)

PUBLIC = "200 200 200 200 200 200 200 200"
INSIDERS = "404 404 200 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200"
LEAD = "401 403 403 200 403 403 200 403"
LEAD_CREATES = "401 403 403 201 403 403 201 403"
LEAD_OF_DRAFT = "401 404 403 200 403 403 200 403"
# What the body names does not exist for an outsider: 400, as for any number that is nobody's.
LEAD_ADDS_TO_DRAFT = "401 400 403 201 403 403 201 403"
MEMBER = "401 403 200 403 403 403 200 403"
MEMBER_CREATES = "401 403 201 403 403 403 201 403"
SENDERS_OF_DRAFT = "401 404 200 403 200 403 200 403"
REVIEWERS = "401 404 403 200 403 403 200 403"
ADMIN = "401 403 403 403 403 403 200 403"
ADMIN_OF_DRAFT = "401 404 403 403 403 403 200 403"
ADMIN_READS = "401 404 404 404 404 404 200 404"

REASON = {"reason": "Because."}
NEW_PARTNER = {"name": "New", "kind": "academia", "country": "KE"}
NEW_PARTNERSHIP = {
    "title": "New",
    "summary": "New.",
    "kind": "alliance",
    "level": "global",
    "starts_on": "2024-01-01",
    "lead": "{lead_partner}",
}
NEW_FRAMEWORK = {
    "partnership": "{active}",
    "title": "New",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
}
NEW_INDICATOR = {
    "result": "{draft_result}",
    "title": "New",
    "measure": "number",
    "accumulation": "flow",
    "combine": "sum",
}
NEW_TARGET = {
    "indicator": "{draft_indicator}",
    "starts_on": "2024-01-01",
    "ends_on": "2024-03-31",
    "value": "5",
}
NEW_COMMITMENT = {
    "membership": "{membership}",
    "title": "New",
    "kind": "policy",
    "committed_on": "2024-06-01",
    "due_on": "2025-01-01",
}
NEW_DELIVERY = {"commitment": "{commitment}", "delivered_on": "2024-06-30", "amount": "1"}
NEW_AGREEMENT = {"partnership": "{active}", "kind": "engagement", "title": "New", "text": "We."}
NEW_ROLE = {"email": "{newcomer}", "partner": "{member_partner}", "role": "observer"}
NEW_STRANGER = {"email": "nobody@example.org", "partner": "{member_partner}", "role": "observer"}
NEW_LINK = {"submission": "{draft_data}", "title": "New", "url": "https://example.org/"}
SIGN_IN = {"email": "{lead_email}", "password": "{password}"}

MATRIX = [
    ("GET", "", None, PUBLIC),
    ("GET", "schema/", None, PUBLIC),
    ("GET", "docs/", None, PUBLIC),
    ("POST", "sign-in/", SIGN_IN, "201 201 201 201 201 201 201 201"),
    ("GET", "me/", None, SIGNED_IN),
    ("GET", "tokens/", None, SIGNED_IN),
    ("POST", "tokens/", {"name": "New"}, "401 201 201 201 201 201 201 403"),
    ("GET", "tokens/{token}/", None, "401 404 404 200 404 404 404 200"),
    ("DELETE", "tokens/{token}/", None, "401 404 404 204 404 404 404 403"),
    # vocabularies
    ("GET", "goals/", None, PUBLIC),
    ("GET", "goals/6/", None, PUBLIC),
    ("GET", "targets/", None, PUBLIC),
    ("GET", "targets/{target}/", None, PUBLIC),
    ("GET", "global-indicators/", None, PUBLIC),
    ("GET", "global-indicators/{global_indicator}/", None, PUBLIC),
    ("GET", "countries/", None, PUBLIC),
    ("GET", "countries/KE/", None, PUBLIC),
    ("GET", "currencies/", None, PUBLIC),
    ("GET", "currencies/USD/", None, PUBLIC),
    ("GET", "dimensions/", None, PUBLIC),
    ("GET", "dimensions/{dimension}/", None, PUBLIC),
    ("GET", "categories/", None, PUBLIC),
    ("GET", "categories/{category}/", None, PUBLIC),
    # partners: `{pending}` is the member manager's other, unverified organisation
    ("GET", "partners/", None, PUBLIC),
    ("POST", "partners/", NEW_PARTNER, "401 201 201 201 201 201 201 403"),
    ("GET", "partners/{member_partner}/", None, PUBLIC),
    ("GET", "partners/{pending}/", None, "404 404 200 404 404 404 200 404"),
    ("PATCH", "partners/{member_partner}/", {"summary": "New."}, MEMBER),
    ("POST", "partners/{pending}/verify/", {}, "401 404 403 404 404 404 200 403"),
    ("POST", "partners/{member_partner}/suspend/", REASON, ADMIN),
    (
        "POST",
        "partner-identifiers/",
        {"partner": "{member_partner}", "scheme": "X", "value": "1"},
        "401 403 403 403 403 403 201 403",
    ),
    (
        "POST",
        "partner-identifiers/",
        {"partner": "{pending}", "scheme": "X", "value": "2"},
        "401 400 201 400 400 400 201 403",
    ),
    ("DELETE", "partner-identifiers/{identifier}/", None, "401 403 403 403 403 403 204 403"),
    ("GET", "affiliations/", None, SIGNED_IN),
    ("POST", "affiliations/", NEW_ROLE, "401 403 403 403 403 403 201 403"),
    ("POST", "affiliations/", NEW_STRANGER, "401 403 403 403 403 403 400 403"),
    ("GET", "affiliations/{role_of_evaluator}/", None, "401 404 200 404 200 404 200 404"),
    ("DELETE", "affiliations/{role_of_evaluator}/", None, "401 404 204 404 204 404 204 403"),
    # `{join_request}` asks to join the member, `{own_request}` is the evaluator's, elsewhere
    ("GET", "join-requests/", None, SIGNED_IN),
    (
        "POST",
        "join-requests/",
        {"partner": "{third_partner}", "role": "observer"},
        "401 201 201 201 201 201 201 403",
    ),
    ("GET", "join-requests/{join_request}/", None, "401 404 200 404 404 404 200 404"),
    ("POST", "join-requests/{join_request}/accept/", {}, "401 404 200 404 404 404 200 403"),
    ("POST", "join-requests/{join_request}/decline/", {}, "401 404 200 404 404 404 200 403"),
    ("POST", "join-requests/{own_request}/accept/", {}, "401 404 404 404 403 404 200 403"),
    ("POST", "join-requests/{own_request}/withdraw/", {}, "401 404 404 404 200 404 403 403"),
    # partnerships
    ("GET", "partnerships/", None, PUBLIC),
    ("POST", "partnerships/", NEW_PARTNERSHIP, LEAD_CREATES),
    ("GET", "partnerships/{active}/", None, PUBLIC),
    ("GET", "partnerships/{draft}/", None, INSIDERS),
    ("PATCH", "partnerships/{draft}/", {"title": "New"}, LEAD_OF_DRAFT),
    ("POST", "partnerships/{draft}/submit/", {}, LEAD_OF_DRAFT),
    ("POST", "partnerships/{submitted}/register/", {}, ADMIN_OF_DRAFT),
    ("POST", "partnerships/{submitted}/return/", REASON, ADMIN_OF_DRAFT),
    ("POST", "partnerships/{registered}/activate/", {}, LEAD),
    ("POST", "partnerships/{active}/complete/", {}, LEAD),
    ("POST", "partnerships/{active}/suspend/", REASON, ADMIN),
    ("POST", "partnerships/{active}/terminate/", REASON, LEAD),
    ("GET", "memberships/", None, PUBLIC),
    (
        "POST",
        "memberships/",
        {"partnership": "{draft}", "partner": "{third_partner}", "roles": ["technical"]},
        LEAD_ADDS_TO_DRAFT,
    ),
    ("GET", "memberships/{membership}/", None, PUBLIC),
    ("GET", "memberships/{invitation}/", None, INSIDERS),
    ("PATCH", "memberships/{membership}/", {"interests": "None."}, MEMBER),
    ("POST", "memberships/{invitation}/accept/", {}, "401 404 200 403 403 403 200 403"),
    ("POST", "memberships/{invitation}/decline/", {}, "401 404 200 403 403 403 200 403"),
    ("POST", "memberships/{membership}/leave/", {}, MEMBER),
    ("GET", "commitments/", None, PUBLIC),
    ("POST", "commitments/", NEW_COMMITMENT, MEMBER_CREATES),
    ("GET", "commitments/{commitment}/", None, PUBLIC),
    (
        "POST",
        "commitments/{commitment}/postpone/",
        {"due_on": "2026-06-30", **REASON},
        MEMBER,
    ),
    ("POST", "commitments/{commitment}/withdraw/", REASON, MEMBER),
    ("GET", "deliveries/", None, PUBLIC),
    ("POST", "deliveries/", NEW_DELIVERY, MEMBER_CREATES),
    ("GET", "deliveries/{delivery}/", None, PUBLIC),
    ("POST", "deliveries/{delivery}/confirm/", {}, LEAD),
    ("GET", "agreements/", None, PUBLIC),
    ("POST", "agreements/", NEW_AGREEMENT, LEAD_CREATES),
    ("GET", "agreements/{draft_agreement}/", None, INSIDERS),
    ("PATCH", "agreements/{draft_agreement}/", {"text": "New."}, LEAD_OF_DRAFT),
    ("POST", "agreements/{draft_agreement}/propose/", {}, LEAD_OF_DRAFT),
    (
        "POST",
        "agreements/{proposed_agreement}/endorse/",
        {"membership": "{membership}"},
        "401 404 200 403 403 403 200 403",
    ),
    ("GET", "endorsements/", None, PUBLIC),
    ("GET", "endorsements/{endorsement}/", None, PUBLIC),
    # frameworks
    ("GET", "frameworks/", None, PUBLIC),
    ("POST", "frameworks/", NEW_FRAMEWORK, LEAD_CREATES),
    ("GET", "frameworks/{agreed}/", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/", None, INSIDERS),
    ("PATCH", "frameworks/{draft_framework}/", {"title": "New"}, LEAD_OF_DRAFT),
    ("POST", "frameworks/{draft_framework}/propose/", {}, LEAD_OF_DRAFT),
    ("POST", "frameworks/{agreed}/open-periods/", {}, LEAD),
    ("GET", "results/", None, PUBLIC),
    (
        "POST",
        "results/",
        {"framework": "{draft_framework}", "level": "output", "title": "New"},
        LEAD_ADDS_TO_DRAFT,
    ),
    ("GET", "results/{draft_result}/", None, INSIDERS),
    ("PATCH", "results/{draft_result}/", {"title": "New"}, LEAD_OF_DRAFT),
    ("GET", "indicators/", None, PUBLIC),
    ("POST", "indicators/", NEW_INDICATOR, LEAD_ADDS_TO_DRAFT),
    ("GET", "indicators/{indicator}/", None, PUBLIC),
    ("GET", "indicators/{draft_indicator}/", None, INSIDERS),
    ("PATCH", "indicators/{draft_indicator}/", {"title": "New"}, LEAD_OF_DRAFT),
    ("GET", "period-targets/", None, PUBLIC),
    ("POST", "period-targets/", NEW_TARGET, LEAD_ADDS_TO_DRAFT),
    ("GET", "period-targets/{draft_target}/", None, INSIDERS),
    ("PATCH", "period-targets/{draft_target}/", {"value": "7"}, LEAD_OF_DRAFT),
    # data
    ("GET", "periods/", None, PUBLIC),
    ("GET", "periods/{second}/", None, PUBLIC),
    ("POST", "periods/{fourth}/close/", {}, LEAD),
    ("POST", "periods/{closed}/reopen/", REASON, LEAD),
    ("GET", "reporting-units/", None, PUBLIC),
    (
        "POST",
        "reporting-units/",
        {"membership": "{membership}", "country": "KE"},
        "401 403 201 201 403 403 201 403",
    ),
    ("GET", "reporting-units/{unit}/", None, PUBLIC),
    ("GET", "submissions/", None, PUBLIC),
    (
        "POST",
        "submissions/",
        {"unit": "{unit}", "period": "{fourth}"},
        "401 403 201 403 201 403 201 403",
    ),
    ("GET", "submissions/{approved_data}/", None, PUBLIC),
    ("GET", "submissions/{draft_data}/", None, INSIDERS),
    ("PATCH", "submissions/{draft_data}/", {"comment": "New."}, SENDERS_OF_DRAFT),
    (
        "POST",
        "submissions/{draft_data}/observations/",
        [{"indicator": "{other_indicator}", "value": 5}],
        "401 404 201 403 201 403 201 403",
    ),
    ("POST", "submissions/{draft_data}/submit/", {}, SENDERS_OF_DRAFT),
    ("POST", "submissions/{sent_data}/approve/", {}, REVIEWERS),
    ("POST", "submissions/{sent_data}/return/", REASON, REVIEWERS),
    ("POST", "submissions/{sent_data}/withdraw/", REASON, "401 404 200 200 200 403 200 403"),
    ("POST", "submissions/{approved_data}/correct/", {}, "401 403 201 403 201 403 201 403"),
    ("GET", "observations/", None, PUBLIC),
    ("GET", "observations/{approved_value}/", None, PUBLIC),
    ("GET", "observations/{approved_breakdown}/", None, INSIDERS),
    ("GET", "observations/{draft_value}/", None, INSIDERS),
    ("PATCH", "observations/{draft_value}/", {"value": "7"}, SENDERS_OF_DRAFT),
    ("DELETE", "observations/{draft_value}/", None, "401 404 204 403 204 403 204 403"),
    ("GET", "evidence/", None, PUBLIC),
    ("POST", "evidence/", NEW_LINK, "401 400 201 403 201 403 201 403"),
    ("GET", "evidence/{evidence}/", None, INSIDERS),
    ("GET", "evidence/{evidence}/file/", None, INSIDERS),
    ("POST", "evidence/{evidence_sent}/decide/", {"accepted": True}, REVIEWERS),
    # reports
    ("GET", "reports/", None, PUBLIC),
    (
        "POST",
        "reports/",
        {"partnership": "{active}", "period": "{second}"},
        "401 403 202 202 202 202 202 403",
    ),
    ("GET", "reports/{published}/", None, PUBLIC),
    ("GET", "reports/{draft_report}/", None, INSIDERS),
    ("POST", "reports/{draft_report}/publish/", {}, ADMIN_OF_DRAFT),
    ("POST", "reports/{draft_report}/withdraw/", REASON, ADMIN_OF_DRAFT),
    ("GET", "report-runs/", None, SIGNED_IN),
    ("GET", "report-runs/{run}/", None, "401 404 200 200 200 200 200 200"),
    # imports
    ("GET", "imports/", None, SIGNED_IN),
    ("POST", "imports/iati/", "file", "401 403 403 403 403 403 202 403"),
    ("GET", "imports/{batch}/", None, ADMIN_READS),
    ("GET", "imports/{batch}/findings/", None, ADMIN_READS),
]
