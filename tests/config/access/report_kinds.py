"""What reports over many partnerships are told first: the goals under review at the HLPF."""

from tests.config.access import ADMIN, PUBLIC, pages

SETS = ADMIN.replace("200", "201")

ROWS = [
    ("GET", "hlpf-reviews/", None, PUBLIC),
    ("GET", "hlpf-reviews/{hlpf_review}/", None, PUBLIC),
    ("POST", "hlpf-reviews/", {"year": 2026, "goals": [6]}, SETS),
    ("GET", "/secretariat/hlpf/", None, pages.ADMIN),
]
