"""The Solutions Catalogue of the demonstration: entered, matched by the product's own job."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from monitoring.demo.people import People
from monitoring.demo.promises import Entered
from monitoring.demo.reading import TODAY, Spec, moment, topic
from partnerships.aggregation import find_matches
from partnerships.models import Fund, Match, Need, Partnership, Solution
from registry.models import Country, Event, Target

# The stages that a solution has passed to stand where it stands.
PASSED = ("proposed", "screened", "piloted", "scaling")


def enter_catalogue(entered: Sequence[Entered]) -> None:
    """Solutions, needs and funds; then what the nightly job finds, and what some answered."""
    if not entered:
        return
    spec = topic("catalogue")
    shelf = _Shelf(entered)
    for row in spec["solutions"]:
        shelf.solution(row)
    for row in spec["needs"]:
        shelf.need(row)
    for row in spec["funds"]:
        shelf.fund(row)
    find_matches(TODAY)
    Match.objects.update(created_at=moment(TODAY), updated_at=moment(TODAY))
    Event.objects.filter(kind="match.found").update(at=moment(TODAY))
    for row in spec["answers"]:
        shelf.answer(row)


class _Shelf:
    def __init__(self, entered: Sequence[Entered]) -> None:
        self.people: People = entered[0].people
        self.history = entered[0].history
        self.partnerships = {one.spec["name"]: one for one in entered}
        self.targets = dict(Target.objects.values_list("code", "pk"))
        self.countries = dict(Country.objects.values_list("alpha2", "pk"))
        self.made: dict[str, Any] = {}

    def solution(self, row: Spec) -> None:
        low, high, currency, note = row.get("cost", [None, None, None, ""])
        at = moment(row["on"])
        screened = moment(row["on"], days=9) if row["status"] != "proposed" else None
        made = Solution.objects.create(
            **_said(row, "title", "problem", "approach", "kinds", "status"),
            **{name: row.get(name, "") for name in ("worked_where", "evidence", "level")},
            owner=self.people.partners[row["by"]],
            partnership=self._partnership(row),
            everywhere=row.get("everywhere", False),
            cost_low=_exact(low),
            cost_high=_exact(high),
            currency_id=currency,
            cost_note=note,
            screened_at=screened,
            returned_reason=row.get("returned", ""),
            created_at=at,
            updated_at=screened or at,
        )
        self._enter(made, row)
        by = self.people.managers[row["by"]]
        self.history.tell(made, "proposed", at, by=by, became="proposed")
        passed = PASSED[: PASSED.index(row["status"]) + 1]
        for number, (was, became) in enumerate(pairwise(passed)):
            mover = self.people.admin if became == "screened" else by
            later = moment(row["on"], days=9 + 40 * number)
            self.history.moved(made, was, became, later, by=mover)
        if made.returned_reason:
            back = moment(row["on"], days=6)
            reason = made.returned_reason
            self.history.tell(made, "returned", back, by=self.people.admin, reason=reason)

    def need(self, row: Spec) -> None:
        partnership = self._partnership(row)
        by = row.get("by") or self.partnerships[row["of"]].lead
        amount, currency = row.get("amount", [None, None])
        quantity, unit = row.get("quantity", [None, ""])
        status, ended = row.get("ended", ["open", None])
        made = Need.objects.create(
            **_said(row, "title", "description", "kind"),
            partner=self.people.partners[by],
            partnership=partnership,
            place=row.get("place", ""),
            amount=_exact(amount if amount is not None else quantity),
            currency_id=currency,
            unit=unit,
            urgency=row.get("urgency", "normal"),
            needed_by=row.get("needed_by"),
            status=status,
            ended_on=ended,
            created_at=moment(row["on"]),
            updated_at=moment(ended or row["on"]),
        )
        self._enter(made, row)
        manager = self.people.managers[by]
        self.history.tell(made, "stated", moment(row["on"]), by=manager, became="open")
        if ended:
            self.history.moved(
                made, "open", status, moment(ended), by=manager, reason="Solved otherwise."
            )

    def fund(self, row: Spec) -> None:
        amount, least, most, currency = row["sums"]
        made = Fund.objects.create(
            **_said(row, "title", "description", "opens_on"),
            partner=self.people.partners[row["by"]],
            finance_type=row.get("finance_type", Fund.FinanceType.GRANT),
            closes_on=row.get("closes_on"),
            for_kinds=row.get("for_kinds", []),
            conditions=row.get("conditions", ""),
            everywhere=row.get("everywhere", False),
            amount=_exact(amount),
            least=_exact(least),
            most=_exact(most),
            currency_id=currency,
            created_at=moment(row["on"]),
            updated_at=moment(row["on"]),
        )
        self._enter(made, row)
        by = self.people.managers[row["by"]]
        self.history.tell(made, "offered", moment(row["on"]), by=by)

    def answer(self, row: Spec) -> None:
        """What somebody said to a match that the job has found."""
        need, offer = self.made[row["need"]], self.made[row["offer"]]
        side = offer._meta.model_name
        match = Match.objects.with_sides().get(need=need, **{side: offer})
        at, values = moment(row.get("on", TODAY), hour=12), {}
        if "on" in row:
            self._found_before(match, row["on"])
        if answer := row.get("answer"):
            values = {"status": answer, "answer_reason": row.get("reason", ""), "answered_at": at}
            by = self._manager(need.partner_id)
            reason = row.get("reason", "")
            self.history.moved(match, "proposed", answer, at, by=by, reason=reason)
        if said := row.get("offer_answer"):
            values |= {"offer_answer": said, "offer_answered_at": at}
            by = self._manager(match.offering_partner.pk)
            self.history.tell(match, said, at, by=by, became=said)
        Match.objects.filter(pk=match.pk).update(**values, updated_at=at)

    def _found_before(self, match: Match, answered_on: date) -> None:
        """The job found it a week before it was answered, not on the last day."""
        found = moment(answered_on, days=-7)
        Match.objects.filter(pk=match.pk).update(created_at=found)
        Event.objects.about(match).filter(kind="match.found").update(at=found)

    def _manager(self, partner: int) -> Any:
        partners = self.people.partners.items()
        return self.people.managers[next(key for key, one in partners if one.pk == partner)]

    def _partnership(self, row: Spec) -> Partnership | None:
        return self.partnerships[row["of"]].partnership if "of" in row else None

    def _enter(self, made: Any, row: Spec) -> None:
        made.targets.set([self.targets[code] for code in row["targets"]])
        made.countries.set([self.countries[code] for code in row.get("countries", [])])
        self.made[row["key"]] = made


def _said(row: Spec, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _exact(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
