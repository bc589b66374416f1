"""Who is in a partnership, what members declare and hand over, and where it works."""

from tests.config.access import (
    INSIDERS,
    LEAD_ADDS_TO_DRAFT,
    LEAD_CREATES,
    LEAD_OF_DRAFT,
    MEMBER,
    MEMBER_CREATES,
    PUBLIC,
    SIGNED_IN,
)

# What is declared is never public: members' people and admins read it.
DECLARED = "401 404 200 200 200 404 200 200 200 200 200"
OWN = "401 404 200 403 403 404 403 403 200 403 200"
LEAD_DELETES = "401 404 403 204 403 404 403 403 204 403 403"
# Sent to the outsider: who edits the partnership sees it, and the addressee.
EDITORS_AND_ADDRESSEE = "401 200 404 200 404 404 404 404 200 200 404"
EDITORS = "401 403 404 200 404 404 404 404 200 403 404"
ADDRESSEE = "401 204 404 403 404 404 404 404 403 403 404"

# Pages take no tokens: a service account is nobody there.
PAGE_OF_DRAFT = "404 404 200 200 200 404 200 200 200 404 404"
PAGE_OF_DRAFTER = "401 404 403 200 403 404 403 403 200 401 401"
PAGE_OF_MEMBER = "401 403 200 403 403 403 403 403 200 401 401"
PAGE_OF_LEAD = "401 403 403 200 403 403 403 403 200 401 401"
PAGE_OF_DECLARED = "401 404 200 403 403 404 403 403 200 401 401"
LEAD_POSTS = "401 404 403 302 403 404 403 403 302 401 401"
INSIDERS_POST = "401 404 302 302 302 404 302 302 302 401 401"  # who may not is told so there
MEMBERS = "/partnerships/{active}/members/"

LEAVE = {"commitments": [{"commitment": "{commitment}", "becomes": "stays"}]}
NEW_CONFLICT = {"membership": "{membership}", "description": "Owns the pump maker."}
NEW_LOCATION = {"partnership": "{draft}", "country": "KE", "name": "New"}
NEW_PLACE = {"partnership": "{draft}", "email": "new@example.org", "roles": ["funding"]}

ROWS = [
    ("PATCH", "memberships/{draft_membership}/", {"roles": ["funding"]}, LEAD_OF_DRAFT),
    ("POST", "memberships/{membership}/declare/", {"interests": "Water."}, MEMBER),
    ("POST", "memberships/{membership}/leave/", LEAVE, MEMBER),
    ("GET", "declarations/", None, SIGNED_IN),
    ("POST", "declarations/", {"membership": "{membership}", "interests": "W."}, MEMBER_CREATES),
    ("GET", "declarations/{declaration}/", None, DECLARED),
    ("GET", "conflicts-of-interest/", None, SIGNED_IN),
    ("POST", "conflicts-of-interest/", NEW_CONFLICT, MEMBER_CREATES),
    ("GET", "conflicts-of-interest/{conflict}/", None, DECLARED),
    ("POST", "conflicts-of-interest/{conflict}/renew/", {"owner": "The board"}, OWN),
    ("POST", "conflicts-of-interest/{conflict}/resolve/", {"outcome": "Sold."}, OWN),
    ("GET", "commitment-handovers/", None, PUBLIC),
    (
        "POST",
        "commitment-handovers/",
        {"commitment": "{commitment}", "taker": "{lead_membership}"},
        MEMBER_CREATES,
    ),
    ("GET", "commitment-handovers/{handover}/", None, INSIDERS),
    ("POST", "commitment-handovers/{handover}/accept/", {}, LEAD_OF_DRAFT),
    ("POST", "commitment-handovers/{handover}/decline/", {}, LEAD_OF_DRAFT),
    ("POST", "commitment-handovers/{handover}/withdraw/", {}, OWN),
    ("GET", "lead-handovers/", None, PUBLIC),
    (
        "POST",
        "lead-handovers/",
        {"partnership": "{registered}", "taker": "{registered_membership}"},
        LEAD_CREATES,
    ),
    ("GET", "lead-handovers/{lead_handover}/", None, INSIDERS),
    ("POST", "lead-handovers/{lead_handover}/accept/", {}, OWN),
    ("POST", "lead-handovers/{lead_handover}/decline/", {}, OWN),
    ("POST", "lead-handovers/{lead_handover}/withdraw/", {}, LEAD_OF_DRAFT),
    ("GET", "locations/", None, PUBLIC),
    ("POST", "locations/", NEW_LOCATION, LEAD_ADDS_TO_DRAFT),
    ("GET", "locations/{location}/", None, PUBLIC),
    ("DELETE", "locations/{draft_location}/", None, LEAD_DELETES),
    ("GET", "membership-invitations/", None, SIGNED_IN),
    ("POST", "membership-invitations/", NEW_PLACE, LEAD_ADDS_TO_DRAFT),
    ("GET", "membership-invitations/{place}/", None, EDITORS_AND_ADDRESSEE),
    ("POST", "membership-invitations/{place}/accept/", {"partner": "{outside_partner}"}, ADDRESSEE),
    ("POST", "membership-invitations/{place}/decline/", {}, ADDRESSEE),
    ("POST", "membership-invitations/{place}/withdraw/", {}, EDITORS),
    ("POST", "membership-invitations/{place}/send-again/", {}, EDITORS),
    ("GET", MEMBERS, None, PUBLIC),
    ("GET", "/partnerships/{draft}/members/", None, PAGE_OF_DRAFT),
    ("GET", "/partnerships/{draft}/members/invite/", None, PAGE_OF_DRAFTER),
    ("GET", "/partnerships/{draft}/members/invite-by-mail/", None, PAGE_OF_DRAFTER),
    ("POST", "/partnerships/{draft}/members/invited/{place}/", {"withdraw": "yes"}, LEAD_POSTS),
    ("GET", f"{MEMBERS}{{membership}}/declare/", None, PAGE_OF_MEMBER),
    ("GET", f"{MEMBERS}{{membership}}/hand-over/", None, PAGE_OF_MEMBER),
    ("GET", f"{MEMBERS}{{membership}}/leave/", None, PAGE_OF_MEMBER),
    ("GET", f"{MEMBERS}{{lead_membership}}/lead/", None, PAGE_OF_LEAD),
    ("GET", f"{MEMBERS}conflicts/{{conflict}}/renew/", None, PAGE_OF_DECLARED),
    ("POST", f"{MEMBERS}commitment/{{handover}}/", {"answer": "accept"}, INSIDERS_POST),
    ("GET", "/partnerships/{active}/places/", None, PUBLIC),
    ("GET", "/partnerships/{draft}/places/edit/", None, PAGE_OF_DRAFTER),
    # the link of a mail opens for whoever holds it
    ("GET", "/partnership-invitations/{place_secret}/", None, PUBLIC),
    ("GET", "/partnership-invitations/nobodys/", None, PUBLIC.replace("200", "404")),
]
