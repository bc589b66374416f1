"""Partnerships with their members and promises, as if they had been entered over the years."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from monitoring.demo.history import History
from monitoring.demo.people import People
from monitoring.demo.reading import TODAY, Spec, moment
from partnerships.models import (
    Commitment,
    Delivery,
    Document,
    DueDate,
    Marker,
    Membership,
    Partnership,
    PartnershipCountry,
    ReferenceYear,
)
from partnerships.models.silence import WARNED_BEFORE, warning
from registry.models import Country, Target, User

BEGUN = ("active", "completed", "inactive")


@dataclass
class Entered:
    """A partnership with what the later steps need of it."""

    spec: Spec
    partnership: Partnership
    members: dict[str, Membership]
    lead: str
    people: People
    history: History

    @property
    def manager(self) -> User:
        """The lead's manager, who reviews."""
        return self.people.managers[self.lead]


class Registrar:
    """Enters partnerships one after the other; gives references in the order of registration."""

    def __init__(self, people: People, history: History) -> None:
        self.people, self.history = people, history
        self.countries = dict(Country.objects.values_list("alpha2", "pk"))
        self.targets = dict(Target.objects.values_list("code", "pk"))
        self.given: Counter[int] = Counter()

    def enter(self, specs: list[Spec]) -> list[Entered]:
        in_order = sorted(specs, key=lambda spec: _Days(spec).registered)
        entered = [self._enter(spec, _Days(spec)) for spec in in_order]
        for year, last in sorted(self.given.items()):
            ReferenceYear.objects.update_or_create(year=year, defaults={"last": last})
        return entered

    def _enter(self, spec: Spec, days: "_Days") -> Entered:
        partnership = self._partnership(spec, days)
        self._describe(partnership, spec)
        members = self._members(partnership, spec, days)
        lead = next(m["partner"] for m in spec["members"] if "lead" in m["roles"])
        entered = Entered(spec, partnership, members, lead, self.people, self.history)
        self._tell(entered, days)
        for promise in spec.get("commitments", []):
            self._commitment(entered, promise)
        return entered

    def _partnership(self, spec: Spec, days: "_Days") -> Partnership:
        public = spec["status"] in Partnership.PUBLIC
        reference = None
        if public:
            self.given[days.registered.year] += 1
            number = self.given[days.registered.year]
            reference = f"P-{days.registered.year}-{number:05}"
        fields = ("title", "summary", "kind", "level", "status", "starts_on")
        return Partnership.objects.create(
            **{name: spec[name] for name in fields},
            ends_on=spec.get("ends_on"),
            primary_goal_id=spec["primary_goal"],
            reference=reference,
            registered_at=moment(days.registered) if public else None,
            submitted_at=moment(days.submitted) if spec["status"] != "draft" else None,
            activated_at=moment(days.active) if spec["status"] in BEGUN else None,
            closed_at=days.last if spec["status"] == "completed" else None,
            created_at=moment(days.drafted),
            updated_at=days.last,
        )

    def _describe(self, partnership: Partnership, spec: Spec) -> None:
        partnership.goals.set(spec.get("goals", []))
        partnership.targets.set([self.targets[code] for code in spec["targets"]])
        PartnershipCountry.objects.bulk_create(
            PartnershipCountry(
                partnership=partnership, country_id=self.countries[code], percentage=share
            )
            for code, share in spec["countries"].items()
        )
        Marker.objects.bulk_create(
            Marker(
                partnership=partnership,
                kind=kind,
                significance=level,
                evidence=evidence,
                created_at=partnership.created_at,
                updated_at=partnership.created_at,
            )
            for kind, (level, evidence) in spec.get("markers", {}).items()
        )
        Document.objects.bulk_create(
            Document(
                partnership=partnership,
                title=title,
                url=f"https://documents.example/{partnership.reference}/{number}",
                format="application/pdf",
            )
            for number, title in enumerate(spec.get("documents", []), start=1)
        )

    def _members(
        self, partnership: Partnership, spec: Spec, days: "_Days"
    ) -> dict[str, Membership]:
        members = {
            row["partner"]: self._membership(partnership, row, number, days)
            for number, row in enumerate(spec["members"])
        }
        Membership.objects.bulk_create(members.values())
        return members

    def _membership(
        self, partnership: Partnership, row: Spec, number: int, days: "_Days"
    ) -> Membership:
        state = "left" if "left_on" in row else row.get("state", "accepted")
        joined = days.joined(row, number) if state in ("accepted", "left") else None
        invited = row.get("invited_on") or (joined or TODAY) - timedelta(days=9)
        last = row.get("left_on") or joined or invited
        membership = Membership(
            partnership=partnership,
            partner=self.people.partners[row["partner"]],
            roles=row["roles"],
            status=state,
            invited_on=invited,
            accepted_on=joined,
            ended_on=row.get("left_on"),
            created_at=moment(invited),
            updated_at=moment(last, hour=16),
        )
        self._tell_member(membership, row, state)
        return membership

    def _tell_member(self, membership: Membership, row: Spec, state: str) -> None:
        by, tell = self.people.managers[row["partner"]], self.history.moved
        if "lead" not in row["roles"]:
            self.history.tell(membership, "invited", membership.created_at, became="invited")
        if membership.accepted_on:
            tell(membership, "invited", "accepted", moment(membership.accepted_on), by=by)
        if state == "left":
            at, reason = moment(row["left_on"], hour=16), row["reason"]
            tell(membership, "accepted", "left", at, by=by, reason=reason)
        if state == "declined":
            at = moment(membership.invited_on, days=12)
            tell(membership, "invited", "declined", at, by=by)

    def _tell(self, entered: Entered, days: "_Days") -> None:
        partnership, manager = entered.partnership, entered.manager
        tell, admin = self.history.moved, self.people.admin
        self.history.tell(partnership, "drafted", moment(days.drafted), by=manager, became="draft")
        status = partnership.status
        if status != "draft":
            tell(partnership, "draft", "submitted", moment(days.submitted), by=manager)
        if status == "returned":
            reason = entered.spec["returned_because"]
            tell(partnership, "submitted", "returned", days.last, by=admin, reason=reason)
        if partnership.registered_at:
            tell(partnership, "submitted", "registered", partnership.registered_at, by=admin)
        if partnership.activated_at:
            tell(partnership, "registered", "active", partnership.activated_at, by=manager)
        if status == "completed":
            tell(partnership, "active", "completed", days.last, by=manager)
        if status == "inactive":
            self._tell_silence(partnership, days.last)

    def _tell_silence(self, partnership: Partnership, at: datetime) -> None:
        """Two years without a report: the lead was warned twice."""
        for before in WARNED_BEFORE:
            self.history.tell(partnership, warning(before), at - timedelta(days=before))
        reason = "No report for two years."
        self.history.moved(partnership, "active", "inactive", at, reason=reason)

    def _commitment(self, entered: Entered, row: Spec) -> None:
        by, withdrawn = row["by"], row.get("withdrawn_on")
        receiver = row.get("receiver")
        commitment = Commitment.objects.create(
            partnership=entered.partnership,
            membership=entered.members[by],
            receiver=entered.members[receiver] if receiver else None,
            title=row["title"],
            kind=row["kind"],
            stage="commitment" if row["kind"] == "finance" else "",
            status="withdrawn" if withdrawn else "open",
            amount=row.get("amount"),
            currency_id=row.get("currency"),
            unit=row.get("unit", ""),
            committed_on=row["committed_on"],
            due_on=row["due_on"],
            withdrawn_on=withdrawn,
            receiver_agreed=row.get("receiver_agreed", False),
            created_at=moment(row["committed_on"], hour=11),
            updated_at=moment(withdrawn or row["committed_on"], hour=11),
        )
        commitment.targets.set([self.targets[code] for code in row.get("targets", [])])
        self._tell_promise(commitment, row, self.people.managers[by])
        self._deliveries(entered, commitment, row)

    def _tell_promise(self, commitment: Commitment, row: Spec, by: User) -> None:
        self.history.tell(commitment, "promised", commitment.created_at, by=by, became="open")
        if commitment.withdrawn_on:
            at, reason = commitment.updated_at, row["reason"]
            self.history.moved(commitment, "open", "withdrawn", at, by=by, reason=reason)
        for later in row.get("postponed", []):
            at = moment(later["held_from"], hour=14)
            DueDate.objects.create(
                commitment=commitment,
                due_on=later["due_on"],
                held_from=at,
                reason=later["reason"],
            )
            self.history.tell(commitment, "postponed", at, by=by, reason=later["reason"])

    def _deliveries(self, entered: Entered, commitment: Commitment, row: Spec) -> None:
        receiver = row.get("receiver", entered.lead)
        own = receiver == row["by"]  # what the lead promised itself, an admin confirms
        confirmer = self.people.admin if own else self.people.managers[receiver]
        deliveries = [
            _delivery(commitment, arrived, confirmer) for arrived in row.get("deliveries", [])
        ]
        for delivery in Delivery.objects.bulk_create(deliveries):
            by = self.people.managers[row["by"]]
            self.history.tell(delivery, "recorded", delivery.created_at, by=by)
            if delivery.confirmed_at:
                self.history.tell(delivery, "confirmed", delivery.confirmed_at, by=confirmer)


