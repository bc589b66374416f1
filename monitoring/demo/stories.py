"""What was told with the demo's data: stories, how values were estimated, what is not safe."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from monitoring.demo.reading import Spec, topic
from monitoring.models import Dimension, Observation, Story, UnsafeBreakdown

if TYPE_CHECKING:
    from monitoring.demo.reporting import Reporter, Sent

SAID = ("title", "changed", "for_whom", "place", "significance", "told_by", "described_as")
CONSENT = ("consent", "consent_how")


def tell_with(reporter: "Reporter", sent: "Sent", said: dict[str, Spec]) -> None:
    """Put into a submission what the file says of its unit and period."""
    told = said.get(reporter.agreed.entered.spec["name"], {})
    for row in _of(told.get("estimates", []), reporter):
        _estimate(row, sent)
    for row in _of(told.get("unsafe", []), reporter):
        _state_unsafe(row, sent)
    for row in _of(told.get("stories", []), reporter):
        sent.stories.append(_story(row, sent))


def told() -> dict[str, Spec]:
    return topic("stories")


def _of(rows: list[Spec], reporter: "Reporter") -> list[Spec]:
    number, label = reporter.number, reporter.period.label
    return [row for row in rows if row["unit"] == number and row["period"] == label]


def _story(row: Spec, sent: "Sent") -> Story:
    submission = sent.submission
    chosen = "selected_by" in row and submission.approved_at
    return Story(
        submission=submission,
        **{name: row[name] for name in (*SAID, *CONSENT)},
        selected_by=row["selected_by"] if chosen else "",
        selection_reason=row["selection_reason"] if chosen else "",
        selected_at=submission.approved_at if chosen else None,
        created_at=submission.created_at,
        updated_at=submission.updated_at,
    )


def _values(row: Spec, sent: "Sent") -> list[Observation]:
    return [one for one in sent.observations if one.indicator.code == row["indicator"]]


def _estimate(row: Spec, sent: "Sent") -> None:
    """The total's method, sample and interval."""
    for one in _values(row, sent):
        if one.category_id is None and one.value is not None:
            one.method, one.sample_size = row["method"], row["sample_size"]
            one.variance_reason = row["reason"]
            spread = (one.value * Decimal(str(row["spread"]))).quantize(Decimal(1), ROUND_HALF_UP)
            one.interval_low, one.interval_high = one.value - spread, one.value + spread


def _state_unsafe(row: Spec, sent: "Sent") -> None:
    """The dimension's values are not there, and why."""
    dimension = Dimension.objects.get(framework=None, code=row["dimension"])
    for one in _values(row, sent):
        if one.category is not None and one.category.dimension_id == dimension.pk:
            sent.observations.remove(one)
        elif one.category is None:
            sent.unsafe.append(
                UnsafeBreakdown(
                    submission=sent.submission,
                    indicator=one.indicator,
                    dimension=dimension,
                    reason=row["reason"],
                )
            )
