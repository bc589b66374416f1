"""The annual report: written by members, endorsed by their managers, read once published."""

from hashlib import sha256

from tests.config.access import INSIDERS, PUBLIC

NEW = {"partnership": "{active}", "year": 2024, "topic": "variance", "text": "The flood."}
ENDORSE = {"membership": "{membership}"}
# Managers and evaluators of accepted members write, nobody else, not even an admin.
WRITERS = "401 403 201 201 201 403 403 403 403 403 201"
WRITERS_CHANGE = "401 404 200 200 200 404 403 403 403 403 200"
SPEAKERS = "401 404 200 403 403 404 403 403 200 403 200"
INSIDE_PAGE = "401 403 200 200 200 403 200 200 200 401 401"
WRITERS_PAGE = "401 403 200 200 200 403 403 403 403 401 401"
MANAGERS_PAGE = "401 404 200 200 403 404 403 403 403 401 401"
HASH = sha256(b'{"indicators":[]}').hexdigest()  # of the content that the factory gives
PAGE = "/partnerships/{active}/annual-report/"
TEXT = {"text": "The flood.", "version": "0"}

ROWS = [
    ("GET", "narrative-sections/", None, PUBLIC),
    ("POST", "narrative-sections/", NEW, WRITERS),
    ("GET", "narrative-sections/{narrative_section}/", None, INSIDERS),
    ("PATCH", "narrative-sections/{narrative_section}/", {"text": "New."}, WRITERS_CHANGE),
    ("GET", "narrative-edits/", None, PUBLIC),
    ("GET", "narrative-edits/{narrative_edit}/", None, INSIDERS),
    ("GET", "report-endorsements/", None, PUBLIC),
    ("GET", "report-endorsements/{report_endorsement}/", None, INSIDERS),
    ("POST", "reports/{annual_report}/endorse/", ENDORSE, SPEAKERS),
    # pages
    ("GET", PAGE, None, PUBLIC),
    ("GET", f"{PAGE}2024/", None, INSIDE_PAGE),
    ("GET", f"{PAGE}2024/variance/", None, WRITERS_PAGE),
    ("POST", f"{PAGE}2024/variance/", TEXT, WRITERS_PAGE.replace("200", "302")),
    ("GET", f"{PAGE}2024/ask/", None, INSIDE_PAGE),
    ("POST", f"{PAGE}2024/ask/", {}, INSIDE_PAGE.replace("200", "302")),
    ("GET", "/reports/{annual_report}/endorse/", None, MANAGERS_PAGE),
    (
        "POST",
        "/reports/{annual_report}/endorse/",
        {"sha256": HASH},
        MANAGERS_PAGE.replace("200", "302"),
    ),
]
