"""What members of the demo partnerships declared and handed over, and where these work."""

from collections.abc import Sequence
from datetime import date

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import (
    Commitment,
    CommitmentHandover,
    ConflictOfInterest,
    Declaration,
    Location,
    PartnershipSector,
)
from registry.models import Country


def coalition(entered: Sequence[Entered]) -> None:
    said = topic("coalition")
    countries = dict(Country.objects.values_list("alpha2", "pk"))
    for one in entered:
        told = said.get(one.spec["name"], {})
        _places(one, told, countries)
        for row in told.get("declarations", []):
            _declaration(one, row)
        for row in told.get("conflicts", []):
            _conflict(one, row)
        for row in told.get("handovers", []):
            _handover(one, row)


def _places(one: Entered, told: Spec, countries: dict[str, int]) -> None:
    PartnershipSector.objects.bulk_create(
        PartnershipSector(partnership=one.partnership, sector_id=code, percentage=share)
        for code, share in told.get("sectors", {}).items()
    )
    Location.objects.bulk_create(
        Location(
            partnership=one.partnership,
            country_id=countries[row["country"]],
            **{name: row[name] for name in ("name", "reach", "latitude", "longitude")},
        )
        for row in told.get("locations", [])
    )


def _declaration(one: Entered, row: Spec) -> None:
    declaration = Declaration.objects.create(
        membership=one.members[row["by"]],
        interests=row["interests"],
        expected_benefit=row["expected_benefit"],
        declared_at=moment(row["on"], hour=10),
    )
    by = one.people.managers[row["by"]]
    one.history.tell(declaration, "made", declaration.declared_at, by=by)


def _conflict(one: Entered, row: Spec) -> None:
    resolved: date | None = row.get("resolved_on")
    conflict = ConflictOfInterest.objects.create(
        membership=one.members[row["by"]],
        is_none=row.get("none", False),
        **{name: row.get(name, "") for name in ("description", "mitigation", "owner", "outcome")},
        review_on=row.get("review_on"),
        declared_at=moment(row["on"], hour=10),
        ended_at=moment(resolved, hour=12) if resolved else None,
        ending="resolved" if resolved else "",
    )
    by = one.people.managers[row["by"]]
    one.history.tell(conflict, "declared", conflict.declared_at, by=by)
    if conflict.ended_at:
        one.history.tell(conflict, "resolved", conflict.ended_at, by=by)


def _handover(one: Entered, row: Spec) -> None:
    """The promise is the taker's now; who owed it before stays on record."""
    commitment = Commitment.objects.get(partnership=one.partnership, title=row["commitment"])
    giver, taker = commitment.membership, one.members[row["to"]]
    proposed, answered = moment(row["proposed_on"], hour=13), moment(row["answered_on"], hour=13)
    offer = CommitmentHandover.objects.create(
        commitment=commitment,
        giver=giver,
        taker=taker,
        status="accepted",
        reason=row["reason"],
        proposed_at=proposed,
        answered_at=answered,
        created_at=proposed,
        updated_at=answered,
    )
    Commitment.objects.filter(pk=commitment.pk).update(membership=taker)
    commitment.deliveries.filter(delivered_on__gt=row["answered_on"]).update(membership=taker)
    managers = one.people.managers
    partners = {member.pk: name for name, member in one.members.items()}
    one.history.tell(offer, "proposed", proposed, by=managers[partners[giver.pk]])
    by = managers[row["to"]]
    one.history.moved(offer, "proposed", "accepted", answered, by=by)
    facts = {"from": giver.pk, "to": taker.pk}
    one.history.tell(commitment, "handed_over", answered, by=by, facts=facts)
