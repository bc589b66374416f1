"""Pages on which partners are registered, kept and verified; see pages.py for how to read it."""

from tests.config.access.pages import ACCEPTED, ADMIN, PUBLIC, SIGNED_IN

# `{pending}` is the member manager's other organisation: nobody else but admins sees it.
WORKSPACE = "401 404 200 404 404 404 404 404 200 401 401"
WORKSPACE_DONE = "401 404 302 404 404 404 404 404 302 401 401"
NEW = {"name": "Wholly new", "kind": "union", "step": "register"}

ROWS = [
    ("GET", "/partners/new/", None, SIGNED_IN),
    ("POST", "/partners/new/", NEW, ACCEPTED),
    ("GET", "/partners/{pending}/edit/", None, WORKSPACE),
    (
        "GET",
        "/partners/{member_partner}/edit/",
        None,
        "401 403 200 403 403 403 403 403 200 401 401",
    ),
    ("GET", "/partners/{pending}/edit/links/", None, WORKSPACE),
    (
        "POST",
        "/partners/{pending}/edit/links/",
        {"version": "1", "website": "https://x.example/"},
        WORKSPACE_DONE,
    ),
    ("GET", "/partners/{pending}/identifiers/", None, WORKSPACE),
    (
        "POST",
        "/partners/{pending}/identifiers/",
        {"scheme": "UNGC", "value": "5"},
        WORKSPACE_DONE,
    ),
    (
        "POST",
        "/partners/{lead_partner}/identifiers/{identifier}/release/",
        {},
        "401 403 403 403 403 403 403 403 302 401 401",
    ),
    ("POST", "/partners/{pending}/identifiers/{slip}/release/", {}, WORKSPACE_DONE),
    ("GET", "/partners/{pending}/former-names/", None, WORKSPACE),
    ("POST", "/partners/{pending}/former-names/", {"name": "Before"}, WORKSPACE_DONE),
    (
        "POST",
        "/partners/{member_partner}/former-names/{former_name}/remove/",
        {},
        "401 403 302 403 403 403 403 403 302 401 401",
    ),
    ("GET", "/partners/{pending}/change-logo/", None, WORKSPACE),
    ("POST", "/partners/{pending}/change-logo/", {"remove": "1"}, WORKSPACE_DONE),
    ("GET", "/partners/{lead_partner}/logo/", None, PUBLIC),
    ("GET", "/partners/{member_partner}/review/", None, ADMIN),
    (
        "POST",
        "/partners/{member_partner}/review/",
        {"move": "suspend", "reason": "Because."},
        "401 403 403 403 403 403 403 403 302 401 401",
    ),
    ("GET", "/secretariat/", None, ADMIN),
    ("GET", "/secretariat/partners/", None, ADMIN),
    ("POST", "/secretariat/partners/", {"partner": "1"}, ADMIN),
    ("GET", "/secretariat/partners.csv", None, ADMIN),
    ("GET", "/focal-points/", None, PUBLIC),
]
