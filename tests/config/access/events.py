"""Notices and webhooks."""

from tests.config.access import ADMIN, ADMIN_READS, MEMBER_CREATES, SIGNED_IN

URL = "https://hooks.example.org/registry"
OWN = {"url": URL, "kinds": ["*"]}
MEMBERS = {**OWN, "partner": "{member_partner}"}
OF_MEMBER = "401 404 200 404 404 404 404 404 200 404 200"
WRITES_OF_MEMBER = "401 404 200 404 404 404 404 404 200 403 200"

ROWS = [
    # `{notice}` is the evaluator's
    ("GET", "notices/", None, SIGNED_IN),
    ("GET", "notices/{notice}/", None, "401 404 404 404 200 404 404 404 404 404 404"),
    ("POST", "notices/{notice}/read/", {}, "401 404 404 404 200 404 404 404 404 403 404"),
    ("POST", "notices/read-all/", {}, "401 204 204 204 204 204 204 204 204 403 204"),
    ("GET", "notice-settings/", None, SIGNED_IN),
    (
        "PATCH",
        "notice-settings/",
        {"group": "partners", "how": "daily"},
        "401 200 200 200 200 200 200 200 200 403 200",
    ),
    # `{webhook}` is the member's, `{own_webhook}` the registry's
    ("GET", "webhooks/", None, SIGNED_IN),
    ("POST", "webhooks/", MEMBERS, MEMBER_CREATES),
    ("POST", "webhooks/", OWN, "401 403 403 403 403 403 403 403 201 403 403"),
    ("GET", "webhooks/{webhook}/", None, OF_MEMBER),
    ("GET", "webhooks/{own_webhook}/", None, ADMIN_READS),
    ("PATCH", "webhooks/{webhook}/", {"kinds": ["partner.*"]}, WRITES_OF_MEMBER),
    ("DELETE", "webhooks/{webhook}/", None, WRITES_OF_MEMBER.replace("200", "204")),
    ("POST", "webhooks/{webhook}/rotate/", {}, WRITES_OF_MEMBER),
    ("POST", "webhooks/{webhook}/test/", {}, WRITES_OF_MEMBER),
    ("GET", "webhook-deliveries/", None, SIGNED_IN),
    ("GET", "webhook-deliveries/{webhook_delivery}/", None, OF_MEMBER),
    ("POST", "webhook-deliveries/{webhook_delivery}/redeliver/", {}, WRITES_OF_MEMBER),
    ("GET", "outbox/", None, ADMIN),
]
