"""Beginning and describing a partnership; `{small_firm}` is managed by the lead's manager too."""

from tests.config.access.pages import SIGNED_IN

INSIDERS = "401 404 200 200 200 404 200 200 200 401 401"
LEAD = "401 404 403 200 403 404 403 403 200 401 401"
LEAD_POST = "401 404 403 302 403 404 403 403 302 401 401"
# Who leads nothing is shown the page again, with the reason.
LEAD_BEGINS = "401 200 200 302 200 200 200 200 302 401 401"
# A draft of a partner to which nobody else belongs.
OWN = "401 404 404 200 404 404 404 404 200 401 401"

BEGUN = {"lead": "{lead_partner}", "title": "New", "kind": "alliance", "level": "global"}
LIGHT = {
    "lead": "{small_firm}",
    "title": "Stoves",
    "objective": "300 stalls cook without charcoal.",
    "measure": "stalls",
    "baseline": "0",
    "goal_value": "300",
    "targets": ["{target_code}"],
    "starts_on": "2024-01-01",
    "ends_on": "2199-12-31",
    "commitment": "Lends 300 stoves.",
    "commitment_kind": "in_kind",
}
DRAFT = "/partnerships/{draft}/work/"

ROWS = [
    (
        "POST",
        "partnerships/light/",
        {**LIGHT, "country": "KE"},
        "401 403 403 201 403 403 403 403 201 403 403",
    ),
    ("GET", "/workspace/", None, SIGNED_IN),
    ("GET", "/workspace/begin/", None, SIGNED_IN),
    ("POST", "/workspace/begin/", {**BEGUN, "starts_on": "2027-01-01"}, LEAD_BEGINS),
    ("GET", "/workspace/light/", None, SIGNED_IN),
    ("POST", "/workspace/light/", {**LIGHT, "country": "{kenya}"}, LEAD_BEGINS),
    ("GET", "/partnerships/{light}/work/light/", None, OWN),
    # Without the stamp of what was read nothing is saved, and the page says so.
    ("POST", "/partnerships/{light}/work/light/", {**LIGHT, "country": "{kenya}"}, OWN),
    ("GET", DRAFT, None, INSIDERS),
    ("GET", f"{DRAFT}copy/", None, INSIDERS),
    (
        "POST",
        "/partnerships/{active}/work/copy/",
        {"lead": "{lead_partner}", "title": "Another"},
        LEAD_BEGINS,
    ),
    ("POST", "/partnerships/{submitted}/work/move/", {"move": "take_back"}, LEAD_POST),
    ("GET", f"{DRAFT}about/", None, LEAD),
    ("POST", f"{DRAFT}about/", {"title": "New"}, LEAD),
    ("GET", f"{DRAFT}objectives/", None, LEAD),
    ("POST", f"{DRAFT}objectives/", {"text": "New."}, LEAD_POST),
    ("GET", f"{DRAFT}objectives/{{draft_objective}}/", None, LEAD),
    (
        "POST",
        f"{DRAFT}objectives/{{draft_objective}}/",
        {"text": "New.", "version": "1"},
        LEAD_POST,
    ),
    ("POST", f"{DRAFT}objectives/{{draft_objective}}/remove/", {}, LEAD_POST),
    ("GET", f"{DRAFT}targets/", None, LEAD),
    ("POST", f"{DRAFT}targets/", {"targets": ["{target_code}"]}, LEAD),
    ("GET", f"{DRAFT}check/", None, LEAD),
    ("POST", f"{DRAFT}check/", {"step": "submit"}, LEAD_POST),
]
