"""Versions, reviews and amendments of partnerships."""

from tests.config.access import INSIDERS, PUBLIC

ROWS = [
    ("GET", "partnership-versions/", None, PUBLIC),
    ("GET", "partnership-versions/{version}/", None, PUBLIC),
    ("GET", "partnership-versions/{submitted_version}/", None, INSIDERS),
    ("GET", "partnership-versions/{version}/difference/", None, PUBLIC),
]
