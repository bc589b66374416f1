"""People."""

from tests.config.access import ADMIN, MEMBER, PUBLIC, REASON, SIGNED_IN

NEW_PARTNER = {"name": "New", "kind": "academia", "country": "KE"}
NEW_ROLE = {"email": "{newcomer}", "partner": "{member_partner}", "role": "observer"}
NEW_STRANGER = {"email": "nobody@example.org", "partner": "{member_partner}", "role": "observer"}
SIGN_IN = {"email": "{lead_email}", "password": "{password}"}
TAKES_BACK = "401 404 204 404 404 404 404 404 204 403 404"

ROWS = [
    ("GET", "", None, PUBLIC),
    ("GET", "schema/", None, PUBLIC),
    ("GET", "docs/", None, PUBLIC),
    ("POST", "sign-in/", SIGN_IN, "201 201 201 201 201 201 201 201 201 201 201"),
    ("GET", "me/", None, SIGNED_IN),
    ("GET", "tokens/", None, SIGNED_IN),
    ("POST", "tokens/", {"name": "New"}, "401 201 201 201 201 201 201 201 201 403 403"),
    ("GET", "tokens/{token}/", None, "401 404 404 200 404 404 404 404 404 404 404"),
    ("DELETE", "tokens/{token}/", None, "401 404 404 204 404 404 404 404 404 403 404"),
    # partners: `{pending}` is the member manager's other, unverified organisation
    ("GET", "partners/", None, PUBLIC),
    ("POST", "partners/", NEW_PARTNER, "401 201 201 201 201 201 201 201 201 403 403"),
    ("GET", "partners/{member_partner}/", None, PUBLIC),
    ("GET", "partners/{pending}/", None, "404 404 200 404 404 404 404 404 200 404 404"),
    ("PATCH", "partners/{member_partner}/", {"summary": "New."}, MEMBER),
    ("POST", "partners/{pending}/verify/", {}, "401 404 403 404 404 404 404 404 200 403 404"),
    ("POST", "partners/{member_partner}/suspend/", REASON, ADMIN),
    (
        "POST",
        "partner-identifiers/",
        {"partner": "{member_partner}", "scheme": "UNGC", "value": "1"},
        "401 403 403 403 403 403 403 403 201 403 403",
    ),
    (
        "POST",
        "partner-identifiers/",
        {"partner": "{pending}", "scheme": "UNGC", "value": "2"},
        "401 400 201 400 400 400 400 400 201 403 400",
    ),
    (
        "DELETE",
        "partner-identifiers/{identifier}/",
        None,
        "401 403 403 403 403 403 403 403 204 403 403",
    ),
    # while it is not verified, its manager takes a slip back
    ("DELETE", "partner-identifiers/{slip}/", None, TAKES_BACK),
    ("DELETE", "former-names/{slip_of_name}/", None, TAKES_BACK),
    ("GET", "affiliations/", None, SIGNED_IN),
    ("POST", "affiliations/", NEW_ROLE, "401 403 403 403 403 403 403 403 201 403 403"),
    ("POST", "affiliations/", NEW_STRANGER, "401 403 403 403 403 403 403 403 400 403 403"),
    (
        "GET",
        "affiliations/{role_of_evaluator}/",
        None,
        "401 404 200 404 200 404 404 404 200 404 200",
    ),
    (
        "DELETE",
        "affiliations/{role_of_evaluator}/",
        None,
        "401 404 204 404 204 404 404 404 204 403 403",
    ),
    # `{join_request}` asks to join the member, `{own_request}` is the evaluator's, elsewhere
    ("GET", "join-requests/", None, SIGNED_IN),
    (
        "POST",
        "join-requests/",
        {"partner": "{third_partner}", "role": "observer"},
        "401 201 201 201 201 201 201 201 201 403 403",
    ),
    ("GET", "join-requests/{join_request}/", None, "401 404 200 404 404 404 404 404 200 404 200"),
    (
        "POST",
        "join-requests/{join_request}/accept/",
        {},
        "401 404 200 404 404 404 404 404 200 403 403",
    ),
    (
        "POST",
        "join-requests/{join_request}/decline/",
        {},
        "401 404 200 404 404 404 404 404 200 403 403",
    ),
    (
        "POST",
        "join-requests/{own_request}/accept/",
        {},
        "401 404 404 404 403 404 404 404 200 403 404",
    ),
    (
        "POST",
        "join-requests/{own_request}/withdraw/",
        {},
        "401 404 404 404 200 404 404 404 403 403 404",
    ),
]
