"""Contacts of partners, and one's own data."""

from tests.config.access import SIGNED_IN

NEW_CONTACT = {"partner": "{member_partner}", "name": "New Person", "email": "new@example.org"}
ERASE = {"password": "{password}", "confirm": "{lead_email}"}
MANAGERS = "401 404 200 404 403 403 403 404 200 403 200"

ROWS = [
    ("GET", "contacts/", None, SIGNED_IN),
    ("POST", "contacts/", NEW_CONTACT, "401 403 201 403 403 403 403 403 201 403 201"),
    ("GET", "contacts/{contact}/", None, "401 404 200 404 200 200 200 404 200 404 200"),
    ("PATCH", "contacts/{contact}/", {"phone": "+254 20 1234567"}, MANAGERS),
    ("DELETE", "contacts/{contact}/", None, MANAGERS.replace("200", "204")),
    ("GET", "me/data/", None, SIGNED_IN),
    # only the lead's manager names its own address
    ("POST", "me/erase/", ERASE, "401 400 400 204 400 400 400 400 400 403 400"),
]
