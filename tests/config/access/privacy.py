"""Contacts of partners, and one's own data."""

from tests.config.access import SIGNED_IN
from tests.config.access.pages import ADMIN as ADMIN_PAGE
from tests.config.access.pages import SIGNED_IN as OWN_PAGE

NEW_CONTACT = {"partner": "{member_partner}", "name": "New Person", "email": "new@example.org"}
ERASE = {"password": "{password}", "confirm": "{lead_email}"}
BY_LETTER = {"email": "{lead_email}", "reason": "Asked by letter.", "sure": "on"}
CONTACT_PAGE = "401 404 200 404 403 403 403 404 200 401 401"
MANAGERS = "401 404 200 404 403 403 403 404 200 403 200"

ROWS = [
    ("GET", "contacts/", None, SIGNED_IN),
    ("POST", "contacts/", NEW_CONTACT, "401 403 201 403 403 403 403 403 201 403 201"),
    ("GET", "contacts/{contact}/", None, "401 404 200 404 200 200 200 404 200 404 200"),
    ("PATCH", "contacts/{contact}/", {"phone": "+254 20 1234567"}, MANAGERS),
    ("DELETE", "contacts/{contact}/", None, MANAGERS.replace("200", "204")),
    # people only: a service account has no data of its own
    ("GET", "me/data/", None, "401 200 200 200 200 200 200 200 200 403 403"),
    # only the lead's manager names its own address
    ("POST", "me/erase/", ERASE, "401 400 400 204 400 400 400 400 400 403 403"),
    # pages
    (
        "GET",
        "/partners/{member_partner}/contacts/",
        None,
        "401 404 200 404 200 200 200 404 200 401 401",
    ),
    (
        "POST",
        "/partners/{member_partner}/contacts/",
        {"name": "New Person", "email": "new@example.org", "subject": "data"},
        "401 404 302 404 403 403 403 404 302 401 401",
    ),
    ("GET", "/partners/{member_partner}/contacts/{contact}/", None, CONTACT_PAGE),
    (
        "POST",
        "/partners/{member_partner}/contacts/{contact}/",
        {"remove": "1"},
        CONTACT_PAGE.replace("200", "302"),
    ),
    ("GET", "/account/data/", None, OWN_PAGE),
    ("POST", "/account/data/", ERASE, "401 200 200 302 200 200 200 200 200 401 401"),
    ("GET", "/account/data/file/", None, OWN_PAGE),
    ("GET", "/secretariat/people-data/", None, ADMIN_PAGE),
    ("POST", "/secretariat/people-data/", BY_LETTER, ADMIN_PAGE),
    ("POST", "/secretariat/people-data/hand-out/", {"email": "{lead_email}"}, ADMIN_PAGE),
]
