"""Next editions in every state, a framework begun from a template, and reminders that were sent."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from monitoring.demo.agreeing import Agreeing
from monitoring.demo.measures import Agreed
from monitoring.demo.promises import Entered
from monitoring.demo.reading import Spec, key, moment, topic
from monitoring.models import Framework, Indicator, PeriodTarget, Reminder, Result
from monitoring.models.framework_templates import templates
from monitoring.models.reminders import kind_on, owed_on
from monitoring.services.editions import framework_from_template, new_edition
from monitoring.services.frameworks import add_indicator, add_target
from partnerships.models import Membership
from registry.models import Event


def begin_editions(entered: Sequence[Entered], agreed: Iterable[Agreed]) -> None:
    """From `frameworks.toml`: what is being changed, and what is begun from a template."""
    said = topic("frameworks")
    in_force = {one.entered.spec["name"]: one for one in agreed}
    for spec in said["next"]:
        _next(in_force[spec["partnership"]], spec)
    by_name = {one.spec["name"]: one for one in entered}
    for spec in said["begun"]:
        _begun(by_name[spec["partnership"]], spec)


def _next(former: Agreed, spec: Spec) -> None:
    entered, since = former.entered, _last_event()
    made = new_edition(
        former.framework, by=entered.manager, title=spec["title"], starts_on=spec["starts_on"]
    ).framework
    for code, value in spec.get("targets", {}).items():
        rows = PeriodTarget.objects.filter(
            indicator__result__framework=made, indicator__code=code, category=None
        )
        newest = rows.order_by("-ends_on")[:1]
        PeriodTarget.objects.filter(pk__in=newest).update(value=Decimal(str(value)))
    for row in spec.get("indicators", []):
        values = dict(row)
        result, reach = made.results.get(title=values.pop("result")), values.pop("reach")
        indicator = add_indicator(result, by=entered.manager, **values)
        first, last = list(made.spans())[-1]
        span = {"starts_on": first, "ends_on": last}
        add_target(indicator, by=entered.manager, value=Decimal(reach), **span)
    _date(made, moment(spec["on"]), since)
    _become(entered, made, spec)


def _become(entered: Entered, framework: Framework, spec: Spec) -> None:
    """Proposed with some endorsements, or taken back with its reason."""
    if "proposed_on" in spec:
        proposal = {"endorsed_by": spec["endorsed_by"]}
        _Waiting(entered, proposal, framework, spec["proposed_on"]).settle()
    elif "withdrawn_on" in spec:
        at = moment(spec["withdrawn_on"], hour=15)
        framework.status, framework.withdrawn_at = Framework.Status.WITHDRAWN, at
        framework.save()
        reason, by = spec["reason"], entered.manager
        entered.history.moved(framework, "draft", "withdrawn", at, by=by, reason=reason)


class _Waiting(Agreeing):
    """A proposal that some members have endorsed."""

    def _endorsers(self) -> Iterator[tuple[str, Membership]]:
        for slug in self.spec["endorsed_by"]:
            yield slug, self.entered.members[slug]


def _begun(entered: Entered, spec: Spec) -> None:
    since = _last_event()
    made = framework_from_template(
        entered.partnership,
        templates()[spec["template"]],
        by=entered.manager,
        starts_on=spec["starts_on"],
        ends_on=spec["ends_on"],
    )
    _date(made, moment(spec["on"]), since)


def _last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _date(framework: Framework, at: datetime, since: int) -> None:
    """As of the day on which it was begun; what is new in it, under the same keys each time."""
    title = framework.partnership.title
    for result in framework.results.all():
        Result.objects.filter(pk=result.pk).update(series=key(title, result.level, result.title))
    for indicator in Indicator.objects.filter(result__framework=framework, continues=None):
        Indicator.objects.filter(pk=indicator.pk).update(series=key(title, indicator.code))
    dated = {"created_at": at, "updated_at": at}
    PeriodTarget.objects.filter(indicator__result__framework=framework).update(**dated)
    Indicator.objects.filter(result__framework=framework).update(**dated)
    Result.objects.filter(framework=framework).update(**dated)
    Framework.objects.filter(pk=framework.pk).update(**dated)
    Event.objects.filter(pk__gt=since).update(at=at)
    framework.refresh_from_db()


def remind_of_last_quarter(agreed: Iterable[Agreed], days: Iterable[date]) -> None:
    """What was sent for data that is still owed today."""
    histories = {one.framework.pk: one.entered.history for one in agreed}
    for day in days:
        for unit, period in owed_on(day):
            at, history = moment(day, hour=6), histories.get(period.framework_id)
            kind = kind_on(day, period.due_on)
            if history and kind:
                values = {"unit": unit, "period": period, "kind": kind}
                reminder, new = Reminder.objects.get_or_create(**values, defaults={"sent_at": at})
                if new:
                    history.tell(reminder, kind, at)
