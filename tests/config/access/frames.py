"""Editions, templates and libraries of frameworks; hand-overs of units; reminders."""

from tests.config.access import (
    INSIDERS,
    LEAD_ADDS_TO_DRAFT,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    PUBLIC,
    REASON,
)

SPAN = {"starts_on": "2027-01-01", "ends_on": "2028-12-31"}
OFFER = {"unit": "{free_unit}", "successor": "{taking_unit}", "since_on": "2024-10-01"}
LEAD_ADDS = "401 404 403 201 403 404 403 403 201 403 403"
# The lead decides at once; the unit's own managers ask the other member.
LEAD_AND_MEMBER = "401 403 201 201 403 403 403 403 201 403 201"
OWN = "401 404 200 403 403 404 403 403 200 403 200"

ROWS = [
    ("GET", "frameworks/templates/", None, PUBLIC),
    (
        "POST",
        "frameworks/from-template/",
        {"template": "water", "partnership": "{active}", **SPAN},
        LEAD_CREATES,
    ),
    ("POST", "frameworks/{agreed}/new-edition/", {}, LEAD_CREATES),
    ("POST", "frameworks/{agreed}/copy/", {"partnership": "{draft}", **SPAN}, LEAD_ADDS_TO_DRAFT),
    ("POST", "frameworks/{draft_framework}/withdraw/", REASON, LEAD_OF_DRAFT),
    ("GET", "frameworks/{agreed}/findings/", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/findings/", None, INSIDERS),
    ("GET", "frameworks/{agreed}/changes/", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/changes/", None, INSIDERS),
    ("GET", "frameworks/{agreed}/series-breaks/", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/series-breaks/", None, INSIDERS),
    ("GET", "frameworks/{agreed}/document/", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/document/", None, INSIDERS),
    ("GET", "frameworks/{agreed}/library/?membership={membership}", None, PUBLIC),
    ("GET", "frameworks/{draft_framework}/library/?membership={membership}", None, INSIDERS),
    ("POST", "results/{draft_result}/from-library/", {"template": "water/WAT-4"}, LEAD_ADDS),
    ("GET", "indicators/{indicator}/sheet/", None, PUBLIC),
    ("GET", "indicators/{draft_indicator}/sheet/", None, INSIDERS),
    ("GET", "unit-handovers/", None, PUBLIC),
    ("POST", "unit-handovers/", OFFER, LEAD_AND_MEMBER),
    ("GET", "unit-handovers/{unit_handover}/", None, INSIDERS),
    ("POST", "unit-handovers/{unit_handover}/accept/", {}, LEAD_OF_DRAFT),
    ("POST", "unit-handovers/{unit_handover}/decline/", {}, LEAD_OF_DRAFT),
    ("POST", "unit-handovers/{unit_handover}/withdraw/", {}, OWN),
    ("GET", "reminders/", None, PUBLIC),
    ("GET", "reminders/{reminder}/", None, INSIDERS),
]
