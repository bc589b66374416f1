"""Documents that members of the demonstration agreed to, or argue about."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, moment, topic
from partnerships.models import Agreement, Clause, Endorsement, Objection

RULES = ("quorum", "silence_days", "amendments_need_endorsement", "preamble")


def agree_on_documents(entered: Sequence[Entered]) -> None:
    told = topic("agreements")
    for one in entered:
        spec = told.get(one.spec["name"], {})
        for document in spec.get("documents", []):
            Written(one, document, spec.get("words", {})).enter()


class Written:
    """One edition of a document, from draft to where it stands."""

    def __init__(self, entered: Entered, spec: Spec, words: dict[str, str]) -> None:
        self.entered, self.spec, self.words = entered, spec, words
        self.members, self.managers = entered.members, entered.people.managers

    def enter(self, text: str = "") -> Agreement:
        agreement = self._draft(text)
        if "proposed_on" in self.spec:
            self._settle(agreement)
            self._speak(agreement)
        return agreement

    def _draft(self, text: str) -> Agreement:
        former = self.entered.partnership.agreements.filter(kind=self.spec["kind"])
        begun = moment(self.spec.get("drafted_on") or self.spec["proposed_on"], hour=8)
        agreement = Agreement.objects.create(
            partnership=self.entered.partnership,
            kind=self.spec["kind"],
            title=self.spec["title"],
            edition=former.count() + 1,
            text=text,
            created_at=begun,
            updated_at=begun,
            **{name: self.spec[name] for name in RULES if name in self.spec},
        )
        without = self.spec.get("without", [])
        entries = [entry for entry in agreement.checklist() if entry.kind.value not in without]
        Clause.objects.bulk_create(
            Clause(
                agreement=agreement,
                number=number,
                kind=entry.kind,
                heading=entry.label,
                text=self._words_of(agreement, entry),
                created_at=begun,
                updated_at=begun,
            )
            for number, entry in enumerate(entries, start=1)
        )
        return agreement

    def _words_of(self, agreement: Agreement, entry: Any) -> str:
        if agreement.kind != Agreement.Kind.PARTNERSHIP:
            return str(entry.start)
        return self.words.get(f"{agreement.edition}.{entry.kind.value}", entry.start)

    def _settle(self, agreement: Agreement) -> None:
        """Words are written while it is a draft; then it is proposed, and stands as it does."""
        text = agreement.whole_text()
        bound, over = self._noon("bound_on"), self._noon("superseded_on")
        status = "superseded" if over else "binding" if bound else "proposed"
        proposed = moment(self.spec["proposed_on"])
        Agreement.objects.filter(pk=agreement.pk).update(
            text=text,
            sha256=sha256(text.encode()).hexdigest(),
            status=status,
            rule_from=self._rule(agreement),
            proposed_at=proposed,
            bound_at=bound,
            superseded_at=over,
            updated_at=over or bound or proposed,
        )
        agreement.refresh_from_db()
        self._tell(agreement)

    def _rule(self, agreement: Agreement) -> Agreement | None:
        """The partnership agreement that bound at the time; the first one decides itself."""
        kind = Agreement.Kind.PARTNERSHIP
        others = self.entered.partnership.agreements.filter(kind=kind).exclude(pk=agreement.pk)
        in_force = others.filter(bound_at__lt=moment(self.spec["proposed_on"]))
        earlier = in_force.order_by("-bound_at").first()
        return earlier or (agreement if agreement.kind == kind else None)

    def _tell(self, agreement: Agreement) -> None:
        moved, by = self.entered.history.moved, self.entered.manager
        moved(agreement, "draft", "proposed", moment(self.spec["proposed_on"]), by=by)
        if agreement.bound_at:
            last = max(self._words_by("bound_on"))[1]
            moved(agreement, "proposed", "binding", agreement.bound_at, by=self.managers[last])
        if agreement.superseded_at:
            moved(agreement, "binding", "superseded", agreement.superseded_at, by=by)

    def _words_by(self, until: str) -> list[tuple[date, str]]:
        said: dict[str, date] = self.spec["endorsed"]
        return [(day, slug) for slug, day in said.items() if day <= self.spec[until]]

    def _speak(self, agreement: Agreement) -> None:
        for slug, day in self.spec.get("endorsed", {}).items():
            at = moment(day, hour=11)
            Endorsement.objects.create(
                agreement=agreement,
                membership=self.members[slug],
                user=self.managers[slug],
                sha256=agreement.sha256,
                endorsed_at=at,
            )
            reason, by = str(self.members[slug].partner), self.managers[slug]
            self.entered.history.tell(agreement, "endorsed", at, by=by, reason=reason)
        for row in self.spec.get("objections", []):
            by, at = self.managers[row["by"]], moment(row["on"], hour=14)
            Objection.objects.create(
                agreement=agreement,
                membership=self.members[row["by"]],
                user=by,
                reason=row["reason"],
                objected_at=at,
            )
            self.entered.history.tell(agreement, "objected", at, by=by, reason=row["reason"])

    def _noon(self, name: str) -> Any:
        return moment(self.spec[name], hour=12) if name in self.spec else None
