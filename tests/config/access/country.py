"""National priorities, and what a Government says of partnerships' contributions.

The outsider manages the focal point of the country QZ; an admin keeps lists, but never speaks for
a Government.
"""

from tests.config.access import PUBLIC, REASON

LISTED = {"country": "QZ", "title": "Water for all", "targets": ["{target_code}"]}
SAID = {"country": "QZ", "partnership": "{active}", "year": 2024, "kind": "confirmed"}
KEEPS = "401 200 403 403 403 403 403 403 200 403 403"
KEEPS_CREATES = "401 201 403 403 403 403 403 403 201 403 403"
SPEAKS_CREATES = "401 201 403 403 403 403 403 403 403 403 403"
# Pages know no service accounts.
KEEPS_OPENS = "401 200 403 403 403 403 403 403 200 401 401"
KEEPS_SENDS = "401 302 403 403 403 403 403 403 302 401 401"
SPEAKS_OPENS = "401 200 403 403 403 403 403 403 403 401 401"
SPEAKS_SENDS = "401 302 403 403 403 403 403 403 403 401 401"

CHOSEN = {"year": "2024", "partnership": "{active}"}

ROWS = [
    ("GET", "national-priorities/", None, PUBLIC),
    ("GET", "national-priorities/{priority}/", None, PUBLIC),
    ("POST", "national-priorities/", LISTED, KEEPS_CREATES),
    ("POST", "national-priorities/{priority}/reword/", {"title": "Other"}, KEEPS),
    ("POST", "national-priorities/{priority}/end/", REASON, KEEPS),
    ("POST", "national-priorities/{priority}/place/", {"position": 1}, KEEPS),
    ("GET", "contribution-statements/", None, PUBLIC),
    ("GET", "contribution-statements/{statement}/", None, PUBLIC),
    ("POST", "contribution-statements/", SAID, SPEAKS_CREATES),
    ("GET", "/countries/", None, PUBLIC),
    ("GET", "/countries/QZ/", None, PUBLIC),
    ("POST", "/countries/QZ/ask/", {}, KEEPS_SENDS),
    ("GET", "/countries/QZ/entries/?year=2024", None, PUBLIC),
    ("GET", "/countries/QZ/priorities/", None, KEEPS_OPENS),
    ("POST", "/countries/QZ/priorities/", {"title": "Water for all"}, KEEPS_SENDS),
    ("GET", "/countries/QZ/priorities/{priority}/reword/", None, KEEPS_OPENS),
    ("POST", "/countries/QZ/priorities/{priority}/reword/", {"title": "Other"}, KEEPS_SENDS),
    ("GET", "/countries/QZ/priorities/{priority}/end/", None, KEEPS_OPENS),
    ("POST", "/countries/QZ/priorities/{priority}/end/", REASON, KEEPS_SENDS),
    ("POST", "/countries/QZ/priorities/{priority}/place/", {"position": "1"}, KEEPS_SENDS),
    ("POST", "/countries/QZ/entries/confirm/", CHOSEN, SPEAKS_OPENS),
    ("POST", "/countries/QZ/entries/confirm/", {**CHOSEN, "confirmed": "1"}, SPEAKS_SENDS),
    ("GET", "/countries/QZ/entries/{active}/?year=2024", None, SPEAKS_OPENS),
    (
        "POST",
        "/countries/QZ/entries/{active}/",
        {"year": "2024", "kind": "commented", "text": "As we see it."},
        SPEAKS_SENDS,
    ),
]
