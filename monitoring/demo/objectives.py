"""What each demo partnership sets out to reach."""

from collections.abc import Sequence
from decimal import Decimal

from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, topic
from partnerships.models import Objective, Partnership
from registry.models import Target


def enter_objectives(entered: Sequence[Entered]) -> None:
    """From `objectives.toml`; one on the light track is put there."""
    said = topic("objectives")
    targets = {target.code: target for target in Target.objects.all()}
    rows = []
    for one in entered:
        spec = said.get(one.spec["name"], {})
        rows += [_objective(one.partnership, row, targets) for row in spec.get("objectives", [])]
        if spec.get("light"):
            one.partnership.track = Partnership.Track.LIGHT
            one.partnership.save(update_fields=["track"])
    for row in rows:
        row.check_values()
    Objective.objects.bulk_create(rows)


def _objective(partnership: Partnership, row: Spec, targets: dict[str, Target]) -> Objective:
    """Dated like the partnership itself: it was begun with them."""
    return Objective(
        partnership=partnership,
        text=row["text"],
        measure=row.get("measure", ""),
        unit=row.get("unit", ""),
        baseline=_exact(row.get("from")),
        baseline_year=row.get("year"),
        goal_value=_exact(row.get("to")),
        reach_by=row.get("by"),
        target=targets[row["target"]] if "target" in row else None,
        created_at=partnership.created_at,
        updated_at=partnership.created_at,
    )


def _exact(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
