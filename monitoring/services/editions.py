"""Frameworks that are begun from another one: the next edition, a copy, a template."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.models import Dimension, Framework, Indicator, Result
from monitoring.models.framework_templates import Template
from monitoring.models.smart import LIGHT_MOST
from monitoring.services.copying import Copying, Kept
from monitoring.services.frameworks import create_framework
from partnerships.models import Partnership
from registry.errors import NotAllowed
from registry.models import Currency, Event, GlobalIndicator, User

SAID = ("title", "cadence", "grace_days", "time_zone", "theory_of_change", "assumptions", "levels")
DAY = timedelta(days=1)


class Copied(NamedTuple):
    """A draft that was made from another framework, and how many targets did not fit it."""

    framework: Framework
    targets_left_out: int


@transaction.atomic
def new_edition(
    former: Framework,
    *,
    by: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **fields: Any,
) -> Copied:
    """Begin the next edition with everything that an earlier one says, in one transaction.

    Indicators continue their series (RULES 10) until a change is made that breaks it. Without a
    day it begins with the first period of the earlier one that has not begun: data of periods
    before stays with the earlier edition, and counts on.
    """
    starts_on = starts_on or _next_start(former)
    if ends_on is None:
        lasts = former.ends_on - former.starts_on
        ends_on = former.ends_on if former.ends_on > starts_on else starts_on + lasts
    _require_no_cut(former, starts_on)
    facts = {name: getattr(former, name) for name in SAID} | fields
    if facts["cadence"] == Framework.Cadence.IRREGULAR:
        facts["cadence"] = Framework.Cadence.YEARLY
    draft = create_framework(
        former.partnership, by=by, starts_on=starts_on, ends_on=ends_on, based_on=former, **facts
    )
    return _copy(former, draft, by, Kept(series=True, baselines=True, targets=True))


def _next_start(former: Framework) -> date:
    """The first day of a period that has not begun; of one without any data, as it was."""
    if not former.periods.filter(submissions__isnull=False).exists():
        return former.starts_on
    today = former.today()
    ahead = (first for first, _ in former.spans() if first > today)
    return next(ahead, max(former.ends_on, *former.periods.values_list("ends_on", flat=True)) + DAY)


def _require_no_cut(former: Framework, starts_on: date) -> None:
    """A period that the new edition would cut through counts in neither of them."""
    cut = former.periods.filter(
        starts_on__lt=starts_on, ends_on__gte=starts_on, kind="regular"
    ).first()
    if cut:
        text = (
            f"It would cut through {cut} ({cut.starts_on} to {cut.ends_on}): begin with a period."
        )
        raise ValidationError({"starts_on": text})


@transaction.atomic
def copy_framework(
    source: Framework,
    partnership: Partnership,
    *,
    by: User,
    starts_on: date,
    ends_on: date,
    keep_baselines: bool = False,
    keep_targets: bool = False,
    **fields: Any,
) -> Copied:
    """Begin a framework with what that of another partnership says.

    Whoever is responsible there is responsible here where it is a member here too. Series begin
    anew: nothing that was reported there counts here.
    """
    if not Framework.objects.visible_to(by).filter(pk=source.pk).exists():
        raise NotAllowed("not_visible", "Only a framework that you see can be copied.")
    if source.partnership_id == partnership.pk:
        text = "It is this partnership's own: make a new edition."
        raise ValidationError({"partnership": text})
    facts = {name: getattr(source, name) for name in SAID} | fields
    if facts["cadence"] == Framework.Cadence.IRREGULAR:
        facts["cadence"] = Framework.Cadence.YEARLY
    draft = create_framework(
        partnership, by=by, starts_on=starts_on, ends_on=ends_on, based_on=source, **facts
    )
    return _copy(source, draft, by, Kept(False, keep_baselines, keep_targets))


def _copy(source: Framework, draft: Framework, by: User, kept: Kept) -> Copied:
    copying = Copying(source, draft, kept)
    copying.copy()
    facts = {"from": source.pk, "targets_left_out": copying.targets_left_out}
    Event.log(draft, "copied", by=by, facts=facts)
    return Copied(draft, copying.targets_left_out)


@transaction.atomic
def framework_from_template(
    partnership: Partnership,
    template: Template,
    *,
    by: User,
    starts_on: date,
    ends_on: date,
    currency: Currency | None = None,
    **fields: Any,
) -> Framework:
    """Begin a framework with a template's results and indicators, metadata included.

    On the light track the first five indicators come along. Indicators of money take the currency
    that is named.
    """
    facts = {
        "title": template.title,
        "cadence": template.cadence,
        "theory_of_change": template.theory_of_change,
        "assumptions": template.assumptions,
        "template": template.code,
    }
    draft = create_framework(
        partnership, by=by, starts_on=starts_on, ends_on=ends_on, **(facts | fields)
    )
    wanted = (
        template.first(LIGHT_MOST) if partnership.track == Partnership.Track.LIGHT else template
    )
    if currency is None and wanted.needs_currency():
        text = "The template has indicators of money: name their currency."
        raise ValidationError({"currency": text})
    _Planting(draft, currency).plant(wanted)
    Event.log(draft, "begun_from_template", by=by, facts={"template": template.code})
    return draft


class _Planting:
    """A template's rows, as rows of a draft."""

    def __init__(self, draft: Framework, currency: Currency | None) -> None:
        self.draft, self.currency = draft, currency
        shared = Dimension.objects.filter(framework=None)
        self.dimensions = {dimension.code: dimension for dimension in shared}
        self.results: dict[str, Result] = {}

    def plant(self, template: Template) -> None:
        codes = template.library_codes()
        library = {row.code: row for row in GlobalIndicator.objects.filter(code__in=codes)}
        for row in template.results:
            result = Result(
                framework=self.draft,
                parent=self.results.get(row.below),
                level=row.level,
                title=row.title,
                description=row.description,
                assumptions=row.assumptions,
            ).store()
            self.results[row.key] = result
            for values in row.indicators:
                self._indicator(result, dict(values), library)

    def _indicator(
        self, result: Result, values: dict[str, Any], library: dict[str, GlobalIndicator]
    ) -> None:
        dimensions = [
            self.dimensions[code]
            for code in values.pop("dimensions", ())
            if code in self.dimensions
        ]
        values["global_indicator"] = library.get(values.pop("global_indicator", ""))
        if values["measure"] == Indicator.Measure.CURRENCY:
            values["currency"] = self.currency
        indicator = Indicator(result=result, **values).store()
        indicator.dimensions.set(dimensions)
