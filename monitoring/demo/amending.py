"""The secretariat's reviews of demo partnerships, their versions and what was amended."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import (
    Amendment,
    PartnershipReview,
    PartnershipVersion,
    ReviewCheck,
    ReviewComment,
    document_of,
    hash_of,
)


def review_and_amend(entered: Sequence[Entered]) -> None:
    """The last step: versions hold what the others have entered."""
    told = topic("reviews_of_partnerships")
    for one in entered:
        spec = told.get(one.spec["name"], {})
        for number, row in enumerate(spec.get("rounds", []), start=1):
            _review(one, number, row)
        if one.partnership.reference:
            _register(one, spec.get("amended"))
        if "pending" in spec:
            _propose(one, spec["pending"], spec["changes"])


def _version(
    one: Entered, number: int, why: str, at: datetime, document: dict[str, Any]
) -> PartnershipVersion:
    return PartnershipVersion.objects.create(
        partnership=one.partnership,
        number=number,
        why=why,
        document=document,
        sha256=hash_of(document),
        by=one.people.admin if why != "submitted" else one.manager,
        at=at,
    )


def _review(one: Entered, number: int, row: Spec) -> None:
    document = document_of(one.partnership)
    about = document["about"]
    assert isinstance(about, dict)
    about.update(row.get("about", {}))
    at, admin = moment(row["submitted_on"], hour=10), one.people.admin
    decided = moment(row["returned_on"], hour=15) if "returned_on" in row else None
    review = PartnershipReview.objects.create(
        partnership=one.partnership,
        submission=_version(one, number, "submitted", at, document),
        round=number,
        submitted_at=at,
        reviewer=admin if row.get("taken") else None,
        assigned_at=at if row.get("taken") else None,
        outcome="returned" if decided else "",
        reason=row.get("reason", ""),
        decided_at=decided,
        decided_by=admin if decided else None,
        created_at=at,
        updated_at=decided or at,
    )
    for item, note in row.get("checks", {}).items():
        ReviewCheck.objects.create(
            review=review, item=item, is_done=bool(note), note=note, by=admin, at=decided or at
        )
    for name in ("reasons", "comments"):
        for section, text in row.get(name, {}).items():
            ReviewComment.objects.create(
                review=review,
                partnership=one.partnership,
                section=section,
                text=text,
                is_reason=name == "reasons",
                by=admin,
                created_at=decided or at,
            )


def _register(one: Entered, amended: Spec | None) -> None:
    """What was registered; before an amendment, with the end that it had then."""
    document = document_of(one.partnership)
    at = one.partnership.registered_at
    assert at is not None
    if amended is None:
        _version(one, 1, "registered", at, document)
        return
    before: Any = deepcopy(document)
    before["about"]["ends_on"] = amended["ended_on"].isoformat()
    _version(one, 1, "registered", at, before)
    _approved(one, amended, before, document)


def _approved(one: Entered, spec: Spec, before: Any, document: Any) -> None:
    proposed, approved = (moment(spec[f"{verb}_on"], hour=11) for verb in ("proposed", "approved"))
    changes = {"about": {"ends_on": document["about"]["ends_on"]}}
    amendment = Amendment.objects.create(
        partnership=one.partnership,
        number=1,
        status="approved",
        kinds=["extension"],
        reason=spec["reason"],
        changes=changes,
        base={"about": before["about"]},
        after={"about": document["about"]},
        sha256=hash_of({"changes": changes, "reason": spec["reason"]}),
        submitted_at=proposed,
        decided_at=approved,
        result=_version(one, 2, "amended", approved, document),
        created_at=proposed,
        updated_at=approved,
    )
    moved, admin = one.history.moved, one.people.admin
    moved(amendment, "draft", "submitted", proposed, by=one.manager)
    moved(amendment, "submitted", "approved", approved, by=admin)
    one.history.tell(one.partnership, "amended", approved, by=admin, reason=spec["reason"])


def _propose(one: Entered, spec: Spec, changes: Spec) -> None:
    """Waits for approval; read as any amendment is."""
    at = moment(spec["proposed_on"], hour=11)
    amendment = Amendment(
        partnership=one.partnership,
        number=one.partnership.amendments.count() + 1,
        status="submitted",
        submitted_at=at,
        created_at=at,
        updated_at=at,
    )
    for name, value in amendment.propose(changes, spec["reason"]).items():
        setattr(amendment, name, value)
    amendment.store()
    one.history.moved(amendment, "draft", "submitted", at, by=one.manager)
