"""Group B, ESG and SDG bases: B1, who reports on the right basis, and B2, comparable ESG."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Min, Q

from monitoring.models import Indicator, Observation, ReportingUnit
from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    no_data,
    not_applicable,
    numbered,
    rows,
    said_waiting,
    share,
)
from monitoring.reports.accountability.subject import Sent
from partnerships.models import Membership
from registry.models import Basis, Disclosure, Event, Partner, Sector, months_before
from registry.models.kinds import basis_of

UNIT_OF_MONEY = (Indicator.Measure.CURRENCY, Disclosure.Measure.CURRENCY)


class _Reported(NamedTuple):
    """An approved total of the last 25 months, of an indicator of some library or of none."""

    pk: int
    partner_id: int
    unit_id: int
    unit_since: date
    ends_on: date
    series: object
    is_esg: bool
    is_sdg: bool
    measure: str
    unit: str
    indicator_method: str
    own_method: str
    esg_unit: str | None
    esg_measure: str | None

    @property
    def bases(self) -> set[str]:
        """What it is reported on: results in any case."""
        found: set[str] = {Basis.RESULTS}
        return (
            found
            | ({Basis.ESG} if self.is_esg else set())
            | ({Basis.SDG_TARGETS} if self.is_sdg else set())
        )


FIELDS = (
    "pk", "unit__membership__partner_id", "unit_id", "unit__since_on", "period__ends_on",
    "indicator__series", "indicator__disclosure_id", "indicator__global_indicator_id",
    "indicator__measure", "indicator__unit", "indicator__method", "method",
    "indicator__disclosure__unit", "indicator__disclosure__measure",
)  # fmt: skip


def reported_of(subject: Subject, of: Q) -> list[_Reported]:
    """Totals that counted at the cut-off, for periods that ended in the last 25 months.

    The period a year before one of the last 12 months may have ended up to a month earlier in its
    calendar: on 28 February before a leap day.
    """
    counting = Observation.objects.counting(subject.cutoff_at).filter(
        of,
        category=None,
        period__framework__partnership=subject.partnership,
        period__ends_on__gt=months_before(subject.reference_on, 25),
        period__ends_on__lte=subject.reference_on,
    )
    found: Any = counting.order_by("pk").values_list(*FIELDS)
    rows = [
        _Reported._make([*row[:6], row[6] is not None, row[7] is not None, *row[8:]])
        for row in found
    ]
    units, partner_of = subject.before_merges.units, subject.before_merges.partner_of_unit
    if not units:
        return rows
    return [
        one._replace(partner_id=partner_of[one.unit_id], unit_since=units[one.unit_id].since_on)
        for one in rows
    ]


def right_basis(subject: Subject) -> Outcome:
    """B1: private-sector members who reported on their basis in the last 12 months /
    private-sector members.

    On its basis reports who has an approved value for a period that ended in the last 12 months:
    of an ESG disclosure (large companies, financial institutions), or of an SDG indicator (micro,
    small and medium firms, start-ups); on results, of any indicator. An admin may have set
    another basis for a partner by the cut-off. Whose only such values wait for a reviewer is
    left out.

    Summary: "environmental, social and governance (ESG) criteria remains as a popular benchmark
    system for private sector entities"; "For micro, small & medium sized enterprises (MSMEs) and
    start-ups, broader SDG targets are better suited". Asked by the summary's own voice.
    """
    if not subject.accepted:
        return no_data("no accepted members", "Invite partners.")
    private = [m for m in subject.accepted if m.partner.sector == Sector.PRIVATE]
    if not private:
        return not_applicable("no private-sector members")
    bases = _bases(private, subject)
    reported = _read(private, subject)
    done = [m for m in private if bases[m.partner_id] in reported.bases[m.partner_id]]
    sent = _waiting(subject)
    waiting = [
        m for m in private if m not in done and bases[m.partner_id] in sent[m.partner_id].bases
    ]
    judged = len(private) - len(waiting)
    beside = {
        "bases": {str(m.partner_id): bases[m.partner_id] for m in private},
        "waiting_for_reviewer": len(waiting),
    }
    if not judged:
        return not_applicable("what was sent waits for a reviewer", **beside)
    missing = [m for m in private if m not in done and m not in waiting]
    return share(
        len(done),
        judged,
        evidence=[*rows(done), *numbered(Observation, reported.keys)],
        next_step=_next_step([bases[m.partner_id] for m in missing]),
        **beside,
    )


def _next_step(bases: Sequence[str]) -> str:
    esg, sdg = bases.count(Basis.ESG), bases.count(Basis.SDG_TARGETS)
    said = [
        f"{esg} member(s) have no ESG disclosure reported in the last 12 months" if esg else "",
        f"{sdg} member(s) have no SDG indicator reported in the last 12 months" if sdg else "",
        f"{len(bases) - esg - sdg} member(s) reported nothing" if len(bases) > esg + sdg else "",
    ]
    return "; ".join(filter(None, said)) + "."


class _Read(NamedTuple):
    bases: dict[int, set[str]]
    keys: list[int]


def _read(private: Iterable[Membership], subject: Subject) -> _Read:
    """By partner the bases on which it reported in the last 12 months. One query."""
    partners = {m.partner_id for m in private}
    bases: dict[int, set[str]] = defaultdict(set)
    keys = []
    for one in reported_of(subject, subject.before_merges.of_partners(partners)):
        if one.ends_on > subject.a_year_before:
            bases[one.partner_id] |= one.bases
            keys.append(one.pk)
    return _Read(bases, keys)


def _bases(private: Iterable[Membership], subject: Subject) -> dict[int, str]:
    """What each reports on, as it was set at the cut-off. One query."""
    partners = {m.partner_id: m.partner for m in private}
    events = Event.objects.filter(
        kind="partner.basis_overridden",
        subject_type=Partner._meta.label_lower,
        subject_id__in=partners,
    )
    told: dict[int, str | None] = {}
    for pk, at, reason in events.order_by("at", "pk").values_list("subject_id", "at", "reason"):
        said = reason.partition(":")[0]
        told.setdefault(pk, "")  # before the first decision it was its kind's
        if at <= subject.cutoff_at:
            told[pk] = said if said in Basis.values else ""
    return {
        pk: basis_of(partner.kind, told.get(pk, partner.basis_override) or "")
        for pk, partner in partners.items()
    }


@dataclass
class _Sent:
    """What a partner handed in that waited for a reviewer: its bases; submissions with ESG."""

    bases: set[str] = field(default_factory=set)
    with_esg: list[Sent] = field(default_factory=list)


def _waiting(subject: Subject) -> dict[int, _Sent]:
    """By partner what waited for a reviewer of periods that ended in the last 12 months, in
    whichever edition its indicators stand. At most one query."""
    found: dict[int, _Sent] = defaultdict(_Sent)
    waiting = [s for s in subject.waiting if s.submission.period.ends_on > subject.a_year_before]
    keys = {pk for one in waiting for pk in one.moves[-1].indicators}
    if not keys:
        return found
    columns = ("pk", "disclosure_id", "global_indicator_id")
    libraries = {row[0]: row for row in Indicator.objects.filter(pk__in=keys).values_list(*columns)}
    for one in waiting:
        sent = found[_partner_of(one.submission.unit, subject)]
        read = [libraries[pk] for pk in one.moves[-1].indicators if pk in libraries]
        has_esg = any(disclosure for _, disclosure, _ in read)
        sent.bases |= {Basis.RESULTS} if read else set()
        sent.bases |= {Basis.ESG} if has_esg else set()
        sent.bases |= {Basis.SDG_TARGETS} if any(of_sdg for *_, of_sdg in read) else set()
        sent.with_esg += [one] if has_esg else []
    return found


def _partner_of(unit: ReportingUnit, subject: Subject) -> int:
    return subject.before_merges.partner_of_unit.get(unit.pk, unit.membership.partner_id)


def comparable(subject: Subject) -> Outcome:
    """B2: ESG values in the standard's unit with method stated and, from the second year on,
    the previous year's value / ESG values, those that wait for a reviewer left out.

    ESG values are approved totals of indicators that name a disclosure, for periods that ended in
    the last 12 months. The second year begins for a unit 12 months after its series began, or
    after the unit itself did; the value of a period is then compared with that of the period
    that ended a year before.

    Summary: "more measurable, comparable and transparent frameworks and means of ESG". Asked by
    the summary's own voice, of the United Nations.
    """
    if not subject.accepted:
        return no_data("no accepted members", "Invite partners.")
    names_any = subject.has(Indicator)
    every = reported_of(subject, Q(indicator__disclosure__isnull=False)) if names_any else []
    values = [one for one in every if one.ends_on > subject.a_year_before]
    waiting = [one for sent in _waiting(subject).values() for one in sent.with_esg]
    beside = said_waiting(subject, waiting)
    if not values:
        return _without_values(subject, beside)
    since = _series_began(subject, values)
    known = {(one.series, one.unit_id, one.ends_on.year, one.ends_on.month) for one in every}
    full = [one for one in values if _is_comparable(one, since, known)]
    return share(
        len(full),
        len(values),
        evidence=numbered(Observation, (one.pk for one in values)),
        next_step=f"{len(values) - len(full)} ESG value(s) lack the standard's unit, a method or "
        "the previous year's value.",
        full=sorted(one.pk for one in full),
        **beside,
    )


def _without_values(subject: Subject, beside: dict[str, Any]) -> Outcome:
    """Not applicable where all waits for a reviewer, or no member reports on ESG; else it should
    have been recorded."""
    if beside:
        return not_applicable("what was sent waits for a reviewer", **beside)
    bases = _bases([m for m in subject.accepted if m.partner.sector == Sector.PRIVATE], subject)
    if Basis.ESG in bases.values():
        step = "Take indicators from an ESG standard, and report them."
        return no_data("no ESG value in the last 12 months", step)
    return not_applicable("no member reports ESG disclosures")


def _series_began(subject: Subject, values: Iterable[_Reported]) -> dict[object, date]:
    """The first day of the earliest edition in which each series stands: of those that held by the
    report's own, for what is drafted later begins no series. One query."""
    indicators = Indicator.objects.filter(
        series__in={one.series for one in values},
        result__framework__partnership=subject.partnership,
        result__framework__edition__lte=subject.framework.edition,
    )
    held = Q(result__framework__agreed_at__lte=subject.cutoff_at)
    brought = Q(result__framework__import_batch__isnull=False)
    indicators = indicators.filter(held | brought)
    began = indicators.order_by().values_list("series")
    return dict(began.annotate(first=Min("result__framework__starts_on")))


def _is_comparable(
    one: _Reported, since: dict[object, date], known: set[tuple[object, int, int, int]]
) -> bool:
    a_year_before = months_before(one.ends_on, 12)
    is_first_year = a_year_before <= max(since[one.series], one.unit_since)
    before = (one.series, one.unit_id, a_year_before.year, a_year_before.month)
    has_method = bool(one.indicator_method.strip() or one.own_method.strip())
    return _is_in_unit(one) and has_method and (is_first_year or before in known)


def _is_in_unit(one: _Reported) -> bool:
    """The standard's unit, whatever the spaces and capitals; money in a currency of its own."""
    if one.measure != one.esg_measure:
        return False
    if (one.measure, one.esg_measure) == UNIT_OF_MONEY:
        return True
    return _plain(one.unit) == _plain(one.esg_unit or "")


def _plain(unit: str) -> str:
    return " ".join(unit.casefold().split())


VOICE = "the summary's own voice"
MEASURES = [
    Measure("B1", "Right basis", VOICE, right_basis),
    Measure("B2", "Comparable ESG", VOICE, comparable),
]
