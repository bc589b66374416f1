"""What partnerships set out to reach."""

from tests.config.access import INSIDERS, LEAD_ADDS_TO_DRAFT, LEAD_OF_DRAFT, PUBLIC

NEW = {"partnership": "{draft}", "text": "Everybody drinks safe water.", "goal_value": "40"}

ROWS = [
    ("GET", "objectives/", None, PUBLIC),
    ("POST", "objectives/", NEW, LEAD_ADDS_TO_DRAFT),
    ("GET", "objectives/{objective}/", None, PUBLIC),
    ("GET", "objectives/{draft_objective}/", None, INSIDERS),
    ("PATCH", "objectives/{draft_objective}/", {"text": "New."}, LEAD_OF_DRAFT),
    (
        "DELETE",
        "objectives/{draft_objective}/",
        None,
        "401 404 403 204 403 404 403 403 204 403 403",
    ),
]
