"""Versions, reviews and amendments of partnerships."""

from tests.config.access import (
    ADMIN_READS,
    INSIDERS,
    LEAD_CREATES,
    PUBLIC,
    REASON,
    SIGNED_IN,
)

ADMIN_ACTS = "401 404 404 404 404 404 404 404 200 403 404"
LEAD_READS = "401 404 404 200 404 404 404 404 200 200 404"
ADMIN_ADDS = "401 400 400 400 400 400 400 400 201 403 400"
NEW_COMMENT = {"review": "{review_of_partnership}", "section": "places", "text": "Where?"}

# Evaluators with assignments are insiders of those partnerships alone.
INSIDERS_OF_PUBLIC = "404 404 200 200 200 404 200 200 200 200 200"
LEAD_OF_AMENDMENT = "401 404 403 200 404 404 403 404 200 403 403"
LEAD_OF_PENDING = "401 404 403 200 403 404 403 403 200 403 403"
ADMIN_OF_AMENDMENT = "401 404 403 403 403 404 403 403 200 403 403"
NEW_AMENDMENT = {
    "partnership": "{unamended}",
    "changes": {"about": {"title": "Wells and pipes"}},
    "reason": "The council widened the work.",
}

# Pages know sessions, not tokens.
INSIDERS_ON_PAGES = "404 404 200 200 200 404 200 200 200 404 404"
ADMIN_ON_PAGES = "401 403 403 403 403 403 403 403 200 401 401"
LEAD_ON_PAGES = "401 403 403 200 403 403 403 403 200 401 401"

ROWS = [
    ("GET", "partnership-reviews/", None, SIGNED_IN),
    ("GET", "partnership-reviews/{review_of_partnership}/", None, ADMIN_READS),
    ("GET", "partnership-reviews/{review_of_partnership}/difference/", None, ADMIN_READS),
    ("POST", "partnership-reviews/{review_of_partnership}/assign/", {}, ADMIN_ACTS),
    ("POST", "partnership-reviews/{taken_review}/unassign/", {}, ADMIN_ACTS),
    (
        "POST",
        "partnership-reviews/{review_of_partnership}/tick/",
        {"item": "smart", "note": "Read."},
        ADMIN_ACTS,
    ),
    ("GET", "review-comments/", None, SIGNED_IN),
    ("POST", "review-comments/", NEW_COMMENT, ADMIN_ADDS),
    ("GET", "review-comments/{review_comment}/", None, ADMIN_READS),
    ("GET", "review-comments/{return_reason}/", None, LEAD_READS),
    ("GET", "partnership-versions/", None, PUBLIC),
    ("GET", "partnership-versions/{version}/", None, PUBLIC),
    ("GET", "partnership-versions/{submitted_version}/", None, INSIDERS),
    ("GET", "partnership-versions/{version}/difference/", None, PUBLIC),
    ("GET", "amendments/", None, PUBLIC),
    ("POST", "amendments/", NEW_AMENDMENT, LEAD_CREATES),
    ("GET", "amendments/{pending_amendment}/", None, INSIDERS_OF_PUBLIC),
    ("GET", "amendments/{approved_amendment}/", None, PUBLIC),
    ("PATCH", "amendments/{begun_amendment}/", REASON, LEAD_OF_AMENDMENT),
    ("POST", "amendments/{begun_amendment}/submit/", {}, LEAD_OF_AMENDMENT),
    (
        "POST",
        "amendments/{pending_amendment}/endorse/",
        {"membership": "{membership}"},
        "401 404 200 403 403 404 403 403 200 403 200",
    ),
    ("POST", "amendments/{pending_amendment}/approve/", {}, ADMIN_OF_AMENDMENT),
    ("POST", "amendments/{pending_amendment}/return/", REASON, ADMIN_OF_AMENDMENT),
    ("POST", "amendments/{pending_amendment}/withdraw/", {}, LEAD_OF_PENDING),
    ("GET", "amendments/{approved_amendment}/difference/", None, PUBLIC),
    ("GET", "/secretariat/partnerships/", None, ADMIN_ON_PAGES),
    ("GET", "/secretariat/partnerships/list.csv", None, ADMIN_ON_PAGES),
    ("GET", "/secretariat/partnerships/{review_of_partnership}/", None, ADMIN_ON_PAGES),
    (
        "POST",
        "/secretariat/partnerships/{review_of_partnership}/",
        {"move": "take"},
        "401 403 403 403 403 403 403 403 302 401 401",
    ),
    ("GET", "/partnerships/{active}/versions/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/versions/", None, INSIDERS_ON_PAGES),
    ("GET", "/partnerships/{active}/amend/", None, LEAD_ON_PAGES),
    ("GET", "/partnerships/{unamended}/amend/about/", None, LEAD_ON_PAGES),
    ("GET", "/amendments/{approved_amendment}/", None, PUBLIC),
    ("GET", "/amendments/{pending_amendment}/", None, INSIDERS_ON_PAGES),
    (
        "POST",
        "/amendments/{pending_amendment}/",
        {"move": "withdraw"},
        "404 404 403 302 403 404 403 403 302 404 404",
    ),
]
