"""Group A, privacy and human rights: A8."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models import Q

from monitoring.models import Category, Indicator, Observation, Result
from monitoring.reports.accountability.measure import Outcome, Subject, rows, share
from partnerships.models import Agreement, Clause, PartnershipVersion
from registry.disclosure import LIMIT

# Dimensions that tell people apart, as the shared vocabulary and SDMX call them.
OF_PEOPLE = {"SEX", "AGE", "AGE_BROAD", "DISABILITY_STATUS", "DISABILITY"}
EMAIL = re.compile(r"\b([\w.+-]+)@[\w-]+(?:\.[\w-]+)+\b")
PHONE = re.compile(r"(?<![\w/.+-])\+\d(?:[ ()./-]?\d){7,14}(?!\d)")
# An office's address is no person's.
OFFICES = {
    "admin", "contact", "data", "enquiries", "hello", "help", "info", "mail", "media", "office",
    "partnerships", "press", "registry", "secretariat", "support", "team",
}  # fmt: skip
OF_FRAMEWORK = ("title", "theory_of_change", "assumptions")
OF_RESULT = ("title", "description", "assumptions")
OF_INDICATOR = (
    "title", "definition", "method", "source", "frequency", "means_of_verification",
    "baseline_source", "break_reason",
)  # fmt: skip


def privacy(subject: Subject) -> Outcome:
    """A8: checks passed / checks that apply: data-sharing and protection statement endorsed;
    public breakdowns of people suppressed; no personal data in public fields.

    The statement is a clause of the partnership agreement that bound by the reference date.
    Breakdowns are suppressed where an indicator says that it counts people, so the second check
    asks of every indicator that is broken down by sex, age or disability with small groups; it
    applies where there is such a breakdown. Public fields are what was registered, the framework
    and what narrative indicators tell: they are searched for e-mail addresses and telephone
    numbers of people.

    Summary: "safeguarding privacy and human rights". Asked by the summary's own voice.
    """
    clause = _statement(subject)
    broken_down, open_ones = _breakdowns(subject)
    telling = _with_personal_data(subject)
    checks = {
        "statement_endorsed": clause is not None,
        "breakdowns_suppressed": not open_ones if broken_down else None,
        "no_personal_data": not telling,
    }
    steps = [
        "agree on a clause about sharing and protecting data" if clause is None else "",
        "say of indicators broken down by sex, age or disability that they count people"
        if open_ones
        else "",
        "take addresses and telephone numbers of people out of public texts" if telling else "",
    ]
    said = "; ".join(filter(None, steps))
    apply = [passed for passed in checks.values() if passed is not None]
    return share(
        sum(apply),
        len(apply),
        evidence=rows([*([clause] if clause else []), *open_ones, *telling]),
        next_step=said[:1].upper() + said[1:] + ".",
        checks=checks,
    )


def _statement(subject: Subject) -> Clause | None:
    if not subject.has(Agreement):
        return None
    until = subject.known_until
    held = Q(agreement__superseded_at=None) | Q(agreement__superseded_at__gte=until)
    clauses = Clause.objects.filter(
        held,
        agreement__partnership=subject.partnership,
        agreement__kind=Agreement.Kind.PARTNERSHIP,
        agreement__bound_at__lt=until,
        kind="sharing_data",
    )
    return clauses.order_by("-agreement__edition", "pk").first()


def _breakdowns(subject: Subject) -> tuple[bool, list[Indicator]]:
    """Whether anything is broken down by what people are, and what shows small groups openly."""
    parts = [v for v in subject.values if v.dimension_id is not None]
    if not parts:
        return False, []
    along = {v.dimension_id for v in parts}
    people = _dimensions_of_people(along)
    parts = [v for v in parts if v.dimension_id in people]
    small = {v.indicator_id for v in parts if v.value is not None and 0 < v.value <= LIMIT}
    small |= {v.indicator_id for v in parts if v.numerator and 0 < v.numerator <= LIMIT}
    counted = (Indicator.Measure.NUMBER, Indicator.Measure.RATIO)
    open_ones = [
        i
        for i in subject.indicators_of_periods
        if i.pk in small
        and i.measure in counted
        and i.counts_people == Indicator.CountsPeople.NO
        and i.combine in (Indicator.Combine.SUM, Indicator.Combine.RATIO)
    ]
    return bool(parts), open_ones


def _dimensions_of_people(along: Iterable[int | None]) -> set[int]:
    named = Q(dimension__code__in=OF_PEOPLE) | Q(dimension__sdmx_concept__in=OF_PEOPLE)
    sides = Q(dimension__first__code__in=OF_PEOPLE) | Q(dimension__second__code__in=OF_PEOPLE)
    found = Category.objects.filter(named | sides, dimension__in=along)
    return set(found.order_by().values_list("dimension_id", flat=True).distinct())


def _with_personal_data(subject: Subject) -> list[models.Model]:
    """Records whose public texts hold an address or number of a person; which, never what."""
    return [record for record, texts in _public_texts(subject) if any(map(is_personal, texts))]


def is_personal(text: str) -> bool:
    if "@" in text and any(name.lower() not in OFFICES for name in EMAIL.findall(text)):
        return True
    return "+" in text and PHONE.search(text) is not None


def _public_texts(subject: Subject) -> Iterator[tuple[models.Model, Iterator[str]]]:
    """Everything that everybody may read, as it was at the cut-off. Two queries."""
    versions = PartnershipVersion.objects.filter(
        partnership=subject.partnership,
        why__in=PartnershipVersion.PUBLIC,
        at__lte=subject.cutoff_at,
    )
    if version := versions.order_by("-number").first():
        yield version, _texts_in(version.document)
    yield subject.framework, (getattr(subject.framework, name) for name in OF_FRAMEWORK)
    for result in Result.objects.filter(framework=subject.framework).order_by("pk"):
        yield result, (getattr(result, name) for name in OF_RESULT)
    for indicator in subject.indicators:
        yield indicator, (getattr(indicator, name) for name in OF_INDICATOR)
    for value in subject.values:
        if value.text:
            yield Observation(pk=value.pk), iter([value.text])


def _texts_in(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from _texts_in(value)
    elif isinstance(document, list):
        for value in document:
            yield from _texts_in(value)
