"""Group A, what stands behind the values of the period: A3."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from monitoring.models import Evidence, Observation
from monitoring.models.verifications import VERIFIED
from monitoring.reports.accountability.measure import (
    Outcome,
    Subject,
    no_data,
    not_applicable,
    nothing_due,
    numbered,
    share,
    waits_for_reviewer,
)
from monitoring.reports.accountability.subject import Value
from registry.models import Event

BACKED, UNDECIDED, BARE = "backed", "undecided", "bare"


def evidence_base(subject: Subject) -> Outcome:
    """A3: approved observations of the period whose evidence a reviewer accepted against the
    indicator's means of verification, or verified beyond self-reporting / approved observations.

    An observation is a unit's value of an indicator for a period: its total with its breakdown.
    Evidence of a submission stands behind all its values. Where evidence waits for a reviewer, the
    observation is left out.

    Summary: "to collaborate more closely to strengthen the evidence base". Asked by the
    summary's own voice.
    """
    if not subject.periods:
        return nothing_due(subject)
    beside = waits_for_reviewer(subject)
    if not subject.values:
        if beside:
            return not_applicable("all that was sent waits for a reviewer", **beside)
        step = "Report values, with the evidence that the indicators' sheets name."
        return no_data("no approved observation in the period", step)
    evidence = _Decided(subject)
    states = [evidence.state_of(cell) for cell in _observations(subject.values)]
    waiting = states.count(UNDECIDED)
    if waiting:
        beside["left_out"] = [{"observations": waiting, "reason": "evidence waits for a reviewer"}]
    judged = len(states) - waiting
    if not judged:
        return not_applicable("all evidence waits for a reviewer", **beside)
    bare = states.count(BARE)
    return share(
        judged - bare,
        judged,
        evidence=evidence.rows(),
        next_step=f"{bare} observation(s) have no accepted evidence and are self-reported only.",
        **beside,
    )


def _observations(values: Iterable[Value]) -> list[list[Value]]:
    """By unit, indicator and period what stands for it: its total, or all parts if it has none."""
    cells: dict[tuple[int, int, int], list[Value]] = defaultdict(list)
    for value in values:
        cells[value.unit_id, value.indicator_id, value.period_id].append(value)
    return [[v for v in cell if v.category_id is None] or cell for cell in cells.values()]


class _Decided:
    """What reviewers had said by the cut-off of the evidence behind the values. Two queries."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        submissions = {value.submission_id for value in subject.values}
        found = Evidence.objects.filter(
            submission__in=submissions, created_at__lte=subject.cutoff_at
        )
        self.evidence = list(found.order_by("pk"))
        self.words = self._words()
        self.accepted = [one for one in self.evidence if self._said(one) is True]
        undecided = (one for one in self.evidence if self._said(one) is None)
        self.behind, self.maybe = _Behind(self.accepted), _Behind(undecided)
        self.verified = {v.pk for v in subject.values if v.level in VERIFIED}

    def _words(self) -> dict[int, bool]:
        """By evidence the last word up to the cut-off."""
        if not self.evidence:
            return {}
        events = Event.objects.filter(
            subject_type=Evidence._meta.label_lower,
            subject_id__in=[one.pk for one in self.evidence],
            kind__in=["evidence.accepted", "evidence.refused"],
            at__lte=self.subject.cutoff_at,
        )
        said = events.order_by("at", "pk").values_list("subject_id", "kind")
        return {pk: kind == "evidence.accepted" for pk, kind in said}

    def _said(self, evidence: Evidence) -> bool | None:
        if evidence.pk in self.words:
            return self.words[evidence.pk]
        known = evidence.decided_at is not None and evidence.decided_at <= self.subject.cutoff_at
        return evidence.accepted if known else None

    def state_of(self, observation: Sequence[Value]) -> str:
        """Backed if all its rows are; undecided if a reviewer's word could make it so."""
        if all(self._is_backed(value) for value in observation):
            return BACKED
        open_ones = all(self._is_backed(value) or value in self.maybe for value in observation)
        return UNDECIDED if open_ones else BARE

    def _is_backed(self, value: Value) -> bool:
        return value.pk in self.verified or value in self.behind

    def rows(self) -> list[dict[str, Any]]:
        return [
            *numbered(Evidence, (one.pk for one in self.accepted)),
            *numbered(Observation, self.verified),
        ]


class _Behind:
    """What some evidence is of: single values, or all of a submission."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        rows = list(evidence)
        self.values = {one.observation_id for one in rows if one.observation_id}
        self.submissions = {one.submission_id for one in rows if not one.observation_id}

    def __contains__(self, value: Value) -> bool:
        return value.pk in self.values or value.submission_id in self.submissions
