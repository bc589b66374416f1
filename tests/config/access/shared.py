"""Results that several partnerships share, and figures over partnerships."""

from tests.config.access import LEAD, LEAD_CREATES, PUBLIC, REASON

NEW_RESULT = {
    "partnership": "{active}",
    "title": "New",
    "global_indicator": "6.1.1",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
}
NEW_SHARE = {
    "shared_result": "{shared_result}",
    "indicator": "{shared_indicator}",
    "share": "0.25",
    "method": "By what each spent.",
}
# Pages ask to sign in; what is public and not theirs to change does not open.
LEAD_OPENS = "401 403 403 200 403 403 403 403 200 401 401"
ANY_SIGNED_IN = "401 200 200 200 200 200 200 200 200 401 401"
OWN_ONLY = "401 404 404 200 404 404 404 404 200 401 401"

ROWS = [
    ("GET", "shared-results/", None, PUBLIC),
    ("POST", "shared-results/", NEW_RESULT, LEAD_CREATES),
    ("GET", "shared-results/{shared_result}/", None, PUBLIC),
    ("PATCH", "shared-results/{shared_result}/", {"title": "New"}, LEAD),
    ("GET", "contributions/", None, PUBLIC),
    ("POST", "contributions/", NEW_SHARE, LEAD_CREATES),
    ("GET", "contributions/{contribution}/", None, PUBLIC),
    ("POST", "contributions/{contribution}/end/", REASON, LEAD),
    ("GET", "portfolio/?global_indicator=6.1.1", None, PUBLIC),
    ("GET", "/results/", None, PUBLIC),
    ("GET", "/results/?goal=6&year=2024", None, PUBLIC),
    ("GET", "/results/shared/", None, PUBLIC),
    ("GET", "/results/shared/{shared_result}/", None, PUBLIC),
    ("GET", "/results/shared/{shared_result}/edit/", None, LEAD_OPENS),
    ("GET", "/results/shared/{shared_result}/state/", None, ANY_SIGNED_IN),
    ("GET", "/results/contributions/{contribution}/end/", None, OWN_ONLY),
    ("GET", "/partnerships/{active}/share-a-result/", None, LEAD_OPENS),
]
