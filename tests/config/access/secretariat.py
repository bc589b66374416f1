"""What admins do with partners: merging and due diligence."""

from tests.config.access import ADMIN, ADMIN_READS, PUBLIC, REASON, SIGNED_IN

ADMIN_CREATES = "401 403 403 403 403 403 403 403 201 403 403"
# What only admins see does not exist for others; a token that only reads is refused before.
ADMIN_OF_HIDDEN = "401 404 404 404 404 404 404 404 200 403 404"
MERGE = {"into": "{third_partner}", "reason": "The same organisation twice."}
NEW_CRITERION = {"text": "Makes weapons.", "active_from": "2026-01-01"}

ROWS = [
    # `{merged}` was merged into the third partner, which everybody sees
    ("POST", "partners/{member_partner}/merge/", MERGE, ADMIN),
    ("POST", "partners/{member_partner}/merge/", {**MERGE, "dry_run": True}, ADMIN),
    ("POST", "partners/{merged}/unmerge/", REASON, ADMIN_OF_HIDDEN),
    ("GET", "partners/{merged}/", None, "301 301 301 301 301 301 301 301 301 301 301"),
    (
        "PATCH",
        "partners/{merged}/",
        {"summary": "New."},
        "401 409 409 409 409 409 409 409 409 403 409",
    ),
    ("GET", "exclusion-criteria/", None, PUBLIC),
    ("POST", "exclusion-criteria/", NEW_CRITERION, ADMIN_CREATES),
    ("GET", "exclusion-criteria/{criterion}/", None, PUBLIC),
    ("PATCH", "exclusion-criteria/{criterion}/", {"number": 2}, ADMIN),
    # `{review}` of the member is decided, `{draft_review}` is not
    ("GET", "due-diligence/", None, SIGNED_IN),
    ("POST", "due-diligence/", {"partner": "{member_partner}"}, ADMIN_CREATES),
    ("GET", "due-diligence/{review}/", None, "401 404 200 404 404 404 404 404 200 404 200"),
    ("GET", "due-diligence/{draft_review}/", None, ADMIN_READS),
    ("PATCH", "due-diligence/{draft_review}/", {"findings": "New."}, ADMIN_OF_HIDDEN),
    (
        "PATCH",
        "due-diligence/{review}/",
        {"findings": "New."},
        "401 404 403 404 404 404 404 404 409 403 403",
    ),
    ("POST", "due-diligence/{draft_review}/decide/", {}, ADMIN_OF_HIDDEN),
]
