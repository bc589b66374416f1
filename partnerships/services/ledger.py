"""Risks and benefits of a partnership, and who has which part of them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import (
    Agreement,
    Benefit,
    BenefitValue,
    Membership,
    Partnership,
    Risk,
    RiskRating,
    Share,
    Sharing,
    ledger_text,
)
from partnerships.models.ledger import TITLE
from partnerships.models.risks import terms_of
from partnerships.services.agreements import write_edition
from registry.errors import DomainError
from registry.models import Event, User

MOST = 300  # risks, or benefits, of one partnership


class Part(NamedTuple):
    """A share as somebody states it; nobody's membership means the public and the users."""

    membership: Membership | None
    percent: Decimal


@transaction.atomic
def add_risk(
    partnership: Partnership, *, by: User, shares: Sequence[Part] = (), **fields: Any
) -> Risk:
    """Enter a risk, divided at once or later."""
    _open_to(partnership, by, partnership.risks)
    _require_member(fields.get("owner"))
    risk = Risk(partnership=partnership, **fields).store()
    risk.note_rating()
    Event.log(risk, "entered", by=by, became=risk.status)
    if shares:
        share_out(risk, shares, by=by)
    return risk


@transaction.atomic
def edit_risk(risk: Risk, *, by: User, shares: Sequence[Part] | None = None, **fields: Any) -> Risk:
    """Change a risk; its new rating and words hold from now on."""
    _open_to(risk.partnership, by)
    was = terms_of(risk, RiskRating)
    _require_member(fields.get("owner"))
    risk.amend(**fields)
    if terms_of(risk, RiskRating) != was:
        risk.note_rating()
    Event.log(risk, "changed", by=by)
    if shares is not None:
        share_out(risk, shares, by=by)
    return risk


def _require_member(owner: Membership | None) -> None:
    if owner and owner.status != Membership.Status.ACCEPTED:
        raise ValidationError({"owner": "An accepted member watches a risk."})


@transaction.atomic
def add_benefit(
    partnership: Partnership, *, by: User, shares: Sequence[Part] = (), **fields: Any
) -> Benefit:
    """Enter a benefit, divided at once or later."""
    _open_to(partnership, by, partnership.benefits)
    benefit = Benefit(partnership=partnership, **_dated(fields)).store()
    benefit.note_value()
    Event.log(benefit, "entered", by=by, became=benefit.status)
    if shares:
        share_out(benefit, shares, by=by)
    return benefit


@transaction.atomic
def edit_benefit(
    benefit: Benefit, *, by: User, shares: Sequence[Part] | None = None, **fields: Any
) -> Benefit:
    """Change a benefit; its new value and words hold from now on."""
    _open_to(benefit.partnership, by)
    was = terms_of(benefit, BenefitValue)
    benefit.amend(**_dated(fields))
    if terms_of(benefit, BenefitValue) != was:
        benefit.note_value()
    Event.log(benefit, "changed", by=by)
    if shares is not None:
        share_out(benefit, shares, by=by)
    return benefit


def _dated(fields: dict[str, Any]) -> dict[str, Any]:
    """A value without a day is one of today; and no later one is known."""
    on = fields.get("valued_on")
    if on and on > timezone.localdate():
        raise ValidationError({"valued_on": "This day has not come yet."})
    if fields.get("value") is not None and "valued_on" in fields and on is None:
        fields = {**fields, "valued_on": timezone.localdate()}
    return fields


def _open_to(partnership: Partnership, by: User, rows: Any = None) -> None:
    partnership.require_editor(by)
    partnership.require_open()
    partnership.hold()
    if rows is not None and rows.count() >= MOST:
        raise DomainError("too_many", f"At most {MOST} of a partnership.")


@transaction.atomic
def share_out(
    record: Risk | Benefit, shares: Sequence[Part], *, by: User, at: datetime | None = None
) -> None:
    """Divide a risk or a benefit anew, all shares at once; the former sharing stays, dated.

    Nobody named takes the sharing back: it is not shared then. The same again changes nothing.
    """
    partnership = record.partnership
    _open_to(partnership, by)
    _check(partnership, shares)
    present = record.sharings.select_for_update().filter(held_until=None).first()
    stated = {part.membership.pk if part.membership else None: part.percent for part in shares}
    if stated == (dict(present.shares.values_list("membership", "percent")) if present else {}):
        return
    now = at or timezone.now()
    if present:
        Sharing.objects.filter(pk=present.pk).update(held_until=now)
    if shares:
        name = "risk" if isinstance(record, Risk) else "benefit"
        sharing = Sharing.objects.create(**{name: record}, held_from=now)
        Share.objects.bulk_create(
            Share(sharing=sharing, membership=part.membership, percent=part.percent)
            for part in shares
        )
    record.change()
    Event.log(record, "shared", by=by)


def _check(partnership: Partnership, shares: Sequence[Part]) -> None:
    """What the database refuses at commit, said before and with its field."""
    keys = [part.membership.pk if part.membership else None for part in shares]
    if len(set(keys)) < len(keys):
        raise ValidationError({"shares": "Name each member, and the public, once."})
    for part in shares:
        member = part.membership
        if member and member.partnership_id != partnership.pk:
            raise ValidationError({"shares": f"{member.partner} is not a member here."})
        if member and member.status != Membership.Status.ACCEPTED:
            raise ValidationError({"shares": f"{member.partner} is not an accepted member."})
        if not 0 < part.percent <= 100:
            raise ValidationError({"shares": "Each share is more than 0 and at most 100 %."})
    total = sum((part.percent for part in shares), Decimal(0))
    if shares and total != 100:
        text = f"The shares make up {total.normalize():f} %, not 100 %."
        raise ValidationError({"shares": text})


@transaction.atomic
def propose_ledger(partnership: Partnership, *, by: User) -> Agreement:
    """Ask the members to endorse the ledger as it stands; an earlier proposal is taken back."""
    _open_to(partnership, by)
    if not (partnership.risks.exists() or partnership.benefits.exists()):
        raise DomainError("empty_ledger", "Enter a risk or a benefit before proposing.")
    text = ledger_text(partnership)
    of_kind = partnership.agreements.filter(kind=Agreement.Kind.LEDGER)
    last = of_kind.filter(status__in=["proposed", "binding"]).order_by("-edition").first()
    if last and last.text == text:
        raise DomainError("unchanged", "The ledger is as it was proposed last.")
    for former in of_kind.filter(status=Agreement.Status.PROPOSED):
        former.withdraw(by=by, reason="The ledger was changed and proposed anew.")
    agreement = write_edition(
        partnership, by=by, kind=Agreement.Kind.LEDGER, title=TITLE, text=text
    )
    agreement.propose(by=by)
    return agreement
