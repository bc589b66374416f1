"""The Solutions Catalogue. The member owns `{solution}`, `{fund}`; the lead states `{need}`."""

from tests.config.access import (
    INSIDERS,
    LEAD,
    MEMBER,
    MEMBER_CREATES,
    PUBLIC,
    REASON,
    pages,
)

LINKS = {"targets": ["6.1"], "countries": ["KE"]}
NEW_SOLUTION = {
    "owner": "{member_partner}",
    "title": "New",
    "problem": "P",
    "approach": "A",
    "kinds": ["technology"],
    **LINKS,
}
NEW_NEED = {"title": "New", "description": "D", "kind": "technology", **LINKS}
NEW_FUND = {
    "partner": "{member_partner}",
    "title": "New",
    "description": "D",
    "opens_on": "2024-01-01",
    "currency": "USD",
    **LINKS,
}
# `{proposed_solution}` is seen by its owner's people alone.
OWNERS = "404 404 200 404 200 200 200 404 200 404 200"
SCREENS = "401 404 403 404 403 403 403 404 200 403 403"
OWNER_OF_HIDDEN = "401 404 200 404 403 403 403 404 200 403 200"
# `{match}`: the lead needs it, the member offers it; the suspended one is a member as well.
SIDES = "404 404 200 200 200 200 200 200 200 200 200"
NEEDING = "401 404 403 200 403 403 403 403 200 403 403"
OFFERING = "401 404 200 403 403 403 403 403 200 403 200"

ROWS = [
    ("GET", "solutions/", None, PUBLIC),
    ("POST", "solutions/", NEW_SOLUTION, MEMBER_CREATES),
    ("GET", "solutions/{solution}/", None, PUBLIC),
    ("GET", "solutions/{proposed_solution}/", None, OWNERS),
    ("PATCH", "solutions/{solution}/", {"title": "New"}, MEMBER),
    ("PATCH", "solutions/{proposed_solution}/", {"title": "New"}, OWNER_OF_HIDDEN),
    ("POST", "solutions/{proposed_solution}/screen/", {}, SCREENS),
    ("POST", "solutions/{proposed_solution}/send-back/", REASON, SCREENS),
    ("POST", "solutions/{solution}/pilot/", {}, MEMBER),
    ("POST", "solutions/{piloted_solution}/scale/", {}, MEMBER),
    ("POST", "solutions/{solution}/retire/", REASON, MEMBER),
    ("GET", "needs/", None, PUBLIC),
    ("POST", "needs/", {**NEW_NEED, "partner": "{member_partner}"}, MEMBER_CREATES),
    (
        "POST",
        "needs/",
        {**NEW_NEED, "partnership": "{active}"},
        "401 403 403 201 403 403 403 403 201 403 403",
    ),
    (
        "POST",
        "needs/",
        {**NEW_NEED, "partnership": "{draft}"},
        "401 400 403 201 403 400 403 403 201 403 403",
    ),
    ("GET", "needs/{need}/", None, PUBLIC),
    ("GET", "needs/{need_of_draft}/", None, INSIDERS),
    ("PATCH", "needs/{need}/", {"title": "New"}, LEAD),
    ("PATCH", "needs/{own_need}/", {"title": "New"}, MEMBER),
    ("POST", "needs/{need}/meet/", {}, LEAD),
    ("POST", "needs/{need}/withdraw/", REASON, LEAD),
    ("POST", "needs/{own_need}/find/", {}, MEMBER),
    ("GET", "funds/", None, PUBLIC),
    ("POST", "funds/", NEW_FUND, MEMBER_CREATES),
    ("GET", "funds/{fund}/", None, PUBLIC),
    ("PATCH", "funds/{fund}/", {"title": "New"}, MEMBER),
    ("GET", "matches/", None, PUBLIC),
    ("GET", "matches/{match}/", None, SIDES),
    ("GET", "matches/{accepted_match}/", None, PUBLIC),
    ("POST", "matches/{match}/accept/", {}, NEEDING),
    ("POST", "matches/{match}/decline/", REASON, NEEDING),
    ("POST", "matches/{match}/confirm/", {}, OFFERING),
    ("POST", "matches/{match}/refuse/", REASON, OFFERING),
    ("GET", "funding-map/", None, PUBLIC),
    # pages
    ("GET", "/solutions/", None, PUBLIC),
    ("GET", "/needs/", None, PUBLIC),
    ("GET", "/funds/", None, PUBLIC),
    ("GET", "/funding/", None, PUBLIC),
    ("GET", "/funding/?by=country", None, PUBLIC),
    ("GET", "/solutions/{solution}/", None, PUBLIC),
    ("GET", "/needs/{need}/", None, PUBLIC),
    ("GET", "/funds/{fund}/", None, PUBLIC),
    (
        "GET",
        "/solutions/{proposed_solution}/",
        None,
        "404 404 200 404 200 200 200 404 200 404 404",
    ),
    ("GET", "/matches/{accepted_match}/", None, PUBLIC),
    ("GET", "/matches/{match}/", None, "404 404 200 200 200 200 200 200 200 404 404"),
    (
        "POST",
        "/matches/{match}/",
        {"answer": "accept"},
        "404 404 403 302 403 403 403 403 302 404 404",
    ),
    ("GET", "/solutions/new/", None, pages.SIGNED_IN),
    ("GET", "/needs/new/", None, pages.SIGNED_IN),
    (
        "POST",
        "/funds/new/",
        {
            "partner": "{member_partner}",
            "title": "New",
            "description": "D",
            "finance_type": "110",
            "currency": "USD",
            "opens_on": "2024-01-01",
            "targets": "6.1",
        },
        "401 200 302 200 200 200 200 200 200 401 401",
    ),
    ("GET", "/solutions/{solution}/edit/", None, pages.MANAGERS),
    ("GET", "/needs/{need}/edit/", None, "401 403 403 200 403 403 403 403 200 401 401"),
    (
        "POST",
        "/solutions/{solution}/move/",
        {"move": "retire", "reason": "Old."},
        pages.MANAGERS_POST,
    ),
    ("GET", "/secretariat/solutions/", None, pages.ADMIN),
]
