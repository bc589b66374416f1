"""Facts of partners, registers, groups and focal points; `{ministry}` is a government."""

from tests.config.access import ADMIN, MEMBER_CREATES, PUBLIC, REASON

NOTHING_ASKED = "400 400 400 400 400 400 400 400 400 400 400"
BASIS = {"basis": "results", **REASON}
FORMER = {"partner": "{member_partner}", "name": "Formerly so"}

ROWS = [
    ("GET", "partners/similar/", None, NOTHING_ASKED),
    (
        "POST",
        "partners/{suspended_partner}/reinstate/",
        REASON,
        "401 404 404 404 404 404 404 403 200 403 404",
    ),
    ("POST", "partners/{member_partner}/override-basis/", BASIS, ADMIN),
    ("GET", "partners/{lead_partner}/logo/", None, PUBLIC),
    ("POST", "partners/{lead_partner}/logo/", "png", "401 403 403 200 403 403 403 403 200 403 403"),
    (
        "DELETE",
        "partners/{lead_partner}/logo/",
        None,
        "401 403 403 204 403 403 403 403 204 403 403",
    ),
    ("POST", "former-names/", FORMER, MEMBER_CREATES),
    (
        "DELETE",
        "former-names/{former_name}/",
        None,
        "401 403 204 403 403 403 403 403 204 403 204",
    ),
    ("GET", "focal-points/", None, PUBLIC),
    ("GET", "focal-points/{focal_point}/", None, PUBLIC),
    (
        "POST",
        "focal-points/",
        {"partner": "{ministry}"},
        "401 403 403 403 403 403 403 403 201 403 403",
    ),
    ("POST", "focal-points/{focal_point}/end/", REASON, ADMIN),
    ("GET", "identifier-schemes/", None, PUBLIC),
    ("GET", "identifier-schemes/NL-KVK/", None, PUBLIC),
    ("GET", "stakeholder-groups/", None, PUBLIC),
    ("GET", "stakeholder-groups/MGOS-01/", None, PUBLIC),
]
