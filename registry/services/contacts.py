"""Contacts of a partner: what is logged names nobody."""

from typing import Any

from django.db import transaction

from registry.models import Contact, Event, IdempotentAnswer, Partner, User
from registry.services.partners import managers_only


@transaction.atomic
def add_contact(partner: Partner, *, by: User, **fields: Any) -> Contact:
    managers_only(partner, by)
    contact = Contact(partner=partner, **fields).store()
    Event.log(partner, "contact_added", by=by, facts={"contact": contact.pk})
    return contact


@transaction.atomic
def edit_contact(contact: Contact, *, by: User, **fields: Any) -> Contact:
    managers_only(contact.partner, by)
    contact.amend(**fields)
    Event.log(contact.partner, "contact_edited", by=by, facts={"contact": contact.pk})
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: User) -> None:
    """Delete the row: nothing of the person stays, in kept answers either."""
    managers_only(contact.partner, by)
    Event.log(contact.partner, "contact_removed", by=by, facts={"contact": contact.pk})
    answers = IdempotentAnswer.objects.holding(contact.name, contact.email, contact.phone)
    answers.delete()
    contact.delete()
