"""Evaluations: planned, written, and put right in the open once they are published."""

from functools import partial
from pathlib import PurePath
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Max

from monitoring.models import Erratum, Evaluation, EvaluationFinding, Recommendation
from monitoring.models.evaluations import FOLDER
from partnerships.models import Membership, Partnership
from registry.attached import as_stored_document
from registry.errors import DomainError, StaleVersion
from registry.models import Event, User
from registry.whole_files import store_whole

Part = TypeVar("Part", EvaluationFinding, Recommendation)


@transaction.atomic
def plan_evaluation(partnership: Partnership, *, by: User, **fields: Any) -> Evaluation:
    """Say what will be evaluated, by whom, and of which days."""
    partnership.require_editor(by)
    if not partnership.is_public():
        raise DomainError("not_registered", f"The partnership is {partnership.status}.")
    partnership.hold()
    evaluation = Evaluation(partnership=partnership, **fields).store()
    Event.log(evaluation, "planned", by=by)
    return evaluation


@transaction.atomic
def edit_evaluation(evaluation: Evaluation, *, by: User, **fields: Any) -> Evaluation:
    """Change what is said of it, until it is submitted; the ratings are the evaluators'."""
    evaluation.partnership.require_editor(by)
    evaluation.hold()
    evaluation.require_open()
    evaluation.amend(**fields)
    Event.log(evaluation, "edited", by=by)
    return evaluation


@transaction.atomic
def attach_document(
    evaluation: Evaluation, *, by: User, file: "File[Any] | None" = None, url: str = ""
) -> Evaluation:
    """The report itself, as a file or a link; it replaces what was attached before."""
    evaluation.partnership.require_editor(by)
    if bool(file) == bool(url):
        raise ValidationError({"url": "Either a link or a file."})
    evaluation.hold()
    evaluation.require_open()
    storage, former = evaluation.file.storage, evaluation.file.name
    name, digest = _name_of(evaluation, file) if file else ("", "")
    evaluation.amend(url=url, file=name, sha256=digest)
    Event.log(evaluation, "document_attached", by=by)
    if file:  # last, so that nothing is left on the disk of what is refused
        file.seek(0)
        store_whole(name, file.read())
    if former:
        transaction.on_commit(partial(storage.delete, former), robust=True)
    return evaluation


def _name_of(evaluation: Evaluation, file: "File[Any]") -> tuple[str, str]:
    """A name of our own, and the SHA-256: the same file, sent again after a transaction that
    failed, has the same name, and no other attachment ever has it."""
    digest = as_stored_document(file)["sha256"]
    ending = PurePath(str(file.name)).suffix
    name = f"{FOLDER}/{evaluation.pk}-{evaluation.version}-{digest[:32]}{ending}"
    return name, digest


@transaction.atomic
def state_erratum(evaluation: Evaluation, text: str, *, by: User) -> Erratum:
    """Put something right beside a published evaluation; what it says stays as it was."""
    evaluation.partnership.require_editor(by)
    if not text.strip():
        raise ValidationError({"text": "Say what is put right."})
    if len(text) > 5000:
        raise ValidationError({"text": "At most 5,000 characters."})
    evaluation.hold()
    evaluation.require_published()
    erratum = Erratum.objects.create(evaluation=evaluation, text=text.strip(), by=by)
    # Its version moves: whoever holds an earlier ETag of it reads it again.
    evaluation.change()
    Event.log(evaluation, "corrected", by=by)
    return erratum


@transaction.atomic
def add_finding(evaluation: Evaluation, *, by: User, **fields: Any) -> EvaluationFinding:
    """Enter a finding while the evaluation is under way; its number is given for good."""
    _open_to_writers(evaluation, by)
    number = _next_number(evaluation, EvaluationFinding)
    finding = EvaluationFinding(evaluation=evaluation, number=number, **fields).store()
    Event.log(finding, "entered", by=by)
    return finding


@transaction.atomic
def add_recommendation(evaluation: Evaluation, *, by: User, **fields: Any) -> Recommendation:
    """Enter a recommendation, to a member of now or to the secretariat."""
    _open_to_writers(evaluation, by)
    number = _next_number(evaluation, Recommendation)
    recommendation = Recommendation(evaluation=evaluation, number=number, **fields)
    recommendation.check_values()
    _require_member(recommendation)
    recommendation.save(force_insert=True)
    Event.log(recommendation, "entered", by=by)
    return recommendation


@transaction.atomic
def edit_part(part: Part, *, by: User, **fields: Any) -> Part:
    """Change a finding or a recommendation while the evaluation is under way."""
    _open_to_writers(part.evaluation, by)
    for name, value in fields.items():
        setattr(part, name, value)
    if isinstance(part, Recommendation):
        _require_member(part)
    part.amend(**fields)
    Event.log(part, "edited", by=by)
    return part


@transaction.atomic
def remove_part(part: EvaluationFinding | Recommendation, *, by: User) -> None:
    """Take a finding or a recommendation out of a draft; its number is not given again."""
    _open_to_writers(part.evaluation, by)
    stored = type(part).objects.select_for_update().filter(pk=part.pk).first()
    if stored is None or stored.version != part.version:
        raise StaleVersion
    facts = {"number": part.number}
    Event.log(part.evaluation, f"{part._meta.model_name}_removed", by=by, facts=facts)
    stored.delete()


def _open_to_writers(evaluation: Evaluation, by: User) -> None:
    evaluation.require_writer(by)
    evaluation.hold()
    evaluation.require_under_way()


def _next_number(evaluation: Evaluation, model: type[Any]) -> int:
    """One more than the highest ever given, under the partnership's lock: events keep those of
    what was removed."""
    found = model.objects.filter(evaluation=evaluation).aggregate(last=Max("number"))
    kind = f"{evaluation._meta.model_name}.{model._meta.model_name}_removed"
    gone = Event.objects.about(evaluation).filter(kind=kind, facts__number__isnull=False)
    return max(found["last"] or 0, *gone.values_list("facts__number", flat=True), 0) + 1


def _require_member(recommendation: Recommendation) -> None:
    member = recommendation.member
    if member and not Membership.objects.accepted().filter(pk=member.pk).exists():
        text = f"{member.partner} is not a member any more."
        raise ValidationError({"member": ValidationError(text, code="not_a_member")})
