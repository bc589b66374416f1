"""Histories: admins read all, managers their partner's, insiders their partnership's."""

MANAGERS_OF_MEMBER = "401 404 200 404 404 404 404 404 200 404 200"
INSIDERS = "401 404 200 200 200 404 200 200 200 200 200"  # who is assigned elsewhere is outside
ADMIN = "401 404 404 404 404 404 404 404 200 404 404"


def of(label, name):
    return f"history/?subject_type={label}&subject_id={{{name}}}"


ROWS = [
    ("GET", of("registry.partner", "member_partner"), None, MANAGERS_OF_MEMBER),
    (
        "GET",
        of("registry.partner", "lead_partner"),
        None,
        "401 404 404 200 404 404 404 404 200 200 404",
    ),
    ("GET", of("registry.affiliation", "role_of_evaluator"), None, MANAGERS_OF_MEMBER),
    ("GET", of("partnerships.partnership", "active"), None, INSIDERS),
    ("GET", of("partnerships.partnership", "draft"), None, INSIDERS),
    ("GET", of("monitoring.submission", "draft_data"), None, INSIDERS),
    ("GET", of("monitoring.observation", "approved_value"), None, INSIDERS),
    # What is nobody's in particular: for admins.
    ("GET", of("registry.target", "target"), None, ADMIN),
    ("GET", "history/?subject_type=registry.user&subject_id=1", None, ADMIN),
    ("GET", "history/", None, "401 400 400 400 400 400 400 400 400 400 400"),
    (
        "GET",
        "history/?subject_type=registry.auditentry&subject_id=1",
        None,
        "401 400 400 400 400 400 400 400 400 400 400",
    ),
]
