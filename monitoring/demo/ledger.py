"""Risks and benefits of the demonstration, and who has which part of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from monitoring.demo.documents import Written
from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import (
    Benefit,
    BenefitValue,
    Risk,
    RiskRating,
    Share,
    Sharing,
    ledger_text,
)
from partnerships.models.ledger import TITLE
from partnerships.models.risks import terms_of


def enter_ledgers(entered: Sequence[Entered]) -> None:
    told = topic("ledger")
    for one in entered:
        if spec := told.get(one.spec["name"]):
            _Ledger(one, spec).enter()


class _Ledger:
    def __init__(self, entered: Entered, spec: Spec) -> None:
        self.entered, self.spec = entered, spec
        self.entered_on: date = spec["entered_on"]

    def enter(self) -> None:
        for row in self.spec.get("risks", []):
            self._risk(row)
        for row in self.spec.get("benefits", []):
            self._benefit(row)
        if document := self.spec.get("ledger"):
            spec = {**document, "kind": "ledger", "title": TITLE}
            Written(self.entered, spec, {}).enter(ledger_text(self.entered.partnership))

    def _risk(self, row: Spec) -> None:
        names = ("category", "description", "likelihood", "impact", "mitigation")
        owner = row.get("owner")
        risk = Risk.objects.create(
            **{name: row[name] for name in names},
            **self._entered(row, "open"),
            why_bearer=row.get("why_bearer", ""),
            owner=self.entered.members[owner] if owner else None,
        )
        rated = {"risk": risk, **terms_of(risk, RiskRating)}
        for status, held_from in self._stood(row, "open"):
            RiskRating.objects.create(**rated, status=status, held_from=held_from)
        self._divide(row, risk=risk)
        self._tell(row, risk, "open")

    def _benefit(self, row: Spec) -> None:
        value = {
            "value": row.get("value"),
            "currency_id": row.get("currency"),
            "valued_on": row.get("valued_on"),
        }
        benefit = Benefit.objects.create(
            kind=row["kind"],
            description=row["description"],
            how_agreed=row["how_agreed"],
            **value,
            **self._entered(row, "expected"),
        )
        for status, held_from in self._stood(row, "expected"):
            terms = terms_of(benefit, BenefitValue)
            BenefitValue.objects.create(
                benefit=benefit, **terms, status=status, held_from=held_from
            )
        self._divide(row, benefit=benefit)
        self._tell(row, benefit, "expected")

    def _entered(self, row: Spec, first: str) -> dict[str, Any]:
        return {
            "partnership": self.entered.partnership,
            "status": row.get("status", first),
            "created_at": moment(self.entered_on),
            "updated_at": moment(row.get("moved_on") or row.get("since") or self.entered_on),
        }

    def _stood(self, row: Spec, first: str) -> list[tuple[str, Any]]:
        """Its states, with the moments from which they held."""
        stood: list[tuple[str, Any]] = [(first, moment(self.entered_on))]
        return [*stood, *([(row["status"], moment(row["moved_on"]))] if "status" in row else [])]

    def _divide(self, row: Spec, **record: Any) -> None:
        begun = moment(self.entered_on, hour=10)
        since = moment(row["since"], hour=10) if "since" in row else begun
        if "before" in row:
            self._share(row["before"], held_from=begun, held_until=since, **record)
        if "shares" in row:
            self._share(row["shares"], held_from=since, **record)

    def _share(self, shares: dict[str, int], **values: Any) -> None:
        sharing = Sharing.objects.create(**values)
        Share.objects.bulk_create(
            Share(
                sharing=sharing,
                membership=None if slug == "public" else self.entered.members[slug],
                percent=percent,
            )
            for slug, percent in shares.items()
        )

    def _tell(self, row: Spec, record: Risk | Benefit, first: str) -> None:
        by, history = self.entered.manager, self.entered.history
        history.tell(record, "entered", moment(self.entered_on), by=by, became=first)
        if "status" in row:
            at = moment(row["moved_on"])
            history.moved(record, first, row["status"], at, by=by, reason=row["reason"])
