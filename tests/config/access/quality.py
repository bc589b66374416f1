"""Rules of data quality, what they find, and what has been reported."""

from tests.config.access import INSIDERS, LEAD, LEAD_CREATES, PUBLIC

NEW_RULE = {"framework": "{agreed}", "check_of": "jump", "severity": "note"}
DELETED_BY_LEAD = LEAD.replace("200", "204")

ROWS = [
    ("GET", "frameworks/{agreed}/completeness/", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/completeness/", None, INSIDERS),
    ("GET", "/partnerships/{active}/completeness/", None, PUBLIC),
    ("GET", "quality-rules/", None, PUBLIC),
    ("POST", "quality-rules/", NEW_RULE, LEAD_CREATES),
    ("GET", "quality-rules/{quality_rule}/", None, PUBLIC),
    ("PATCH", "quality-rules/{quality_rule}/", {"severity": "off"}, LEAD),
    ("DELETE", "quality-rules/{quality_rule}/", None, DELETED_BY_LEAD),
    ("GET", "submissions/{draft_data}/quality/", None, INSIDERS),
    (
        "GET",
        "submissions/{approved_data}/quality/",
        None,
        "404 404 200 200 200 404 200 200 200 200 200",
    ),
]
