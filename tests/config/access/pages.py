"""Who may open which page, written from the design, never recorded from the product.

A row is method, path, form, and the status that each principal gets, in the order of PRINCIPALS.
401 means: led to the sign-in page. A form that is accepted leads on: 302. Pages know sessions and
no tokens, so the two service accounts count as anonymous. The back office's routes are Django's:
tests/config/test_back_office.py says who passes its door.
"""

PUBLIC = "200 200 200 200 200 200 200 200 200 200 200"
INSIDERS = "404 404 200 200 200 404 200 200 200 404 404"
SIGNED_IN = "401 200 200 200 200 200 200 200 200 401 401"
REDIRECTED = "302 302 302 302 302 302 302 302 302 302 302"
# Who has signed in already has nothing to do there and is led on.
NOT_SIGNED_IN = "200 302 302 302 302 302 302 302 302 200 200"
ACCEPTED = "401 302 302 302 302 302 302 302 302 401 401"
NOTHING_THERE = "401 404 404 404 404 404 404 404 404 401 401"
ADMIN = "401 403 403 403 403 403 403 403 200 401 401"
MANAGERS = "401 403 200 403 403 403 403 403 200 401 401"
MANAGERS_POST = "401 403 302 403 403 403 403 403 302 401 401"

MERGE = {
    "duplicate": "{member_partner}",
    "into": "{third_partner}",
    "reason": "The same organisation twice.",
    "confirm": "1",
}

