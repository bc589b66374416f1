"""Accounts of external systems, and tokens: kept by the people who manage the partner."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.errors import DomainError, NotAllowed
from registry.models import Affiliation, Event, Partner, Token, User, hand_over
from registry.services.partners import managers_only

MOST_ACCOUNTS, MOST_TOKENS = 50, 20
NOWHERE = "service.invalid"  # RFC 2606: no mail ever arrives there


@transaction.atomic
def make_service_account(partner: Partner, *, name: str, role: str, by: User) -> User:
    """An account for a system of this one partner: no password, only tokens."""
    _keepers(partner, by)
    if not name.strip():
        raise ValidationError({"name": "Name the system."})
    held = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    held.require_open()
    if (
        User.objects.services_kept_by(by).filter(affiliations__partner=held).count()
        >= MOST_ACCOUNTS
    ):
        text = f"At most {MOST_ACCOUNTS} service accounts a partner."
        raise DomainError("too_many_service_accounts", text)
    address = f"{uuid.uuid4().hex}@{NOWHERE}"
    account = User.objects.create_user(address, name=name.strip(), is_service=True)
    Event.log(account, "service_made", by=by, facts={"partner": partner.pk, "role": role})
    Affiliation.give(account, held, role, by=by)
    return account


@transaction.atomic
def remove_service_account(account: User, *, by: User) -> None:
    """End its tokens and its role; what it did stays its doing, what it began goes to `by`."""
    _kept(account, by)
    for token in Token.objects.filter(user=account):
        token.revoke(by=by)
    for affiliation in account.affiliations.select_related("partner"):
        partner = affiliation.partner
        if by.has_role(partner.pk):
            hand_over.send(sender=Partner, person=account, partner=partner, to=by, by=by)
        facts = {"user": str(account.key)}
        Event.log(partner, "disaffiliated", by=by, was=affiliation.role, facts=facts)
        affiliation.delete()
    User.objects.filter(pk=account.pk).update(is_active=False)
    Event.log(account, "service_removed", by=by)


@transaction.atomic
def issue_token(
    owner: User, *, by: User, name: str, through: Token | None = None, **limits: Any
) -> tuple[Token, str]:
    """A token for oneself, or for a service account that one keeps; its secret is shown once."""
    by.require_person()
    if owner.pk != by.pk:
        _kept(owner, by)
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if Token.objects.filter(user=owner).count() >= MOST_TOKENS:
            raise DomainError("too_many_tokens", f"At most {MOST_TOKENS} tokens an account.")
    return Token.issue(owner, by=by, name=name, through=through, **limits)


@transaction.atomic
def revoke_token(token: Token, *, by: User) -> None:
    """End a token: one's own, or that of a service account that one keeps; admins end any."""
    by.require_person()
    if token.user_id != by.pk and not by.is_staff:
        _kept(token.user, by)
    token.revoke(by=by)


def _keepers(partner: Partner, by: User) -> None:
    by.require_person()
    managers_only(partner, by)


def _kept(account: User, by: User) -> None:
    by.require_person()
    if not User.objects.services_kept_by(by).filter(pk=account.pk).exists():
        raise NotAllowed("managers_only", "Only the managers of the account's partner may do this.")
