"""Partnerships in each state of their life, complete enough for the next one; and the moves."""

from partnerships.models import Partnership
from tests.factories import PartnershipFactory

WHY = "The board decided so."
STATES = [
    "draft",
    "submitted",
    "returned",
    "registered",
    "active",
    "completed",
    "suspended",
    "terminated",
    "inactive",
]
MOVES = {
    "submit": lambda p, by: p.submit(by=by),
    "take_back": lambda p, by: p.take_back(by=by),
    "register": lambda p, by: p.register(by=by),
    "send_back": lambda p, by: p.send_back(by=by, reason=WHY),
    "activate": lambda p, by: p.activate(by=by, reason=WHY),
    "complete": lambda p, by: p.complete(by=by, reason=WHY),
    "suspend": lambda p, by: p.suspend(by=by, reason=WHY),
    "reinstate": lambda p, by: p.reinstate(by=by),
    "terminate": lambda p, by: p.terminate(by=by, reason=WHY),
    "reopen": lambda p, by: p.reopen(by=by, reason=WHY),
}
FROM = {
    "submit": {"draft": "submitted", "returned": "submitted"},
    "take_back": {"submitted": "draft"},
    "register": {"submitted": "registered"},
    "send_back": {"submitted": "returned"},
    "activate": {"registered": "active", "inactive": "active"},
    "complete": {"active": "completed"},
    "suspend": {"registered": "suspended", "active": "suspended", "inactive": "suspended"},
    "reinstate": {"suspended": "active"},
    "terminate": {
        "registered": "terminated",
        "active": "terminated",
        "suspended": "terminated",
        "inactive": "terminated",
    },
    "reopen": {"completed": "active"},
}
ALLOWED = [(move, was, to) for move, moves in FROM.items() for was, to in moves.items()]
# Only an admin makes these, whatever the state; the others are the lead's managers' as well.
OF_ADMINS = ("register", "send_back", "suspend", "reinstate", "reopen")


def partnership_that_is(status, **facts):
    """Complete enough to be submitted and registered."""
    return PartnershipFactory(smart=True, **({} if status == "draft" else {status: True}), **facts)


def stored(partnership):
    return Partnership.objects.get(pk=partnership.pk)
