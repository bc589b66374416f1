"""Ways to move a record, and to see who was refused and who won."""

import threading
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.utils import timezone

from registry.errors import DomainError
from registry.models import Event
from tests.factories import MembershipFactory, UserFactory


@contextmanager
def refused(code, kind=DomainError):
    with pytest.raises(kind) as refusal:
        yield refusal
    assert refusal.value.code == code


def moves_of(record):
    """The moves logged for a record, oldest first."""
    logged = Event.objects.about(record).exclude(was="").order_by("pk")
    return list(logged.values_list("was", "became"))


def read_twice(record):
    """Two copies of a record, both read before either is moved."""
    return [type(record).objects.get(pk=record.pk) for _ in range(2)]


def race(*calls):
    """Make all calls at once, each on a connection of its own: what each returned or raised."""
    start = threading.Barrier(len(calls))
    outcomes = [None] * len(calls)

    def run(number, call):
        try:
            connection.ensure_connection()
            start.wait(timeout=10)
            outcomes[number] = call()
        except (DomainError, ValidationError, DatabaseError) as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


class People:
    """Who stands in which relation to a partnership; each is made when first asked for."""

    def __init__(self, partnership):
        self.partnership = partnership
        self.lead_membership = partnership.memberships.get(roles__contains=["lead"])
        self.membership = MembershipFactory(partnership=partnership)
        lead, member = self.lead_membership.partner, self.membership.partner
        self._makers = {
            "lead_manager": lambda: UserFactory(manages=lead),
            "lead_evaluator": lambda: UserFactory(evaluates=lead),
            "lead_observer": lambda: UserFactory(observes=lead),
            "manager": lambda: UserFactory(manages=member),
            "evaluator": lambda: UserFactory(evaluates=member),
            "observer": lambda: UserFactory(observes=member),
            "outsider": lambda: UserFactory(manages=MembershipFactory().partner),
            "admin": lambda: UserFactory(admin=True),
        }

    def __getattr__(self, name):
        if name not in self._makers:
            raise AttributeError(name)
        setattr(self, name, self._makers[name]())
        return self.__dict__[name]

    def __getitem__(self, name):
        return getattr(self, name)


def field_of(error):
    """The one field that an error is about; None for the whole row."""
    fields = list(getattr(error, "error_dict", [None]))
    assert len(fields) == 1
    return fields[0]


WAYS_OF_A_REPORT = {
    "published": ["in_review", "published"],
    "superseded": ["in_review", "published", "superseded"],
    "withdrawn": ["withdrawn"],
}


def made(report, status):
    """What the moves write to a waiting report's row on its way there; nothing else of them."""
    row = type(report).objects.filter(pk=report.pk)
    for step in WAYS_OF_A_REPORT[status]:
        now = {"published_at": timezone.now()} if step == "published" else {}
        row.update(status=step, **now)
