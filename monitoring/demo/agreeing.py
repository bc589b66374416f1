"""How a framework was proposed, endorsed by its members and put in force."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from monitoring.demo.promises import Entered
from monitoring.demo.reading import TODAY, Spec, moment
from monitoring.models import Framework
from monitoring.reports.framework_text import framework_text
from partnerships.models import Agreement, Endorsement, Membership


class Agreeing:
    """One framework's way from proposal to force."""

    def __init__(self, entered: Entered, spec: Spec, framework: Framework, proposed: date) -> None:
        self.spec, self.entered = spec, entered
        self.framework, self.proposed = framework, proposed
        self.agreed_on: date | None = spec.get("agreed_on")

    def settle(self) -> None:
        agreement = self.framework.agreement = self._agreement()
        self._become("proposed")
        if self.agreed_on:
            self.framework.agreed_at = self._noon(self.agreed_on)
            self._become("agreed")
        if "superseded_on" in self.spec:
            self.framework.superseded_at = self._noon(self.spec["superseded_on"])
            self._become("superseded")
        self._endorse(agreement)
        self._tell(self.framework, "agreed")
        self._tell(agreement, "binding")

    def _become(self, status: str) -> None:
        """One step at a time, as the database insists."""
        self.framework.status = status
        self.framework.save()

    def _noon(self, day: date | None) -> datetime | None:
        return moment(day, hour=12) if day else None

    def _agreement(self) -> Agreement:
        text = framework_text(self.framework)
        bound = self._noon(self.agreed_on)
        over = self._noon(self.spec.get("superseded_on"))
        return Agreement.objects.create(
            partnership=self.framework.partnership,
            kind="framework",
            edition=self.framework.edition,
            title=self.framework.title,
            text=text,
            sha256=sha256(text.encode()).hexdigest(),
            status="superseded" if over else "binding" if bound else "proposed",
            proposed_at=moment(self.proposed),
            bound_at=bound,
            superseded_at=over,
            created_at=moment(self.proposed),
            updated_at=over or bound or moment(self.proposed),
        )

    def _tell(self, record: Framework | Agreement, in_force: str) -> None:
        moved, by = self.entered.history.moved, self.entered.manager
        moved(record, "draft", "proposed", moment(self.proposed), by=by)
        if self.agreed_on:
            at = moment(self.agreed_on, hour=12)
            moved(record, "proposed", in_force, at, by=by)
        if "superseded_on" in self.spec:
            at = moment(self.spec["superseded_on"], hour=12)
            moved(record, in_force, "superseded", at, by=by)

    def _endorse(self, agreement: Agreement) -> None:
        """Every member then; those who joined later said yes after they had joined."""
        for number, (slug, membership) in enumerate(self._endorsers()):
            joined = membership.accepted_on or self.proposed
            last = self.agreed_on or self.proposed + timedelta(days=10)
            day = max(last - timedelta(days=number), self.proposed + timedelta(days=1))
            if joined > day:
                day = joined + timedelta(days=5)
            by = self.entered.people.managers[slug]
            endorsement = Endorsement.objects.create(
                agreement=agreement,
                membership=membership,
                user=by,
                sha256=agreement.sha256,
                endorsed_at=moment(day, hour=11),
            )
            self.entered.history.tell(
                agreement,
                "endorsed",
                endorsement.endorsed_at,
                by=by,
                reason=str(membership.partner),
            )

    def _endorsers(self) -> Iterator[tuple[str, Membership]]:
        over = self.spec.get("superseded_on", TODAY)
        for row in self.entered.spec["members"]:
            membership = self.entered.members[row["partner"]]
            there = membership.accepted_on and membership.accepted_on < over
            left = membership.ended_on and membership.ended_on < self.proposed
            if there and not left and row.get("endorses", True):
                yield row["partner"], membership
