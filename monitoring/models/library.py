"""Indicators of the libraries that fit what a member reports on: the Forum's two ways, and results.

Large firms and financial institutions report ESG disclosures, small firms and start-ups report on
SDG targets, others report results.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from monitoring.models.framework_templates import templates
from monitoring.models.indicators import Indicator
from partnerships.models import Membership, Partnership
from registry.models import Basis, Disclosure, GlobalIndicator

Measure, Combine = Indicator.Measure, Indicator.Combine
COMBINED = {
    Measure.NUMBER: Combine.SUM,
    Measure.CURRENCY: Combine.SUM,
    Measure.RATIO: Combine.RATIO,
    Measure.PERCENT: Combine.NONE,
    Measure.RATING: Combine.MEAN,
    Measure.YES_NO: Combine.SUM,
    Measure.NARRATIVE: Combine.NONE,
}
STATES = (Measure.RATIO, Measure.PERCENT, Measure.RATING, Measure.YES_NO)
# What the global framework counts that shall become less.
FALLING = (
    "death", "mortality", "poverty", "poor", "hunger", "undernourish", "stunting", "anaemia",
    "infection", "incidence", "unemploy", "without work", "child labour", "injur", "violen",
    "bribe", "homicide", "waste", "loss", "stress", "intensity", "emission", "informal", "suicide",
    "slum", "marriage", "mutilation", "traffick", "wasting", "illicit", "disaster",
)  # fmt: skip
COUNTED = ("number", "countries", "amount", "dollars", "commitments", "spending on", "value of")


class Offer(NamedTuple):
    """An indicator that a member may report, and what it would be here."""

    library: str  # "disclosure", "global_indicator" or "template"
    code: str
    label: str
    facts: dict[str, Any]  # fields of the indicator that it makes
    record: Any = None
    is_used: bool = False


def offers_for(member: Membership) -> list[Offer]:
    """What fits the member by what it reports on; what its framework has already says so."""
    made = {
        Basis.ESG: _disclosures,
        Basis.SDG_TARGETS: _of_targets,
        Basis.RESULTS: _results,
    }[Basis(member.partner.reporting_basis)]
    return list(made(member.partnership))


def mark_used(offers: list[Offer], framework: Any) -> list[Offer]:
    rows = Indicator.objects.filter(result__framework=framework)
    used = set(rows.values_list("global_indicator", "disclosure"))
    taken = {pk for pk, _ in used if pk}, {pk for _, pk in used if pk}
    return [offer._replace(is_used=_is_taken(offer.record, *taken)) for offer in offers]


def _is_taken(record: Any, indicators: set[int], disclosures: set[int]) -> bool:
    if isinstance(record, Disclosure):
        return record.pk in disclosures
    return isinstance(record, GlobalIndicator) and record.pk in indicators


def _disclosures(partnership: Partnership) -> Iterator[Offer]:
    """Of standards that are in force, the core ones first."""
    rows = Disclosure.objects.filter(standard__superseded_by=None).select_related("standard")
    for row in rows.order_by("-is_core", "standard__code", "sort", "pk"):
        yield offer_of(row)


def _of_targets(partnership: Partnership) -> Iterator[Offer]:
    """Indicators of the SDG targets that the partnership works for; of its goals if it has none."""
    rows = GlobalIndicator.objects.in_force().filter(repeat_of=None)
    named = rows.filter(target__in=partnership.targets.all())
    if not partnership.targets.exists():
        named = rows.filter(target__goal__in=partnership.goals.all())
    for row in named.order_by("target__goal", "target", "pk"):
        yield offer_of(row)


def _results(partnership: Partnership) -> Iterator[Offer]:
    """Indicators of templates for the partnership's goals, then those of its SDG targets."""
    goals = set(partnership.goals.values_list("number", flat=True))
    goals |= {partnership.primary_goal_id} if partnership.primary_goal_id else set()
    for template in templates().values():
        if goals.intersection(template.goals):
            for values in template.indicators:
                code = f"{template.code}/{values['code']}"
                yield Offer("template", code, values["title"], values)
    yield from _of_targets(partnership)


def offer_of(record: Disclosure | GlobalIndicator) -> Offer:
    """What an indicator taken from it would be."""
    if isinstance(record, Disclosure):
        return Offer("disclosure", record.code, record.label, _of_disclosure(record), record)
    return Offer("global_indicator", record.code, record.label, _of_global(record), record)


def _of_disclosure(row: Disclosure) -> dict[str, Any]:
    direction = {
        Disclosure.Direction.DECREASE: Indicator.Direction.DECREASE,
        Disclosure.Direction.MAINTAIN: Indicator.Direction.MAINTAIN_UP,
    }.get(Disclosure.Direction(row.direction), Indicator.Direction.INCREASE)
    facts = _measured(Measure(row.measure))
    if direction == Indicator.Direction.MAINTAIN_UP:
        facts["tolerance"] = 0
    return facts | {
        "code": row.code,
        "title": row.label,
        "unit": row.unit,
        "direction": direction,
        "disclosure": row,
        "library_link": Indicator.LibraryLink.IDENTICAL,
    }


def _of_global(row: GlobalIndicator) -> dict[str, Any]:
    """The global framework names no measure: most of it are shares, told apart by their words.

    Of what a share is one, households or schools, is for the partners to say.
    """
    words = f"{row.label} {row.texts.get('en', '')}".lower()
    counts = any(word in words for word in COUNTED) and "proportion" not in words
    falls = any(word in words for word in FALLING)
    return _measured(Measure.NUMBER if counts else Measure.RATIO) | {
        "code": row.code,
        "title": row.label,
        "unit": "number" if counts else "",
        "direction": Indicator.Direction.DECREASE if falls else Indicator.Direction.INCREASE,
        "global_indicator": row,
        "library_link": Indicator.LibraryLink.CONTRIBUTES,
    }


def _measured(measure: Indicator.Measure) -> dict[str, Any]:
    is_state = measure in STATES
    accumulation = Indicator.Accumulation
    return {
        "measure": measure,
        "accumulation": accumulation.POINT_IN_TIME if is_state else accumulation.FLOW,
        "combine": COMBINED[measure],
    }
