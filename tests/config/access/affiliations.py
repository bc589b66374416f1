"""Invitations, leaving, assignments, service accounts and their tokens.

`{offer}` is the member's invitation to the evaluator's address. `{system}` is the service account
of the member, which keeps no account, itself included. `{assignment}` is the unassigned
evaluator's only one, `{one_of_many}` one of the evaluator's.
"""

from tests.config.access import SIGNED_IN

OFFER = {"partner": "{member_partner}", "email": "new@example.org", "role": "observer"}
SYSTEM = {"partner": "{member_partner}", "name": "Ledger", "role": "evaluator"}
APPOINTMENT = {"partner": "{leaderless}", "email": "{newcomer}", "reason": "Known to us."}

# What only people do: no service account, whatever its role.
PEOPLE_OF_MEMBER = "401 404 200 404 403 404 404 404 200 403 403"
KEEPERS = "401 404 200 404 404 404 404 404 200 404 404"

ROWS = [
    (
        "GET",
        "affiliations/{role_of_evaluator}/tasks/",
        None,
        "401 404 200 404 200 404 404 404 200 404 200",
    ),
    (
        "POST",
        "affiliations/{role_of_evaluator}/remove/",
        {"reason": "Gone."},
        "401 404 204 404 204 404 404 404 204 403 403",
    ),
    (
        "POST",
        "affiliations/{role_of_evaluator}/change-role/",
        {"role": "observer"},
        PEOPLE_OF_MEMBER,
    ),
    ("POST", "affiliations/appoint/", APPOINTMENT, "401 403 403 403 403 403 403 403 201 403 403"),
    ("GET", "invitations/", None, SIGNED_IN),
    ("POST", "invitations/", OFFER, "401 403 201 403 403 403 403 403 201 403 403"),
    ("GET", "invitations/{offer}/", None, "401 404 200 404 200 404 404 404 200 404 200"),
    # Not even an admin takes what is offered to somebody else.
    (
        "POST",
        "invitations/{offer}/accept/",
        {},
        "401 404 403 404 204 404 404 404 403 403 403",
    ),
    (
        "POST",
        "invitations/{offer}/decline/",
        {},
        "401 404 403 404 204 404 404 404 403 403 403",
    ),
    ("POST", "invitations/{offer}/withdraw/", {}, PEOPLE_OF_MEMBER),
    ("POST", "invitations/{offer}/send-again/", {}, PEOPLE_OF_MEMBER),
    # assignments: the partner's managers give them, the evaluators see their own
    ("GET", "assignments/", None, SIGNED_IN),
    (
        "POST",
        "assignments/",
        {"affiliation": "{role_of_evaluator}", "partnership": "{elsewhere}"},
        "401 400 201 400 403 400 400 400 201 403 403",
    ),
    ("GET", "assignments/{one_of_many}/", None, "401 404 200 404 200 404 404 404 200 404 200"),
    (
        "DELETE",
        "assignments/{one_of_many}/",
        None,
        "401 404 204 404 403 404 404 404 204 403 403",
    ),
    (
        "DELETE",
        "assignments/{assignment}/",
        None,
        "401 404 409 404 404 403 404 404 409 403 403",
    ),
    (
        "POST",
        "assignments/lift/",
        {"affiliation": "{role_of_evaluator}"},
        "401 400 204 400 403 400 400 400 204 403 403",
    ),
    # service accounts
    ("GET", "service-accounts/", None, SIGNED_IN),
    ("POST", "service-accounts/", SYSTEM, "401 403 201 403 403 403 403 403 201 403 403"),
    ("GET", "service-accounts/{system}/", None, KEEPERS),
    (
        "DELETE",
        "service-accounts/{system}/",
        None,
        "401 404 204 404 404 404 404 404 204 403 404",
    ),
    ("GET", "service-tokens/", None, SIGNED_IN),
    (
        "POST",
        "service-tokens/",
        {"account": "{system}", "name": "Nightly"},
        "401 400 201 400 400 400 400 400 201 403 403",
    ),
    ("GET", "service-tokens/{system_token}/", None, KEEPERS),
    (
        "DELETE",
        "service-tokens/{system_token}/",
        None,
        "401 404 204 404 404 404 404 404 204 403 404",
    ),
]
