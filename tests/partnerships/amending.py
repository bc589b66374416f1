"""Amendments as tests write them."""

import pytest
from django.core.exceptions import ValidationError

from partnerships.models import Partnership
from partnerships.services.amendments import approve_amendment, draft_amendment


def propose(partnership, by, **changes):
    return draft_amendment(partnership, by=by, changes=changes, reason="Because.")


def amend(partnership, by, **changes):
    amendment = propose(partnership, by, **changes)
    amendment.submit(by=by)
    approve_amendment(amendment, by=by)
    return Partnership.objects.get(pk=partnership.pk)


def slips(partnership, by, **changes):
    with pytest.raises(ValidationError) as refusal:
        propose(partnership, by, **changes)
    assert not partnership.amendments.exists()
    return sorted(refusal.value.message_dict)
