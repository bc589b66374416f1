"""Evaluations, responses to their recommendations, and what is done about them."""

from tests.config.access import (
    INSIDERS,
    LEAD,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    MEMBER,
    PUBLIC,
    REASON,
)

NEW = {
    "partnership": "{active}",
    "kind": "thematic",
    "title": "Women and water",
    "scope": "Who decides on the wells.",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "evaluators": "An evaluation team",
}
FINDING = {"evaluation": "{open_evaluation}", "text": "Women decide in two villages of ten."}
RECOMMENDATION = {
    "evaluation": "{open_evaluation}",
    "text": "Elect women to the water committees.",
    "member": "{membership}",
}
RESPONSE = {"recommendation": "{unanswered}", "decision": "accepted"}
OUR_RESPONSE = {"recommendation": "{for_secretariat}", "decision": "accepted"}
ACTION = {
    "recommendation": "{answered}",
    "what": "Hold elections.",
    "owner": "{membership}",
    "due_on": "2030-01-31",
}
NEWS = {"status": "under_way", "note": "The first election was held."}
LATER = {**REASON, "due_on": "2031-01-31"}

# The lead's managers and members' evaluators draft; what outsiders name does not exist for them.
WRITERS_ADD = "401 400 403 201 201 400 403 403 201 403 403"
WRITERS_OF_DRAFT = "401 404 403 200 200 404 403 403 200 403 403"
WRITERS_REMOVE = "401 404 403 204 204 404 403 403 204 403 403"
ADMIN_CREATES = "401 403 403 403 403 403 403 403 201 403 403"

# Pages know sessions, not tokens.
INSIDERS_ON_PAGES = "404 404 200 200 200 404 200 200 200 404 404"
SIGNED_IN_INSIDERS = "401 404 302 302 302 404 302 302 302 401 401"
LEAD_ON_PAGES = "401 403 403 200 403 403 403 403 200 401 401"
LEAD_OF_DRAFT_ON_PAGES = "401 404 403 200 403 404 403 403 200 401 401"
WRITERS_ON_PAGES = "401 404 403 200 200 404 403 403 200 401 401"
MEMBER_ON_PAGES = "401 403 200 403 403 403 403 403 200 401 401"
ADMIN_ON_PAGES = "401 403 403 403 403 403 403 403 200 401 401"
ONWARD = PUBLIC.replace("200", "302")