def _delivery(commitment: Commitment, row: Spec, confirmer: User) -> Delivery:
    confirmed = moment(row["confirmed_on"], hour=15) if "confirmed_on" in row else None
    recorded = moment(row["on"], hour=17)
    return Delivery(
        partnership=commitment.partnership,
        membership=commitment.membership,
        commitment=commitment,
        status="confirmed" if confirmed else "recorded",
        flow="disbursement" if commitment.currency_id else "delivery",
        delivered_on=row["on"],
        amount=Decimal(row["amount"]) if "amount" in row else None,
        currency_id=commitment.currency_id,
        note=row.get("note", ""),
        confirmed_at=confirmed,
        confirmed_by=confirmer if confirmed else None,
        created_at=recorded,
        updated_at=confirmed or recorded,
    )


class _Days:
    """When a partnership was drafted, submitted, registered and begun: each after the other."""

    def __init__(self, spec: Spec) -> None:
        self.starts_on: date = spec["starts_on"]
        joined = sorted(
            self.joined(row, number)
            for number, row in enumerate(spec["members"])
            if row.get("state", "accepted") == "accepted"
        )
        promised = [row["committed_on"] for row in spec.get("commitments", [])]
        ready = max([*joined[:2], *sorted(promised)[:1]])
        self.drafted = joined[0] - timedelta(days=10)
        self.submitted = ready + timedelta(days=5)
        self.registered = self.submitted + timedelta(days=12)
        self.active = self.registered + timedelta(days=2)
        self.status: str = spec["status"]
        self.completed: date | None = spec.get("completed_on")
        self.inactive: date | None = spec.get("inactive_on")

    def joined(self, row: Spec, number: int) -> date:
        return row.get("accepted_on") or self.starts_on - timedelta(days=30 - 3 * number)

    @property
    def last(self) -> datetime:
        """The moment of the last change of status."""
        by_status = {
            "draft": self.drafted,
            "submitted": self.submitted,
            "returned": self.submitted + timedelta(days=9),
            "registered": self.registered,
            "completed": self.completed,
            "inactive": self.inactive,
        }
        return moment(by_status.get(self.status) or self.active)