ROWS = [
    ("GET", "/", None, PUBLIC),
    ("GET", "/healthz/", None, PUBLIC),
    ("GET", "/favicon.ico", None, REDIRECTED),
    # partners: `{pending}` is the member manager's other, unverified organisation
    ("GET", "/partners/", None, PUBLIC),
    ("GET", "/partners/{member_partner}/", None, PUBLIC),
    ("GET", "/partners/{pending}/", None, "404 404 200 404 404 404 404 404 200 404 404"),
    # vocabularies
    ("GET", "/sdgs/", None, PUBLIC),
    ("GET", "/sdgs/6/", None, PUBLIC),
    ("GET", "/standards/", None, PUBLIC),
    ("GET", "/standards/ACME/2023/", None, PUBLIC),
    # people and systems of a partner: for its managers and admins; the partner itself is public
    ("GET", "/partners/{member_partner}/join/", None, SIGNED_IN),
    (
        "POST",
        "/partners/{third_partner}/join/",
        {"role": "observer"},
        "401 302 302 302 302 302 302 302 302 401 401",
    ),
    (
        "POST",
        "/partners/{third_partner}/join/{own_request}/withdraw/",
        {},
        "401 404 404 404 302 404 404 404 404 401 401",
    ),
    ("GET", "/partners/{member_partner}/people/", None, MANAGERS),
    (
        "POST",
        "/partners/{member_partner}/people/",
        {"email": "new@example.org", "role": "observer"},
        MANAGERS_POST,
    ),
    (
        "POST",
        "/partners/{member_partner}/people/decide/",
        {"act": "accept", "on": "{join_request}"},
        MANAGERS_POST,
    ),
    (
        "GET",
        "/partners/{member_partner}/people/{role_of_evaluator}/",
        None,
        "401 404 200 404 200 404 404 404 200 401 401",
    ),
    (
        "POST",
        "/partners/{member_partner}/people/{role_of_evaluator}/",
        {"do": "role", "role": "observer"},
        "401 404 302 404 403 404 404 404 302 401 401",
    ),
    (
        "GET",
        "/partners/{member_partner}/people/{role_of_evaluator}/partnerships/",
        None,
        MANAGERS,
    ),
    (
        "POST",
        "/partners/{member_partner}/people/{role_of_evaluator}/partnerships/",
        {"partnerships": "{active}"},
        MANAGERS_POST,
    ),
    ("GET", "/partners/{member_partner}/service-accounts/", None, MANAGERS),
    (
        "POST",
        "/partners/{member_partner}/service-accounts/",
        {"name": "Ledger", "role": "evaluator"},
        MANAGERS_POST,
    ),
    ("GET", "/partners/{member_partner}/service-accounts/{system}/", None, MANAGERS),
    # The answer to a form that makes a token shows its secret, and leads nowhere.
    (
        "POST",
        "/partners/{member_partner}/service-accounts/{system}/",
        {"name": "Nightly", "days": "30"},
        MANAGERS,
    ),
    (
        "POST",
        "/account/tokens/{system_token}/revoke/",
        {},
        "401 404 302 404 404 404 404 404 302 401 401",
    ),
    ("GET", "/account/tokens/", None, SIGNED_IN),
    ("POST", "/account/tokens/", {"name": "Mine", "days": "30"}, SIGNED_IN),
    # `{secret}` is the link in the evaluator's mail: whoever holds it may read and decline
    ("GET", "/invitations/{secret}/", None, PUBLIC),
    ("GET", "/invitations/unknown/", None, "404 404 404 404 404 404 404 404 404 404 404"),
    (
        "POST",
        "/invitations/{secret}/",
        {"accept": "yes"},
        "200 200 200 200 302 200 200 200 200 200 200",
    ),
    ("POST", "/invitations/{secret}/", {"decline": "yes"}, REDIRECTED),
    ("GET", "/secretariat/without-manager/", None, ADMIN),
    ("GET", "/secretariat/without-manager/{leaderless}/", None, ADMIN),
    (
        "POST",
        "/secretariat/without-manager/{leaderless}/",
        {"email": "{newcomer}", "reason": "Known to us."},
        "401 403 403 403 403 403 403 403 302 401 401",
    ),
    # partnerships and reports
    ("GET", "/partnerships/", None, PUBLIC),
    ("GET", "/partnerships/{active}/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/", None, INSIDERS),
    ("GET", "/reports/", None, PUBLIC),
    ("GET", "/reports/{published}/", None, PUBLIC),
    ("GET", "/reports/{draft_report}/", None, INSIDERS),
    # histories: a partner's managers, a partnership's insiders
    (
        "GET",
        "/history/registry.partner/{member_partner}/",
        None,
        "401 404 200 404 404 404 404 404 200 401 401",
    ),
    (
        "GET",
        "/history/partnerships.partnership/{draft}/",
        None,
        "401 404 200 200 200 404 200 200 200 401 401",
    ),
    # submissions: whose data it is enters it, the lead and the registry's admins decide
    ("GET", "/submissions/", None, SIGNED_IN),
    (
        "POST",
        "/submissions/start/{unit}/{fourth}/",
        {},
        "401 404 302 404 302 404 404 404 302 401 401",
    ),
    ("GET", "/submissions/{draft_data}/", None, "401 404 200 200 200 404 200 200 200 401 401"),
    ("GET", "/submissions/{approved_data}/", None, SIGNED_IN),
    (
        "POST",
        "/submissions/{approved_data}/correct/",
        {},
        "401 403 302 403 302 403 403 403 302 401 401",
    ),
    (
        "GET",
        "/submissions/{sent_data}/review/",
        None,
        "401 404 404 200 404 404 404 404 200 401 401",
    ),
    (
        "POST",
        "/submissions/{sent_data}/review/",
        {"answer": "approve"},
        "401 404 404 302 404 404 404 404 302 401 401",
    ),
    # signing in and up; a form that is sent back with its faults is 200
    ("GET", "/sign-in/", None, NOT_SIGNED_IN),
    ("POST", "/sign-in/", {"login": "{lead_email}", "password": "{password}"}, REDIRECTED),
    ("GET", "/sign-in/code/", None, REDIRECTED),
    ("GET", "/sign-out/", None, "302 200 200 200 200 200 200 200 200 302 302"),
    ("POST", "/sign-out/", {}, REDIRECTED),
    ("GET", "/sign-up/", None, NOT_SIGNED_IN),
    ("POST", "/sign-up/", {}, NOT_SIGNED_IN),
    ("GET", "/sign-up/sent/", None, PUBLIC),
    ("GET", "/confirm-email/nonsense/", None, PUBLIC),
    ("POST", "/confirm-email/nonsense/", {}, "404 404 404 404 404 404 404 404 404 404 404"),
    ("GET", "/forgotten-password/", None, PUBLIC),
    ("POST", "/forgotten-password/", {"email": "{lead_email}"}, REDIRECTED),
    ("GET", "/forgotten-password/sent/", None, PUBLIC),
    ("GET", "/forgotten-password/1-nonsense/", None, PUBLIC),
    ("POST", "/forgotten-password/1-set-password/", {}, PUBLIC),
    # one's own account; what concerns its safety asks for the password first: 302
    ("GET", "/account/", None, SIGNED_IN),
    ("POST", "/account/", {"name": "New"}, ACCEPTED),
    ("GET", "/account/email/", None, SIGNED_IN),
    ("POST", "/account/email/", {"email": "new@example.org", "action_add": "1"}, ACCEPTED),
    ("GET", "/account/password/", None, SIGNED_IN),
    ("POST", "/account/password/", {"oldpassword": "wrong"}, SIGNED_IN),
    ("GET", "/account/first-password/", None, ACCEPTED),
    ("GET", "/account/confirm/", None, SIGNED_IN),
    ("POST", "/account/confirm/", {"password": "{password}"}, ACCEPTED),
    ("GET", "/account/confirm/code/", None, ACCEPTED),
    ("GET", "/account/two-factor/", None, SIGNED_IN),
    ("GET", "/account/two-factor/activate/", None, ACCEPTED),
    ("GET", "/account/two-factor/deactivate/", None, NOTHING_THERE),
    ("GET", "/account/recovery-codes/", None, NOTHING_THERE),
    ("GET", "/account/recovery-codes/new/", None, ACCEPTED),
    ("GET", "/account/recovery-codes/download/", None, NOTHING_THERE),
    # notices: `{notice}` is the evaluator's; a link that stops mails is signed, not signed in for
    ("GET", "/account/notifications/", None, SIGNED_IN),
    ("GET", "/notices/", None, SIGNED_IN),
    ("POST", "/notices/read/", {}, "401 302 302 302 302 302 302 302 302 401 401"),
    ("POST", "/notices/{notice}/read/", {}, "401 404 404 404 302 404 404 404 404 401 401"),
    ("GET", "/notices/stop/forged/", None, "404 404 404 404 404 404 404 404 404 404 404"),
    # webhooks: the member's, for its managers; the registry's own, for admins
    (
        "GET",
        "/partners/{member_partner}/webhooks/",
        None,
        "401 403 200 403 403 403 403 403 200 401 401",
    ),
    (
        "POST",
        "/partners/{member_partner}/webhooks/",
        {"url": "https://hooks.example.org/", "kinds": "*"},
        "401 403 200 403 403 403 403 403 200 401 401",
    ),
    ("GET", "/partners/{pending}/webhooks/", None, "401 404 200 404 404 404 404 404 200 401 401"),
    ("GET", "/secretariat/webhooks/", None, ADMIN),
    ("GET", "/webhooks/{webhook}/", None, "401 404 200 404 404 404 404 404 200 401 401"),
    ("GET", "/webhooks/{own_webhook}/", None, "401 404 404 404 404 404 404 404 200 401 401"),
    ("POST", "/webhooks/{webhook}/test/", {}, "401 404 302 404 404 404 404 404 302 401 401"),
    ("POST", "/webhooks/{webhook}/rotate/", {}, "401 404 200 404 404 404 404 404 200 401 401"),
    ("POST", "/webhooks/{webhook}/remove/", {}, "401 404 302 404 404 404 404 404 302 401 401"),
    (
        "POST",
        "/webhook-deliveries/{webhook_delivery}/redeliver/",
        {},
        "401 404 302 404 404 404 404 404 302 401 401",
    ),
    # the secretariat: merging, and due diligence
    ("GET", "/secretariat/merges/", None, ADMIN),
    ("POST", "/secretariat/merges/", MERGE, "401 403 403 403 403 403 403 403 302 401 401"),
    ("GET", "/secretariat/merges/{merge}/", None, ADMIN),
    (
        "POST",
        "/secretariat/merges/{merge}/",
        {"reason": "Two."},
        "401 403 403 403 403 403 403 403 302 401 401",
    ),
    ("GET", "/secretariat/due-diligence/", None, ADMIN),
    ("GET", "/secretariat/due-diligence/new/", None, ADMIN),
    ("GET", "/secretariat/due-diligence/{review}/", None, ADMIN),
    ("GET", "/secretariat/due-diligence/{draft_review}/", None, ADMIN),
    ("GET", "/secretariat/exclusion-criteria/", None, ADMIN),
    ("GET", "/secretariat/exclusion-criteria/{criterion}/", None, ADMIN),
    ("GET", "/partners/{merged}/", None, "301 301 301 301 301 301 301 301 301 301 301"),
]
