"""What the demonstration's partnerships say of principles, and for whom they work."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import BeneficiaryGroup, Marker, TenPrinciplesCommitment

REVIEWED_AFTER = timedelta(days=365)


def enter_principles(entered: Sequence[Entered]) -> None:
    """Date the markers, and add what they were before, beneficiaries and statements."""
    specs = topic("principles")
    for one in entered:
        if spec := specs.get(one.spec["name"]):
            _assess(one, spec)
            _name_beneficiaries(one, spec)
            _state(one, spec)


def _assess(one: Entered, spec: Spec) -> None:
    day = spec["assessed_on"]
    markers = list(one.partnership.markers.all())
    for marker in markers:
        text = spec.get("evidence", {}).get(marker.kind) or marker.evidence
        for name, value in _assessed(one, day, marker.significance, text).items():
            setattr(marker, name, value)
    names = [*_assessed(one, day, 0, "")]
    Marker.objects.bulk_update(markers, names)
    former = [
        Marker(partnership=one.partnership, kind=kind, significance=level)
        for kind, (_, level, _) in spec.get("former", {}).items()
    ]
    for marker in former:
        on, level, text = spec["former"][marker.kind]
        for name, value in _assessed(one, on, level, text).items():
            setattr(marker, name, value)
    for marker in (*Marker.objects.bulk_create(former), *markers):
        one.history.tell(marker, "assessed", marker.created_at, by=one.manager)


def _assessed(one: Entered, day: date, level: int, text: str) -> dict[str, Any]:
    return {
        "assessed_on": day,
        "review_on": day + REVIEWED_AFTER,
        "assessed_by": one.manager,
        "evidence": text if level else "",
        "reason": "" if level else text,
        "created_at": moment(day, hour=15),
        "updated_at": moment(day, hour=15),
    }


def _name_beneficiaries(one: Entered, spec: Spec) -> None:
    at = one.partnership.created_at
    groups = BeneficiaryGroup.objects.bulk_create(
        BeneficiaryGroup(
            partnership=one.partnership,
            people=people,
            how_reached=how,
            created_at=at,
            updated_at=at,
        )
        for people, how in spec.get("beneficiaries", {}).items()
    )
    for group in groups:
        one.history.tell(group, "named", at, by=one.manager)


def _state(one: Entered, spec: Spec) -> None:
    stated = {
        partner: TenPrinciplesCommitment(
            membership=one.members[partner],
            committed_on=day,
            statement=text,
            link=f"https://documents.example/ten-principles/{partner}",
            created_at=moment(day, days=4),
            updated_at=moment(day, days=4),
        )
        for partner, (day, text) in spec.get("ten_principles", {}).items()
    }
    TenPrinciplesCommitment.objects.bulk_create(stated.values())
    for partner, row in stated.items():
        one.history.tell(row, "stated", row.created_at, by=one.people.managers[partner])
