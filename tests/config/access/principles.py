"""Principles, stakeholders, dialogue, technology."""

from tests.config.access import (
    INSIDERS,
    LEAD,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    MEMBER,
    MEMBER_CREATES,
    PUBLIC,
    REASON,
)

MARKER = {
    "partnership": "{active}",
    "kind": "climate",
    "significance": 1,
    "evidence": "Solar pumps only.",
    "assessed_on": "2024-02-01",
    "review_on": "2025-02-01",
}
BENEFICIARIES = {"partnership": "{active}", "people": "youth", "how_reached": "At school."}
STATEMENT = {
    "membership": "{membership}",
    "committed_on": "2024-02-01",
    "statement": "We keep them.",
    "link": "https://example.org/",
}
GROUP = {
    "partnership": "{active}",
    "name": "Kiosk operators",
    "level": "household",
    "effect": "benefits",
    "how": "They earn.",
    "influence": "medium",
    "reach": "At the kiosks.",
}
HELD = {
    "held_on": "2024-03-01",
    "level": "community",
    "place": "Kibanda ward",
    "method": "meeting",
    "turnouts": [{"group": "{group}", "people": 12}],
    "heard": "Prices are too high.",
}
TOLD = {"changed": "They fell.", "told_how": "By radio.", "told_on": "2024-04-01"}
TECHNOLOGY = {
    "partnership": "{active}",
    "technology": "Prepaid meters",
    "intended": "Nobody runs up debts.",
    "unintended": "Who has no coins has no water.",
    "groups": ["{group}"],
    "assessors": ["msme", "community", "academia"],
    "assessed_on": "2024-02-01",
    "review_on": "2026-02-01",
}
CAPACITY = {
    "partnership": "{active}",
    "institution": "Water office of Mwangaza",
    "strengths": "Keeps the register of wells.",
    "assessed_on": "2024-02-01",
}
MITIGATION = {"assessment": "{technology}", "text": "Free hours.", "due_on": "2024-06-30"}

ROWS = [
    ("GET", "markers/", None, PUBLIC),
    ("POST", "markers/", MARKER, LEAD_CREATES),
    ("GET", "markers/{marker}/", None, PUBLIC),
    ("GET", "markers/{draft_marker}/", None, INSIDERS),
    ("POST", "markers/{marker}/withdraw/", REASON, LEAD),
    ("POST", "markers/{draft_marker}/withdraw/", REASON, LEAD_OF_DRAFT),
    ("GET", "beneficiary-groups/", None, PUBLIC),
    ("POST", "beneficiary-groups/", BENEFICIARIES, LEAD_CREATES),
    ("GET", "beneficiary-groups/{beneficiaries}/", None, PUBLIC),
    ("PATCH", "beneficiary-groups/{beneficiaries}/", {"how_reached": "By radio."}, LEAD),
    ("POST", "beneficiary-groups/{beneficiaries}/withdraw/", REASON, LEAD),
    ("GET", "ten-principles-commitments/", None, PUBLIC),
    ("POST", "ten-principles-commitments/", STATEMENT, MEMBER_CREATES),
    ("GET", "ten-principles-commitments/{statement}/", None, PUBLIC),
    ("POST", "ten-principles-commitments/{statement}/withdraw/", REASON, MEMBER),
    ("GET", "affected-groups/", None, PUBLIC),
    ("POST", "affected-groups/", GROUP, LEAD_CREATES),
    ("GET", "affected-groups/{group}/", None, PUBLIC),
    ("GET", "affected-groups/{draft_group}/", None, INSIDERS),
    ("PATCH", "affected-groups/{group}/", {"size": 70}, LEAD),
    ("POST", "affected-groups/{group}/withdraw/", REASON, LEAD),
    ("GET", "consultations/", None, PUBLIC),
    ("POST", "consultations/", {"partnership": "{active}", **HELD}, LEAD_CREATES),
    ("GET", "consultations/{consultation}/", None, PUBLIC),
    ("GET", "consultations/{draft_consultation}/", None, INSIDERS),
    ("POST", "consultations/{consultation}/correct/", {**HELD, **REASON}, LEAD),
    ("POST", "consultations/{consultation}/tell-back/", TOLD, LEAD),
    ("POST", "consultations/{consultation}/withdraw/", REASON, LEAD),
    ("GET", "technology-assessments/", None, PUBLIC),
    ("POST", "technology-assessments/", TECHNOLOGY, LEAD_CREATES),
    ("GET", "technology-assessments/{technology}/", None, PUBLIC),
    ("POST", "technology-assessments/{technology}/withdraw/", REASON, LEAD),
    ("GET", "capacity-assessments/", None, PUBLIC),
    ("POST", "capacity-assessments/", CAPACITY, LEAD_CREATES),
    ("GET", "capacity-assessments/{capacity}/", None, PUBLIC),
    ("POST", "capacity-assessments/{capacity}/withdraw/", REASON, LEAD),
    ("GET", "technology-mitigations/", None, PUBLIC),
    ("POST", "technology-mitigations/", MITIGATION, LEAD_CREATES),
    ("GET", "technology-mitigations/{mitigation}/", None, PUBLIC),
    ("POST", "technology-mitigations/{mitigation}/finish/", {"done_on": "2024-05-01"}, LEAD),
]
