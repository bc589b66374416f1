"""Results that several partnerships share: opened by one, each states its own contribution."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from monitoring.models import Contribution, Indicator, SharedResult
from partnerships.models import Partnership
from registry.errors import DomainError
from registry.models import Event, User, require_reason


@transaction.atomic
def open_shared_result(partnership: Partnership, *, by: User, **fields: Any) -> SharedResult:
    """Name a result that others contribute to as well; once per indicator, place and span."""
    partnership.require_editor(by)
    result = SharedResult(partnership=partnership, **fields).store()
    Event.log(result, "opened", by=by)
    return result


@transaction.atomic
def edit_shared_result(result: SharedResult, *, by: User, **fields: Any) -> SharedResult:
    """Reword it; what it is of stays once somebody has stated a share of it."""
    result.partnership.require_editor(by)
    settled = set(fields) - {"title"}
    changed = {name for name in settled if getattr(result, name) != fields[name]}
    if changed and result.contributions.exists():
        text = "Shares of it are stated: only its title can change. Open another one."
        raise DomainError("shared_result_settled", text)
    return result.amend(**fields)


@transaction.atomic
def state_contribution(
    result: SharedResult, indicator: Indicator, *, by: User, share: Decimal, method: str
) -> Contribution:
    """State a partnership's share of its own figure; a former statement ends now.

    Raises DomainError `more_than_all` where the shares would come to more than 100 %.
    """
    partnership = indicator.framework.partnership
    partnership.require_editor(by)
    result = SharedResult.objects.select_for_update(no_key=True).get(pk=result.pk)
    now = timezone.now()
    contribution = Contribution(
        shared_result=result,
        partnership=partnership,
        indicator=indicator,
        share=share,
        method=method,
        since_at=now,
        stated_by=by,
    )
    contribution.check_values()
    former = result.contributions.current().filter(partnership=partnership).first()
    if former and _says_the_same(former, contribution):
        return former
    result.contributions.current().filter(partnership=partnership).update(until_at=now)
    contribution.require_room()
    contribution.save()
    result.change()
    Event.log(contribution, "stated", by=by, facts={"share": str(share)})
    return contribution


@transaction.atomic
def end_contribution(contribution: Contribution, *, by: User, reason: str) -> Contribution:
    """Take a statement back: from now on the partnership's figure counts in full."""
    contribution.partnership.require_editor(by)
    require_reason(reason)
    contribution.shared_result.change()
    ended = Contribution.objects.current().filter(pk=contribution.pk)
    now = timezone.now()
    if not ended.update(until_at=now):
        raise DomainError("contribution_ended", "It has ended already.")
    contribution.until_at = now
    Event.log(contribution, "ended", by=by, reason=reason)
    return contribution


def _says_the_same(former: Contribution, stated: Contribution) -> bool:
    names = ("indicator_id", "share", "method")
    return all(getattr(former, name) == getattr(stated, name) for name in names)
