"""The parts of promises, plans of payment, disputes, budgets and what was spent of them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import (
    BudgetLine,
    Commitment,
    Deliverable,
    DeliverableDate,
    Delivery,
    Expenditure,
    PlannedDisbursement,
)

Through = Delivery.deliverables.through


class Books:
    """Collects the rows of all partnerships; stored together."""

    def __init__(self) -> None:
        self.parts: list[tuple[Deliverable, list[Delivery]]] = []
        self.dates: list[DeliverableDate] = []
        self.plans: list[PlannedDisbursement] = []
        self.lines: list[BudgetLine] = []
        self.spent: list[Expenditure] = []

    def enter(self, entered: Entered, told: Spec) -> None:
        rows = entered.partnership.commitments.prefetch_related("deliveries").order_by("pk")
        promises = list(rows)
        for row in told.get("finance", []):
            self._finance(promises[row["of"]], row)
        for row in told.get("deliverables", []):
            self._part(entered, promises[row["of"]], row)
        for row in told.get("disputed", []):
            self._dispute(entered, promises[row["of"]], row)
        for row in told.get("plans", []):
            self._plan(promises[row["of"]], row)
        for row in told.get("budget", []):
            self._line(entered, row)

    def store(self) -> None:
        Deliverable.objects.bulk_create([part for part, _ in self.parts])
        DeliverableDate.objects.bulk_create(self.dates)
        Through.objects.bulk_create(
            Through(delivery=delivery, deliverable=part)
            for part, deliveries in self.parts
            for delivery in deliveries
        )
        PlannedDisbursement.objects.bulk_create(self.plans)
        BudgetLine.objects.bulk_create(self.lines)
        Expenditure.objects.bulk_create(self.spent)

    def _finance(self, promise: Commitment, row: Spec) -> None:
        Commitment.objects.filter(pk=promise.pk).update(
            stage=row.get("stage", "commitment"), finance_type=row["type"], flow_type=row["flow"]
        )

    def _part(self, entered: Entered, promise: Commitment, row: Spec) -> None:
        made = promise.created_at
        part = Deliverable(
            commitment=promise,
            title=row["title"],
            due_on=row["due_on"],
            created_at=made,
            updated_at=made,
        )
        arrived = sorted(promise.deliveries.all(), key=lambda one: one.pk)
        self.parts.append((part, [arrived[at] for at in row.get("delivered", [])]))
        by = entered.people.managers[_promiser(entered, promise)]
        entered.history.tell(part, "added", made, by=by)
        if later := row.get("later"):
            at, why = moment(later["held_from"], hour=14), later["reason"]
            self.dates.append(
                DeliverableDate(deliverable=part, due_on=later["due_on"], held_from=at, reason=why)
            )
            part.updated_at = at
            entered.history.tell(part, "postponed", at, by=by, reason=why)

    def _dispute(self, entered: Entered, promise: Commitment, row: Spec) -> None:
        delivery = sorted(promise.deliveries.all(), key=lambda one: one.pk)[row["delivery"]]
        at = moment(row["on"], hour=10)
        Delivery.objects.filter(pk=delivery.pk).update(
            status="disputed", disputed_because=row["reason"], updated_at=at
        )
        by = entered.people.admin  # the lead promised this itself, so an admin answers
        entered.history.moved(delivery, "recorded", "disputed", at, by=by)

    def _plan(self, promise: Commitment, row: Spec) -> None:
        assert promise.currency
        self.plans.append(
            PlannedDisbursement(
                partnership=promise.partnership,
                commitment=promise,
                receiver=promise.receiver,
                starts_on=row["starts_on"],
                ends_on=row["ends_on"],
                amount=Decimal(row["amount"]),
                currency=promise.currency,
                **_dated(promise.created_at),
            )
        )

    def _line(self, entered: Entered, row: Spec) -> None:
        line = BudgetLine(
            partnership=entered.partnership,
            membership=entered.members[row["by"]] if "by" in row else None,
            title=row["title"],
            amount=Decimal(row["amount"]),
            currency_id=row["currency"],
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            **_dated(entered.partnership.created_at),
        )
        self.lines.append(line)
        for starts_on, ends_on, amount, *note in row.get("spent", []):
            self.spent.append(
                Expenditure(
                    line=line,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    amount=Decimal(amount),
                    note="".join(note),
                    **_dated(moment(ends_on, days=20)),
                )
            )


def add_money(entered: Sequence[Entered]) -> None:
    told, books = topic("money"), Books()
    for one in entered:
        books.enter(one, told.get(one.spec["name"], {}))
    books.store()


def _promiser(entered: Entered, promise: Commitment) -> str:
    return next(
        name for name, member in entered.members.items() if member.pk == promise.membership_id
    )


def _dated(at: datetime) -> dict[str, datetime]:
    return {"created_at": at, "updated_at": at}
