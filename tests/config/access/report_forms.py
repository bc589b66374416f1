"""A report's files and whether one is genuine: for whoever sees the report, and for everybody."""

from tests.config.access import INSIDERS, PUBLIC
from tests.config.access.pages import INSIDERS as INSIDERS_PAGE

NOBODY = "404 404 404 404 404 404 404 404 404 404 404"
UNKNOWN = {"sha256": "0" * 64}
# A token that only reads may not send anything.
ANYBODY_ASKS = "200 200 200 200 200 200 200 200 200 403 200"
SIGNED_IN_ASK = "401 202 202 202 202 202 202 202 202 403 202"
INSIDERS_ASK = "401 400 202 202 202 400 202 202 202 403 202"

ROWS = [
    ("GET", "/reports/{published}/report.pdf", None, PUBLIC),
    ("GET", "/reports/{published}/report.xlsx", None, PUBLIC),
    ("GET", "/reports/{published}/report.zip", None, PUBLIC),
    ("GET", "/reports/{published}/report.json", None, PUBLIC),
    ("GET", "/reports/{draft_report}/report.pdf", None, INSIDERS_PAGE),
    ("GET", "/reports/{draft_report}/report.json", None, INSIDERS_PAGE),
    ("GET", "/reports/{published}/tables/nothing.csv", None, NOBODY),
    ("GET", "/partnerships/{active}/reports/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/reports/", None, INSIDERS_PAGE),
    ("GET", "/verify/", None, PUBLIC),
    ("POST", "/verify/", {"text": "0" * 64}, PUBLIC),
    ("GET", "report-files/", None, PUBLIC),
    ("GET", "report-files/{asked_file}/", None, PUBLIC),
    ("GET", "report-files/{draft_file}/", None, INSIDERS),
    ("GET", "report-files/{asked_file}/file/", None, NOBODY),  # not made yet
    ("POST", "report-files/", {"report": "{published}", "form": "xlsx"}, SIGNED_IN_ASK),
    ("POST", "report-files/", {"report": "{draft_report}", "form": "xlsx"}, INSIDERS_ASK),
    ("POST", "report-checks/", UNKNOWN, ANYBODY_ASKS),
]
