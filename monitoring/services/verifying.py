"""How far values are verified: who may say so, one value or a whole submission at once."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from monitoring.models import Observation, Submission, Verification
from monitoring.models.of_cells import stated
from monitoring.models.reviewers import members_of
from monitoring.models.verifications import Level, level_at
from partnerships.models import Membership
from registry.attached import as_stored_document
from registry.errors import DomainError, NotAllowed
from registry.models import Event, User

Named = Membership | None


def verify(observation: Observation, level: str, *, by: User, **document: Any) -> Verification:
    """Give an approved value a level, dated now."""
    (made,) = verify_values([observation], level, by=by, **document)
    return made


def verify_submission(
    submission: Submission, level: str, *, by: User, **document: Any
) -> list[Verification]:
    """The same for every counting value of a submission that has not the level yet."""
    counting = submission.observations.counting().annotate(level=level_at())
    values = [one for one in counting.order_by("pk") if one.level != level]
    if not values:
        text = "No counting value of the submission is without this level."
        raise DomainError("level_unchanged", text)
    return verify_values(values, level, by=by, **document)


@transaction.atomic
def verify_values(
    values: Sequence[Observation],
    level: str,
    *,
    by: User,
    note: str = "",
    url: str = "",
    file: "File[Any] | None" = None,
    verifier: str = "",
) -> list[Verification]:
    """Give values of one submission a level, with one document for all of them: all or none.

    Levels hold from the moment at which the partnership is held, so a report's cut-off finds
    what was committed by then.
    """
    submission = values[0].submission
    if level not in Level.values:
        raise ValidationError({"level": ValidationError("No such level.", code="invalid")})
    note, verifier = stated(note, "note", 2000), stated(verifier, "verifier", 300)
    member = _require_right(submission, level, by=by, verifier=verifier)
    if url and file:
        text = "A link or a file, not both."
        raise ValidationError({"url": ValidationError(text, code="link_and_file")})
    _require_grounds(level, note=note, verifier=verifier, is_documented=bool(url or file))
    submission.period.framework.partnership.hold()
    _require_changes(values, level, by)
    shared = {"level": level, "by": by, "at": timezone.now(), "note": note, "url": url}
    shared |= {"verifier": verifier, "membership": member}
    shared |= _stored_once(file) if file else {}
    made = [Verification(observation=one, **shared) for one in values]
    made[0].full_clean(validate_unique=False)
    Verification.objects.bulk_create(made)
    facts = {"level": level, "observations": [o.pk for o in values], "verifier": verifier}
    Event.log(submission, "verified", by=by, facts=facts)
    return made


def _stored_once(file: "File[Any]") -> dict[str, Any]:
    """The document as stored, by the name under which all of its values name it."""
    stored = as_stored_document(file)
    field = Verification._meta.get_field("file")
    name = field.generate_filename(Verification(), str(file.name))
    return {**stored, "file": field.storage.save(name, file)}


def _require_right(submission: Submission, level: str, *, by: User, verifier: str) -> Named:
    """Who may give which level; the member for which an independent one is given."""
    if level == Level.INDEPENDENTLY_VERIFIED:
        if by.is_staff and verifier:
            return None
        if verifier:
            text = "Only an admin records what an outside organisation verified."
            raise NotAllowed("outside_by_admin", text)
        return _independent_member(submission, by)
    if level == Level.PUBLISHED_ELSEWHERE and _may_send(submission, by):
        return None
    submission.require_reviewer(by)
    return None


def _independent_member(submission: Submission, by: User) -> Membership:
    """A member of the user's that neither reports, nor sends, nor approved."""
    submission.refuse_writer(by)
    if submission.is_data_of(by) or by.pk == submission.approved_by_id:
        text = "Who reported, sent or approved the data does not verify it independently."
        raise NotAllowed("not_independent", text)
    own = Membership.objects.acted_for_by(by, "evaluator").accepted()
    own = own.filter(partnership=submission.period.framework.partnership_id)
    if approver := submission.approved_by:
        approving = members_of(approver).filter(
            partnership=submission.period.framework.partnership_id
        )
        own = own.exclude(pk__in=approving.values("pk"))
    member = own.order_by("pk").first()
    if member is None:
        text = "An evaluator of a member that neither reported nor approved the data may do this."
        raise NotAllowed("not_independent", text)
    return member


def _may_send(submission: Submission, by: User) -> bool:
    return Submission.objects.editable_by(by).filter(pk=submission.pk).exists()


def _require_grounds(level: str, *, note: str, verifier: str, is_documented: bool) -> None:
    """What a level rests on is stated with it."""
    if level == Level.SELF_REPORTED and not note:
        text = "Say why the level is taken back."
        raise ValidationError({"note": ValidationError(text, code="required")})
    needs_document = level == Level.PUBLISHED_ELSEWHERE or bool(verifier)
    if needs_document and not is_documented:
        text = "Name the document: a link or a file."
        raise ValidationError({"url": ValidationError(text, code="required")})
    if level == Level.INDEPENDENTLY_VERIFIED and not (note or is_documented):
        text = "Say how it was verified, or name the document."
        raise ValidationError({"note": ValidationError(text, code="required")})


def _require_changes(values: Sequence[Observation], level: str, by: User) -> None:
    """Only counting values are verified; each has another level before, and none is lowered but
    by taking it back to self-reported."""
    keys = [one.pk for one in values]
    now = Observation.objects.counting().filter(pk__in=keys).annotate(level=level_at())
    levels = dict(now.values_list("pk", "level"))
    if len(levels) < len(keys):
        raise DomainError("not_counting", "Only values that are approved and count are verified.")
    if level in levels.values():
        text = f"It is {Level(level).label} already."
        raise DomainError("level_unchanged", text)
    if level != Level.SELF_REPORTED and any(rank(was) > rank(level) for was in levels.values()):
        text = "It is verified further than that: take the level back first."
        raise DomainError("verified_further", text)


def rank(level: str) -> int:
    """How far a level goes: published elsewhere and self-reported nowhere yet."""
    return {Level.INTERNALLY_VALIDATED: 1, Level.INDEPENDENTLY_VERIFIED: 2}.get(Level(level), 0)
