"""Vocabularies."""

from tests.config.access import PUBLIC

ADMIN_CREATES = "401 403 403 403 403 403 403 403 201 403 403"
A_RATE = {"currency": "EUR", "on": "2024-03-01", "usd": "1.08", "source": "A bank"}

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
    ("GET", "dac-sectors/", None, PUBLIC),
    ("GET", "dac-sectors/140/", None, PUBLIC),
    ("GET", "languages/", None, PUBLIC),
    ("GET", "languages/sw/", None, PUBLIC),
    ("GET", "sdg-search/?q=water", None, PUBLIC),
    ("GET", "sdg-editions/", None, PUBLIC),
    ("GET", "sdg-editions/{sdg_edition}/", None, PUBLIC),
    ("GET", "standards/", None, PUBLIC),
    ("GET", "standards/{standard}/", None, PUBLIC),
    ("GET", "disclosures/", None, PUBLIC),
    ("GET", "disclosures/{disclosure}/", None, PUBLIC),
    ("GET", "crosswalks/", None, PUBLIC),
    ("GET", "crosswalks/{crosswalk}/", None, PUBLIC),
    ("GET", "principles/", None, PUBLIC),
    ("GET", "principles/3/", None, PUBLIC),
    ("GET", "country-groups/", None, PUBLIC),
    ("GET", "country-groups/LDC/", None, PUBLIC),
    ("GET", "country-groups/LDC/members/", None, PUBLIC),
    ("GET", "exchange-rates/", None, PUBLIC),
    ("GET", "exchange-rates/{rate}/", None, PUBLIC),
    ("POST", "exchange-rates/", A_RATE, ADMIN_CREATES),
    ("GET", "dimensions/", None, PUBLIC),
    ("GET", "dimensions/{dimension}/", None, PUBLIC),
    ("GET", "categories/", None, PUBLIC),
    ("GET", "categories/{category}/", None, PUBLIC),
]
