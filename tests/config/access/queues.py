"""The secretariat's queues: admins alone."""

from tests.config.access import ADMIN, pages

KEYS = (
    *("submissions", "overdue", "outliers", "drafts", "reports", "runs", "files"),
    *("partners", "due-diligence", "needs"),
)

ROWS = [
    ("GET", "/secretariat/queues/", None, pages.ADMIN),
    *[("GET", f"/secretariat/queues/{key}/", None, pages.ADMIN) for key in KEYS],
    ("GET", "/secretariat/queues/overdue.csv", None, pages.ADMIN),
    ("POST", "/secretariat/queues/overdue/", {}, pages.ADMIN),
    ("GET", "queues/", None, ADMIN),
    ("GET", "queues/needs/", None, ADMIN),
]
