"""Reports of every kind are asked for, and the engine that computes them is watched."""

ASKED_BY_ADMINS = "401 403 403 403 403 403 403 403 202 403 403"

ADMIN_PAGE = "401 403 403 403 403 403 403 403 200 401 401"
ADMIN_DOES = "401 403 403 403 403 403 403 403 302 401 401"
MANY = {"kind": "goal", "days": "2024", "revision": 1}
TIMES = {"minute": "5", "hour": "4", "day_of_month": "*", "month_of_year": "*", "day_of_week": "*"}
CHANGED = {"is_on": "on", "read": "on 10 2 * * *", **TIMES}

ROWS = [
    ("GET", "/metrics", None, ADMIN_PAGE),
    ("GET", "/secretariat/engine/", None, ADMIN_PAGE),
    ("POST", "/secretariat/engine/", MANY, ADMIN_DOES),
    ("POST", "/secretariat/engine/runs/{failed_run}/again/", None, ADMIN_DOES),
    ("POST", "/secretariat/engine/files/{failed_file}/again/", None, ADMIN_DOES),
    ("GET", "/secretariat/report-schedules/", None, ADMIN_PAGE),
    ("GET", "/secretariat/report-schedules/{schedule}/", None, ADMIN_PAGE),
    ("POST", "/secretariat/report-schedules/{schedule}/", CHANGED, ADMIN_DOES),
    ("POST", "reports/", {"kind": "portfolio", "days": "2024"}, ASKED_BY_ADMINS),
    ("POST", "reports/", {"kind": "hlpf", "days": "2024"}, ASKED_BY_ADMINS),
    (
        "POST",
        "reports/",
        {"kind": "annual", "partnership": "{active}", "days": "2024"},
        "401 403 202 202 202 403 202 202 202 403 202",
    ),
    (
        "POST",
        "reports/",
        {"kind": "partner", "partner": "{member_partner}", "days": "2024"},
        "401 403 202 403 403 403 403 403 202 403 202",
    ),
]
