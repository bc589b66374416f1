"""Partnerships."""

from tests.config.access import (
    ADMIN,
    ADMIN_OF_DRAFT,
    INSIDERS,
    INSIDERS_OF_PUBLIC,
    INSIDERS_SIGNED_IN,
    LEAD,
    LEAD_ADDS_TO_DRAFT,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    PUBLIC,
    REASON,
)

NEW_PARTNERSHIP = {
    "title": "New",
    "summary": "New.",
    "kind": "alliance",
    "level": "global",
    "starts_on": "2024-01-01",
    "lead": "{lead_partner}",
}

ROWS = [
    # partnerships
    ("GET", "partnerships/", None, PUBLIC),
    ("POST", "partnerships/", NEW_PARTNERSHIP, LEAD_CREATES),
    ("GET", "partnerships/{active}/", None, PUBLIC),
    ("GET", "partnerships/{draft}/", None, INSIDERS),
    ("PATCH", "partnerships/{draft}/", {"title": "New"}, LEAD_OF_DRAFT),
    ("POST", "partnerships/{draft}/submit/", {}, LEAD_OF_DRAFT),
    ("GET", "partnerships/{draft}/findings/", None, INSIDERS_SIGNED_IN),
    ("GET", "partnerships/{active}/findings/", None, INSIDERS_OF_PUBLIC),
    ("GET", "partnerships/{draft}/similar/", None, INSIDERS_SIGNED_IN),
    ("GET", "partnerships/{active}/similar/", None, INSIDERS_OF_PUBLIC),
    (
        "GET",
        "partnerships/{draft}/suggested-members/",
        None,
        "401 404 403 200 403 404 403 403 200 200 403",
    ),
    ("POST", "partnerships/{active}/copy/", {"lead": "{lead_partner}"}, LEAD_CREATES),
    (
        "POST",
        "partnerships/{draft}/copy/",
        {"lead": "{lead_partner}"},
        "401 404 403 201 403 404 403 403 201 403 403",
    ),
    ("POST", "partnerships/{submitted}/take-back/", {}, LEAD_OF_DRAFT),
    ("POST", "partnerships/{submitted}/register/", {}, ADMIN_OF_DRAFT),
    ("POST", "partnerships/{submitted}/return/", REASON, ADMIN_OF_DRAFT),
    ("POST", "partnerships/{registered}/activate/", {}, LEAD),
    ("POST", "partnerships/{silent}/activate/", REASON, LEAD),
    ("POST", "partnerships/{active}/complete/", REASON, LEAD),
    ("POST", "partnerships/{finished}/reopen/", REASON, ADMIN),
    ("POST", "partnerships/{halted}/reinstate/", {}, ADMIN),
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
    ("GET", "memberships/{invitation}/", None, "404 404 200 200 200 404 200 404 200 200 200"),
    ("POST", "memberships/{invitation}/accept/", {}, "401 404 200 403 403 404 403 404 200 403 200"),
    (
        "POST",
        "memberships/{invitation}/decline/",
        {},
        "401 404 200 403 403 404 403 404 200 403 200",
    ),
]
