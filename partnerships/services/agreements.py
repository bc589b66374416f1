"""Documents that members agree to, edition by edition."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import (
    Agreement,
    Partnership,
)
from registry.errors import DomainError
from registry.models import (
    User,
)


def draft_agreement(
    partnership: Partnership, *, by: User, kind: str, title: str, text: str
) -> Agreement:
    """Write the next edition of a document; that of an M&E framework comes from the framework."""
    if kind == Agreement.Kind.FRAMEWORK:
        text = "The document of an M&E framework is made by proposing the framework."
        raise ValidationError({"kind": text})
    return write_edition(partnership, by=by, kind=kind, title=title, text=text)


@transaction.atomic
def write_edition(
    partnership: Partnership, *, by: User, kind: str, title: str, text: str
) -> Agreement:
    """Write the next edition of a document of any kind; earlier ones stay visible."""
    partnership.require_editor(by)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    last = partnership.agreements.filter(kind=kind).order_by("-edition").first()
    return Agreement(
        partnership=partnership,
        kind=kind,
        title=title,
        text=text,
        edition=last.edition + 1 if last else 1,
    ).store()


@transaction.atomic
def edit_agreement(agreement: Agreement, *, by: User, **fields: Any) -> Agreement:
    """Change a draft; what was proposed stands as it was read."""
    agreement.partnership.require_editor(by)
    if agreement.status != Agreement.Status.DRAFT:
        raise DomainError("not_a_draft", f"The agreement is {agreement.status}.")
    return agreement.amend(**fields)
