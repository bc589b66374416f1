"""Pages of principles and dialogue."""

from tests.config.access.pages import PUBLIC
from tests.config.access.principles import BENEFICIARIES, CAPACITY, GROUP, REASON, TECHNOLOGY, TOLD

LEAD = "401 403 403 200 403 403 403 403 200 401 401"
LEAD_SAVES = "401 403 403 302 403 403 403 403 302 401 401"
MEMBER = "401 403 200 403 403 403 403 403 200 401 401"
MEMBER_SAVES = "401 403 302 403 403 403 403 403 302 401 401"
DRAFT = "404 404 200 200 200 404 200 200 200 404 404"
MARKER = {
    "significance": "1",
    "evidence": "Solar pumps only.",
    "assessed_on": "2024-02-01",
    "review_on": "2025-02-01",
}
STATEMENT = {
    "committed_on": "2024-02-01",
    "statement": "We keep them.",
    "link": "https://example.org/",
}
P, D = "/partnerships/{active}/principles/", "/partnerships/{active}/dialogue/"
ELSEWHERE = "/partnerships/{registered}/principles/"

ROWS = [
    ("GET", P, None, PUBLIC),
    ("GET", "/partnerships/{draft}/principles/", None, DRAFT),
    ("GET", f"{P}climate/", None, LEAD),
    ("POST", f"{P}climate/", MARKER, LEAD_SAVES),
    ("GET", f"{P}groups/new/", None, LEAD),
    ("POST", f"{P}groups/new/", {**BENEFICIARIES}, LEAD_SAVES),
    ("GET", f"{P}groups/{{beneficiaries}}/", None, LEAD),
    (
        "POST",
        f"{P}groups/{{beneficiaries}}/",
        {"how_reached": "By radio.", "version": "1"},
        LEAD_SAVES,
    ),
    ("GET", f"{P}ten-principles/{{membership}}/", None, MEMBER),
    ("POST", f"{P}ten-principles/{{membership}}/", STATEMENT, MEMBER_SAVES),
    ("GET", f"{P}withdraw/marker/{{marker}}/", None, LEAD),
    ("POST", f"{P}withdraw/marker/{{marker}}/", REASON, LEAD_SAVES),
    ("POST", f"{P}withdraw/consultation/{{consultation}}/", REASON, LEAD_SAVES),
    ("POST", f"{ELSEWHERE}withdraw/ten-principles/{{statement}}/", REASON, MEMBER_SAVES),
    ("GET", D, None, PUBLIC),
    ("GET", "/partnerships/{draft}/dialogue/", None, DRAFT),
    ("GET", f"{D}groups/new/", None, LEAD),
    ("POST", f"{D}groups/new/", {**GROUP}, LEAD_SAVES),
    ("GET", f"{D}groups/{{group}}/", None, LEAD),
    ("POST", f"{D}groups/{{group}}/", {**GROUP, "version": "1"}, LEAD_SAVES),
    ("GET", f"{D}consultations/new/", None, LEAD),
    ("GET", f"{D}consultations/{{consultation}}/correct/", None, LEAD),
    ("GET", f"{D}consultations/{{consultation}}/told/", None, LEAD),
    ("POST", f"{D}consultations/{{consultation}}/told/", TOLD, LEAD_SAVES),
    ("GET", f"{D}technology/new/", None, LEAD),
    ("POST", f"{D}technology/new/", {**TECHNOLOGY}, LEAD_SAVES),
    ("GET", f"{D}capacity/new/", None, LEAD),
    ("POST", f"{D}capacity/new/", {**CAPACITY}, LEAD_SAVES),
    ("GET", f"{D}technology/mitigations/{{mitigation}}/", None, LEAD),
    ("POST", f"{D}technology/mitigations/{{mitigation}}/", {"done_on": "2024-05-01"}, LEAD_SAVES),
]
