"""Documents that members agree to, edition by edition, and their clauses."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from partnerships.models import Agreement, Clause, Partnership
from registry.errors import DomainError
from registry.models import User

MOST_CLAUSES = 60
MADE = {
    Agreement.Kind.FRAMEWORK: "The document of an M&E framework is made by proposing the"
    " framework.",
    Agreement.Kind.LEDGER: "The document of the ledger is made by proposing the ledger.",
}


@transaction.atomic
def draft_agreement(
    partnership: Partnership,
    *,
    by: User,
    kind: str,
    title: str,
    clauses: Sequence[dict[str, Any]] = (),
    **fields: Any,
) -> Agreement:
    """Begin the next edition of a document of clauses."""
    if text := MADE.get(Agreement.Kind(kind)) if kind in MADE else "":
        raise ValidationError({"kind": text})
    partnership.require_open()
    agreement = write_edition(partnership, by=by, kind=kind, title=title, **fields)
    if clauses:
        _write_clauses(agreement, clauses)
    return agreement


def begin_from_checklist(partnership: Partnership, *, by: User, kind: str) -> Agreement:
    """A draft with a clause for each line of the checklist, in words to be changed."""
    agreement = Agreement(partnership=partnership, kind=kind)
    clauses = [
        {"kind": entry.kind, "heading": entry.label, "text": entry.start}
        for entry in agreement.checklist()
    ]
    title = agreement.get_kind_display().capitalize()
    return draft_agreement(partnership, by=by, kind=kind, title=title, clauses=clauses)


def begin_from_former(former: Agreement, *, by: User) -> Agreement:
    """A draft of the next edition with the words of an earlier one."""
    clauses = [
        {"kind": clause.kind, "heading": clause.heading, "text": clause.text}
        for clause in former.clauses.all()
    ]
    names = ("title", "preamble", "quorum", "silence_days", "amendments_need_endorsement")
    fields = {name: getattr(former, name) for name in names}
    return draft_agreement(former.partnership, by=by, kind=former.kind, clauses=clauses, **fields)


@transaction.atomic
def write_edition(
    partnership: Partnership, *, by: User, kind: str, title: str, **fields: Any
) -> Agreement:
    """Write the next edition of a document of any kind; earlier ones stay visible."""
    partnership.require_editor(by)
    partnership.hold()
    last = partnership.agreements.filter(kind=kind).order_by("-edition").first()
    return Agreement(
        partnership=partnership,
        kind=kind,
        title=title,
        edition=last.edition + 1 if last else 1,
        **fields,
    ).store()


@transaction.atomic
def edit_agreement(
    agreement: Agreement,
    *,
    by: User,
    clauses: Sequence[dict[str, Any]] | None = None,
    **fields: Any,
) -> Agreement:
    """Change a draft, its clauses all at once; what was proposed stands as it was read."""
    _hold_draft(agreement, by)
    agreement.amend(**fields)
    if clauses is not None:
        _write_clauses(agreement, clauses)
    return agreement


def _hold_draft(agreement: Agreement, by: User) -> None:
    """Waits for a proposal in another transaction: what was endorsed does not change afterwards."""
    agreement.partnership.require_editor(by)
    Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk).require_draft()


def _write_clauses(agreement: Agreement, clauses: Sequence[dict[str, Any]]) -> None:
    if len(clauses) > MOST_CLAUSES:
        raise ValidationError({"clauses": f"At most {MOST_CLAUSES} clauses."})
    agreement.clauses.all().delete()
    for number, fields in enumerate(clauses, start=1):
        Clause(agreement=agreement, number=number, **fields).store()


@transaction.atomic
def add_clause(agreement: Agreement, *, by: User, **fields: Any) -> Clause:
    """Put a clause at the end."""
    _hold_draft(agreement, by)
    last = agreement.clauses.order_by("-number").first()
    number = last.number + 1 if last else 1
    if number > MOST_CLAUSES:
        raise ValidationError({"text": f"At most {MOST_CLAUSES} clauses."})
    clause = Clause(agreement=agreement, number=number, **fields).store()
    agreement.refresh_from_db(fields=["version"])
    agreement.change()
    return clause


def _on_draft(work: Callable[..., Any]) -> Callable[..., Any]:
    @transaction.atomic
    def held(clause: Clause, *, by: User, **values: Any) -> Any:
        _hold_draft(clause.agreement, by)
        done = work(clause, **values)
        clause.agreement.refresh_from_db(fields=["version"])
        clause.agreement.change()
        return done

    held.__doc__ = work.__doc__
    return held


@_on_draft
def edit_clause(clause: Clause, **fields: Any) -> Clause:
    """Change a clause of a draft, unless somebody else changed it meanwhile."""
    return clause.amend(**fields)


@_on_draft
def remove_clause(clause: Clause) -> None:
    """Take a clause out; those after it move up."""
    later = Clause.objects.filter(agreement=clause.agreement_id, number__gt=clause.number)
    clause.delete()
    later.update(number=F("number") - 1, version=F("version") + 1)


@_on_draft
def move_clause(clause: Clause, *, up: bool) -> None:
    """Change places with the clause before or after it, if there is one."""
    number = clause.number - 1 if up else clause.number + 1
    other = Clause.objects.filter(agreement=clause.agreement_id, number=number).first()
    if other is None:
        raise DomainError("at_the_edge", "There is no clause to change places with.")
    other.change(number=clause.number)
    clause.change(number=number)


def propose_agreement(agreement: Agreement, *, by: User) -> Agreement:
    agreement.partnership.require_open()
    agreement.propose(by=by)
    return agreement