ROWS = [
    ("GET", "evaluations/", None, PUBLIC),
    ("POST", "evaluations/", NEW, LEAD_CREATES),
    ("GET", "evaluations/{public_evaluation}/", None, PUBLIC),
    ("GET", "evaluations/{sent_evaluation}/", None, INSIDERS),
    ("PATCH", "evaluations/{planned_evaluation}/", {"title": "Wells"}, LEAD_OF_DRAFT),
    (
        "POST",
        "evaluations/{planned_evaluation}/document/",
        {"url": "https://example.org/report"},
        LEAD_OF_DRAFT,
    ),
    ("POST", "evaluations/{planned_evaluation}/begin/", {}, LEAD_OF_DRAFT),
    ("POST", "evaluations/{whole_evaluation}/submit/", {}, LEAD_OF_DRAFT),
    ("POST", "evaluations/{sent_evaluation}/return/", REASON, LEAD_OF_DRAFT),
    ("POST", "evaluations/{sent_evaluation}/publish/", {}, LEAD_OF_DRAFT),
    ("POST", "evaluations/{public_evaluation}/withdraw/", REASON, LEAD),
    ("POST", "evaluations/{public_evaluation}/correct/", {"text": "Page 3."}, LEAD),
    ("GET", "evaluations/{open_evaluation}/file/", None, INSIDERS),
    ("GET", "findings/", None, PUBLIC),
    ("POST", "findings/", FINDING, WRITERS_ADD),
    ("GET", "findings/{public_finding}/", None, PUBLIC),
    ("GET", "findings/{draft_finding}/", None, INSIDERS),
    ("PATCH", "findings/{draft_finding}/", {"text": "In three of ten."}, WRITERS_OF_DRAFT),
    ("DELETE", "findings/{draft_finding}/", None, WRITERS_REMOVE),
    ("GET", "recommendations/", None, PUBLIC),
    ("POST", "recommendations/", RECOMMENDATION, WRITERS_ADD),
    ("GET", "recommendations/{answered}/", None, PUBLIC),
    ("GET", "recommendations/{draft_recommendation}/", None, INSIDERS),
    (
        "PATCH",
        "recommendations/{draft_recommendation}/",
        {"priority": "high"},
        WRITERS_OF_DRAFT,
    ),
    ("DELETE", "recommendations/{draft_recommendation}/", None, WRITERS_REMOVE),
    ("GET", "management-responses/", None, PUBLIC),
    ("POST", "management-responses/", RESPONSE, LEAD_CREATES),
    ("POST", "management-responses/", OUR_RESPONSE, ADMIN_CREATES),
    ("GET", "management-responses/{management_response}/", None, PUBLIC),
    (
        "POST",
        "management-responses/{rejection}/revise/",
        {"decision": "partly", "reason": "Money was found for one village."},
        LEAD,
    ),
    ("GET", "management-actions/", None, PUBLIC),
    ("POST", "management-actions/", ACTION, LEAD_CREATES),
    ("GET", "management-actions/{management_action}/", None, PUBLIC),
    ("POST", "management-actions/{management_action}/report/", NEWS, MEMBER),
    ("POST", "management-actions/{management_action}/postpone/", LATER, LEAD),
    (
        "POST",
        "management-actions/{management_action}/reassign/",
        {**REASON, "owner": "{membership}"},
        LEAD,
    ),
    ("POST", "management-actions/{management_action}/drop/", REASON, LEAD),
    ("GET", "/partnerships/{active}/evaluations/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/evaluations/", None, INSIDERS_ON_PAGES),
    ("GET", "/partnerships/{active}/evaluations/follow-up.csv", None, PUBLIC),
    ("GET", "/partnerships/{active}/evaluations/plan/", None, LEAD_ON_PAGES),
    ("GET", "/evaluations/{public_evaluation}/", None, PUBLIC),
    ("GET", "/evaluations/{sent_evaluation}/", None, INSIDERS_ON_PAGES),
    ("GET", "/evaluations/{open_evaluation}/file/", None, INSIDERS_ON_PAGES),
    ("GET", "/evaluations/{planned_evaluation}/edit/", None, LEAD_OF_DRAFT_ON_PAGES),
    ("GET", "/evaluations/{public_evaluation}/withdraw/", None, LEAD_ON_PAGES),
    (
        "POST",
        "/evaluations/{sent_evaluation}/publish/",
        {"version": "1"},
        LEAD_OF_DRAFT_ON_PAGES.replace("200", "302"),
    ),
    ("GET", "/evaluations/{open_evaluation}/findings/new/", None, WRITERS_ON_PAGES),
    ("GET", "/evaluations/{open_evaluation}/recommendations/new/", None, WRITERS_ON_PAGES),
    ("GET", "/findings/{public_finding}/", None, ONWARD),
    ("GET", "/findings/{draft_finding}/edit/", None, WRITERS_ON_PAGES),
    ("GET", "/findings/{draft_finding}/remove/", None, WRITERS_ON_PAGES),
    ("GET", "/recommendations/{answered}/", None, ONWARD),
    ("GET", "/recommendations/{draft_recommendation}/edit/", None, WRITERS_ON_PAGES),
    ("GET", "/recommendations/{draft_recommendation}/remove/", None, WRITERS_ON_PAGES),
    ("GET", "/recommendations/{unanswered}/respond/", None, LEAD_ON_PAGES),
    ("GET", "/recommendations/{for_secretariat}/respond/", None, ADMIN_ON_PAGES),
    ("GET", "/recommendations/{answered}/action/", None, LEAD_ON_PAGES),
    ("GET", "/management-responses/{management_response}/", None, ONWARD),
    ("GET", "/management-actions/{management_action}/", None, PUBLIC),
    ("GET", "/management-actions/{management_action}/report/", None, MEMBER_ON_PAGES),
    ("GET", "/management-actions/{management_action}/drop/", None, LEAD_ON_PAGES),
    ("GET", "/evaluation-reminders/{evaluation_reminder}/", None, SIGNED_IN_INSIDERS),
    ("GET", "/secretariat/evaluations/", None, ADMIN_ON_PAGES),
]
