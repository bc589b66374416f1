"""How data is typed in: the form, the grid, stories, breakdowns that are not safe."""

from tests.config.access import INSIDERS, PUBLIC, REASON, SENDERS_OF_DRAFT

NEW_STORY = {
    "submission": "{draft_data}",
    "title": "New",
    "changed": "Water.",
    "for_whom": "Us",
    "significance": "Time.",
}
ADDED = "401 400 201 403 201 400 403 403 201 403 201"
REMOVED = "401 404 204 403 204 404 403 403 204 403 204"
CHOSEN = {"chosen_by": "The committee", "reason": "It shows the change."}

# Who may not enter the data is led to its page; a form without its version saves nothing.
CHECKED = "401 404 200 302 200 404 302 302 200 401 401"
OPENED = "401 404 409 200 409 404 200 200 409 401 401"
# Whoever reports for no unit, and for no member, has no grid.
GRID = "401 404 200 200 200 404 404 404 200 401 401"
# Whoever reports for a unit of their own has its templates.
TEMPLATES = "401 404 200 200 200 404 404 404 200 401 401"
PAGE_FOR_ALL = "200 200 200 200 200 200 200 200 200 200 200"
TELLS = "401 404 200 302 200 404 302 302 200 401 401"
ANSWERS = "401 404 200 200 200 404 200 200 200 401 401"
OWN_PAGE = "401 404 404 404 200 404 404 404 200 401 401"
OWN_LOAD = "401 404 404 404 302 404 404 404 403 401 401"
SIGNED_IN_PAGE = "401 200 200 200 200 200 200 200 200 401 401"
SENT = "401 302 302 302 302 302 302 302 302 401 401"

ROWS = [
    ("GET", "/submissions/{draft_data}/check/", None, CHECKED),
    ("POST", "/submissions/{draft_data}/", {}, OPENED),
    ("GET", "/submissions/grid/{second}/", None, GRID),
    ("POST", "/submissions/grid/{second}/send/", {}, SENT),
    ("GET", "/partnerships/{active}/stories/", None, PAGE_FOR_ALL),
    ("GET", "/submissions/{story_data}/stories/", None, SIGNED_IN_PAGE),
    ("GET", "/submissions/{draft_data}/stories/new/", None, TELLS),
    ("GET", "/submissions/{draft_data}/stories/{draft_story}/", None, TELLS),
    ("GET", "/submissions/{draft_data}/stories/{draft_story}/remove/", None, TELLS),
    ("GET", "/stories/{story}/select/", None, ANSWERS),
    ("GET", "/stories/{story}/consent/", None, ANSWERS),
    ("GET", "/uploads/", None, SIGNED_IN_PAGE),
    ("GET", "/uploads/new/{second}/", None, TEMPLATES),
    ("GET", "/uploads/template/{second}/", None, TEMPLATES),
    ("GET", "/uploads/{checked_upload}/", None, OWN_PAGE),
    ("POST", "/uploads/{checked_upload}/load/", {}, OWN_LOAD),
    ("GET", "/uploads/{wrong_upload}/errors/", None, OWN_PAGE),
    ("GET", "stories/", None, PUBLIC),
    ("POST", "stories/", NEW_STORY, ADDED),
    ("GET", "stories/{story}/", None, PUBLIC),
    ("GET", "stories/{kept_story}/", None, INSIDERS),
    ("GET", "stories/{draft_story}/", None, INSIDERS),
    ("PATCH", "stories/{draft_story}/", {"title": "New"}, SENDERS_OF_DRAFT),
    ("DELETE", "stories/{draft_story}/", None, REMOVED),
    ("POST", "stories/{story}/select/", CHOSEN, "401 403 200 200 403 403 403 403 200 403 200"),
    (
        "POST",
        "stories/{story}/withdraw-consent/",
        REASON,
        "401 403 200 200 200 403 403 403 200 403 200",
    ),
    ("GET", "unsafe-breakdowns/", None, PUBLIC),
    ("GET", "unsafe-breakdowns/{unsafe}/", None, PUBLIC),
    ("GET", "unsafe-breakdowns/{draft_unsafe}/", None, INSIDERS),
    (
        "POST",
        "unsafe-breakdowns/",
        {
            "submission": "{draft_data}",
            "indicator": "{indicator}",
            "dimension": "{age}",
            "reason": "It is dangerous.",
        },
        ADDED,
    ),
    ("DELETE", "unsafe-breakdowns/{draft_unsafe}/", None, REMOVED),
]
