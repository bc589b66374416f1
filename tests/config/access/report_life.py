"""What happens to reports: replies, review, publication, and the rules of it."""

from datetime import timedelta

from django.utils import timezone

from tests.config.access import ADMIN, ADMIN_OF_DRAFT, INSIDERS, PUBLIC, REASON

REPLY = {"membership": "{membership}", "text": "The flood."}
# Managers of the member speak for it; an admin may, the lead may not.
SPEAKERS = "401 404 200 403 403 404 403 403 200 403 200"
UNTIL = {"until": None}
SOON = (timezone.localdate() + timedelta(days=7)).isoformat()
ADMIN_PAGE = "401 403 403 403 403 403 403 403 200 401 401"
ADMIN_BACK = "401 404 403 403 403 404 403 403 302 401 401"
ADMIN_SEES = "401 404 403 403 403 404 403 403 200 401 401"
SPEAKERS_PAGE = "401 404 200 200 403 404 403 403 403 401 401"

ROWS = [
    ("GET", "reports/{report_in_reply}/", None, INSIDERS),
    ("GET", "reports/{report_in_review}/", None, INSIDERS),
    ("GET", "reports/{published}/changes/", None, PUBLIC),
    ("GET", "/reports/{published}/changes/", None, PUBLIC),
    (
        "GET",
        "/reports/{report_in_review}/changes/",
        None,
        "404 404 200 200 200 404 200 200 200 404 404",
    ),
    ("POST", "reports/{draft_report}/send-for-comment/", {}, ADMIN_OF_DRAFT),
    ("POST", "reports/{report_in_reply}/reply/", REPLY, SPEAKERS),
    ("POST", "reports/{report_reply_over}/to-review/", {}, ADMIN_OF_DRAFT),
    ("POST", "reports/{report_in_review}/publish/", {}, ADMIN_OF_DRAFT),
    ("POST", "reports/{draft_report}/withdraw/", REASON, ADMIN_OF_DRAFT),
    ("POST", "reports/{draft_report}/embargo/", UNTIL, ADMIN_OF_DRAFT),
    ("GET", "report-replies/", None, PUBLIC),
    ("GET", "report-replies/{report_reply}/", None, INSIDERS),
    ("GET", "publication-rules/", None, PUBLIC),
    ("GET", "publication-rules/{publication_rule}/", None, PUBLIC),
    ("PATCH", "publication-rules/{publication_rule}/", {"review_days": 30}, ADMIN),
    # pages
    ("GET", "/reports/{report_in_reply}/reply/", None, SPEAKERS_PAGE),
    (
        "POST",
        "/reports/{report_in_reply}/reply/",
        {"text": "The flood.", "version": "0"},
        # The lead has replied already: it reads that first.
        "401 404 302 409 403 404 403 403 403 401 401",
    ),
    ("GET", "/reports/{draft_report}/send-for-comment/", None, ADMIN_SEES),
    ("POST", "/reports/{draft_report}/send-for-comment/", {}, ADMIN_BACK),
    ("POST", "/reports/{report_reply_over}/to-review/", {}, ADMIN_BACK),
    ("POST", "/reports/{report_in_review}/publish/", {}, ADMIN_BACK),
    ("POST", "/reports/{draft_report}/embargo/", {"until": SOON}, ADMIN_BACK),
    ("POST", "/reports/{draft_report}/lift-embargo/", {}, ADMIN_BACK),
    ("POST", "/reports/{draft_report}/withdraw/", REASON, ADMIN_BACK),
    (
        "GET",
        "/reports/{published}/revise/",
        None,
        "401 403 200 200 200 403 403 403 200 401 401",
    ),
    # An admin asks when it wants; others once there is news, and there is none.
    (
        "POST",
        "/reports/{published}/revise/",
        {},
        "401 403 409 409 409 403 403 403 302 401 401",
    ),
    ("GET", "/reports/to-publish/", None, ADMIN_PAGE),
    ("GET", "/reports/publication/", None, ADMIN_PAGE),
    ("GET", "/reports/publication/portfolio/", None, ADMIN_PAGE),
    (
        "POST",
        "/reports/publication/portfolio/",
        {"reply_days": "0", "review_days": "30", "version": "1"},
        ADMIN_PAGE.replace("200", "302"),
    ),
]
