"""How figures are broken down, explained and drawn out over time."""

from tests.config.access import INSIDERS, LEAD_ADDS_TO_DRAFT, LEAD_OF_DRAFT, PUBLIC
from tests.config.access.agreements import INSIDERS_READ

ROWS = [
    ("GET", "series/?indicator={indicator}", None, PUBLIC),
    ("GET", "series/?indicator={indicator}&by=unit&across=category&output=csv", None, PUBLIC),
    ("GET", "series/?indicator={draft_indicator}", None, INSIDERS),
    ("GET", "indicators/{indicator}/explain/", None, PUBLIC),
    ("GET", "indicators/{indicator}/explain/?category={category}", None, PUBLIC),
    ("GET", "indicators/{draft_indicator}/explain/?period={second}", None, INSIDERS),
    (
        "POST",
        "dimensions/",
        {"framework": "{draft_framework}", "first": "{dimension}", "second": "{wealth}"},
        LEAD_ADDS_TO_DRAFT,
    ),
    ("GET", "/indicators/{indicator}/explain/", None, PUBLIC),
    ("GET", "/indicators/{draft_indicator}/explain/", None, INSIDERS_READ),
    ("GET", "category-baselines/", None, PUBLIC),
    (
        "POST",
        "category-baselines/",
        {"indicator": "{draft_indicator}", "category": "{other_category}", "value": "3"},
        LEAD_ADDS_TO_DRAFT,
    ),
    ("GET", "category-baselines/{draft_baseline}/", None, INSIDERS),
    ("GET", "category-baselines/{people_baseline}/", None, INSIDERS),
    ("PATCH", "category-baselines/{draft_baseline}/", {"value": "7"}, LEAD_OF_DRAFT),
    (
        "DELETE",
        "category-baselines/{draft_baseline}/",
        None,
        "401 404 403 204 403 404 403 403 204 403 403",
    ),
]
