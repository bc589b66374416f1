"""Taking things out of a draft framework, and the pages of frameworks, periods and units."""

from tests.config.access.pages import PUBLIC

LEAD_REMOVES = "401 404 403 204 403 404 403 403 204 403 403"
INSIDERS = "404 404 200 200 200 404 200 200 200 404 404"
# Of a partnership that everybody sees; the draft itself is its members'.
LEAD = "401 403 403 200 403 403 403 403 200 401 401"
LEAD_POSTS = "401 403 403 302 403 403 403 403 302 401 401"
MANAGERS = "401 403 200 200 403 403 403 403 200 401 401"
MANAGERS_POST = MANAGERS.replace("200", "302")
F, P = "/partnerships/{active}/framework/", "/partnerships/{active}/periods/"
# The draft is the second edition of the partnership's framework.
DRAFT = f"{F}2/"
# The light partnership is a draft of the lead's.
L = "/partnerships/{light}/framework/"
LIGHT = "401 404 404 200 404 404 404 404 200 401 401"
FACTS = {
    "how": "empty",
    "version": "1",
    "title": "New",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "cadence": "quarterly",
    "grace_days": "30",
    "time_zone": "UTC",
}
RESULT = {"version": "1", "level": "output", "title": "New"}
INDICATOR = {
    "version": "1",
    "result": "{draft_result}",
    "title": "New",
    "measure": "number",
    "accumulation": "flow",
    "direction": "increase",
    "counts_people": "no",
}

ROWS = [
    ("DELETE", "frameworks/{draft_framework}/", None, LEAD_REMOVES),
    ("DELETE", "indicators/{draft_indicator}/", None, LEAD_REMOVES),
    ("DELETE", "period-targets/{draft_target}/", None, LEAD_REMOVES),
    ("DELETE", "results/{draft_result}/", None, LEAD_REMOVES.replace("204", "409")),
    ("GET", F, None, PUBLIC),
    ("GET", "/partnerships/{draft}/framework/", None, INSIDERS),
    ("GET", f"{F}1/", None, PUBLIC),
    ("GET", DRAFT, None, INSIDERS),
    ("GET", f"{DRAFT}changes/", None, INSIDERS),
    ("GET", f"{F}begin/", None, LEAD),
    ("POST", f"{F}begin/", FACTS, LEAD_POSTS),
    ("POST", f"{F}next/", {}, LEAD_POSTS),
    ("GET", f"{L}light/", None, LIGHT),
    ("GET", f"{DRAFT}withdraw/", None, LEAD.replace("200", "302")),
    ("POST", f"{DRAFT}withdraw/", {"reason": "Because."}, LEAD_POSTS),
    ("GET", f"{DRAFT}edit/", None, LEAD),
    ("GET", f"{DRAFT}facts/", None, LEAD),
    ("POST", f"{DRAFT}facts/", FACTS, LEAD_POSTS),
    ("GET", f"{DRAFT}results/new/", None, LEAD),
    ("POST", f"{DRAFT}results/new/", RESULT, LEAD_POSTS),
    ("GET", f"{DRAFT}results/{{draft_result}}/", None, LEAD),
    ("POST", f"{DRAFT}results/{{draft_result}}/", RESULT, LEAD_POSTS),
    ("GET", f"{DRAFT}results/{{draft_result}}/remove/", None, LEAD),
    ("POST", f"{DRAFT}results/{{draft_result}}/remove/", {}, LEAD_POSTS),
    ("GET", f"{DRAFT}library/", None, LEAD),
    ("GET", f"{DRAFT}indicators/new/", None, LEAD),
    ("POST", f"{DRAFT}indicators/new/", INDICATOR, LEAD_POSTS),
    ("GET", f"{DRAFT}indicators/{{draft_indicator}}/", None, LEAD),
    ("POST", f"{DRAFT}indicators/{{draft_indicator}}/", INDICATOR, LEAD_POSTS),
    ("GET", f"{DRAFT}indicators/{{draft_indicator}}/remove/", None, LEAD),
    ("POST", f"{DRAFT}indicators/{{draft_indicator}}/remove/", {}, LEAD_POSTS),
    ("GET", f"{DRAFT}indicators/{{draft_indicator}}/baselines/", None, LEAD),
    ("GET", f"{DRAFT}cross/", None, LEAD),
    ("GET", f"{DRAFT}targets/", None, LEAD),
    ("GET", f"{DRAFT}check/", None, LEAD),
    ("POST", f"{DRAFT}check/", {}, LEAD_POSTS),
    ("GET", f"{DRAFT}discard/", None, LEAD),
    ("POST", f"{DRAFT}discard/", {}, LEAD_POSTS),
    ("GET", P, None, PUBLIC),
    ("GET", "/partnerships/{draft}/periods/", None, INSIDERS),
    ("POST", f"{P}open/", {}, LEAD_POSTS),
    ("POST", f"{P}{{fourth}}/close/", {}, LEAD_POSTS),
    ("POST", f"{P}{{closed}}/reopen/", {"reason": "Because."}, LEAD_POSTS),
    ("GET", f"{P}units/new/", None, MANAGERS),
    (
        "POST",
        f"{P}units/new/",
        {"membership": "{membership}", "place": "Ward 7"},
        MANAGERS_POST,
    ),
    ("GET", f"{P}units/{{free_unit}}/hand-over/", None, MANAGERS),
    (
        "POST",
        f"{P}units/{{free_unit}}/hand-over/",
        {"successor": "{taking_unit}", "since_on": "2024-10-01"},
        MANAGERS_POST,
    ),
    # Offered by the member to the lead.
    ("POST", f"{P}hand-overs/{{unit_handover}}/accept/", {}, LEAD_POSTS),
    ("POST", f"{P}hand-overs/{{unit_handover}}/decline/", {}, LEAD_POSTS),
    (
        "POST",
        f"{P}hand-overs/{{unit_handover}}/withdraw/",
        {},
        "401 403 302 403 403 403 403 403 302 401 401",
    ),
]
