"""Vocabularies."""

from tests.config.access import PUBLIC

ROWS = [
    # vocabularies
    ("GET", "goals/", None, PUBLIC),
    ("GET", "goals/6/", None, PUBLIC),
    ("GET", "targets/", None, PUBLIC),
    ("GET", "targets/{target}/", None, PUBLIC),
    ("GET", "global-indicators/", None, PUBLIC),
    ("GET", "global-indicators/{global_indicator}/", None, PUBLIC),
    ("GET", "countries/", None, PUBLIC),
    ("GET", "countries/KE/", None, PUBLIC),
    ("GET", "currencies/", None, PUBLIC),
    ("GET", "currencies/USD/", None, PUBLIC),
    ("GET", "languages/", None, PUBLIC),
    ("GET", "languages/sw/", None, PUBLIC),
    ("GET", "dimensions/", None, PUBLIC),
    ("GET", "dimensions/{dimension}/", None, PUBLIC),
    ("GET", "categories/", None, PUBLIC),
    ("GET", "categories/{category}/", None, PUBLIC),
]
