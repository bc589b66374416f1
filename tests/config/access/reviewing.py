"""Versions, reviews and amendments of partnerships."""

from tests.config.access import ADMIN_READS, INSIDERS, PUBLIC, SIGNED_IN

ADMIN_ACTS = "401 404 404 404 404 404 404 404 200 403 404"
LEAD_READS = "401 404 404 200 404 404 404 404 200 200 404"
ADMIN_ADDS = "401 400 400 400 400 400 400 400 201 403 400"
NEW_COMMENT = {"review": "{review_of_partnership}", "section": "places", "text": "Where?"}

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
]
