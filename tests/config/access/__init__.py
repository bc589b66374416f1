"""Who may do what over REST, written from the design, never recorded from the product.

A row is method, path, body, and the status that each principal gets, in the order of PRINCIPALS.
Names in braces are rows of the world that tests/config/world.py builds: `{draft}` is a partnership
that is not public, `{active}` one that is. One module for each part; a path
that begins with a slash is a page (see pages.py), any other one a route of the API.
"""

PRINCIPALS = (
    "anonymous",
    "outsider",  # a manager of a partner outside
    "member",  # a manager of the member
    "lead",  # a manager of the lead
    "evaluator",  # of the member, for the partnerships of this world
    "unassigned",  # an evaluator of the member, for another partnership only
    "observer",  # of the member
    "suspended",  # a manager of a member that the registry has suspended
    "admin",
    "service_read",  # a service account that manages the lead, with a token that only reads
    "service_write",  # a service account that manages the member
)

PUBLIC = "200 200 200 200 200 200 200 200 200 200 200"
INSIDERS = "404 404 200 200 200 404 200 200 200 200 200"
INSIDERS_SIGNED_IN = "401 404 200 200 200 404 200 200 200 200 200"
# What stands behind a public partnership: visible, and not for everybody.
INSIDERS_OF_PUBLIC = "401 403 200 200 200 403 200 200 200 200 200"
SIGNED_IN = "401 200 200 200 200 200 200 200 200 200 200"
LEAD = "401 403 403 200 403 403 403 403 200 403 403"
LEAD_CREATES = "401 403 403 201 403 403 403 403 201 403 403"
LEAD_OF_DRAFT = "401 404 403 200 403 404 403 403 200 403 403"
# What the body names does not exist for an outsider: 400, as for any number that is nobody's.
LEAD_ADDS_TO_DRAFT = "401 400 403 201 403 400 403 403 201 403 403"
MEMBER = "401 403 200 403 403 403 403 403 200 403 200"
MEMBER_CREATES = "401 403 201 403 403 403 403 403 201 403 201"
SENDERS_OF_DRAFT = "401 404 200 403 200 404 403 403 200 403 200"
REVIEWERS = "401 404 403 200 403 404 403 403 200 403 403"
ADMIN = "401 403 403 403 403 403 403 403 200 403 403"
ADMIN_OF_DRAFT = "401 404 403 403 403 404 403 403 200 403 403"
ADMIN_READS = "401 404 404 404 404 404 404 404 200 404 404"

REASON = {"reason": "Because."}
