"""Home, the list of partnerships, and a partnership's page."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from monitoring import charts
from monitoring.aggregation import partnership_figures
from monitoring.explanations import lights_shown
from monitoring.models import Framework, Report, ReportingUnit, Submission
from monitoring.presentation import IndicatorRow
from monitoring.views.breakdowns import breakdowns_of
from partnerships.forms.search import PartnershipFilter
from partnerships.models import Agreement, Commitment, Delivery, Marker, Membership, Partnership
from partnerships.models.narrowing import MOST, count_facets
from partnerships.views.finding import lookup
from registry import display
from registry.models import Country, Goal, Partner
from registry.paging import best_first, capped_count, newest_first

CHARTS = 4


def home(request: HttpRequest) -> HttpResponse:
    """What the registry holds, with denominators, and what waits for the person signed in."""
    today = timezone.localdate()
    public = Partnership.objects.public()
    due = Commitment.objects.filter(partnership__in=public.values("pk")).due_by(today)
    counts = public.counts_by_goal()
    context = {
        "totals": {
            "partnerships": public.count(),
            "active": public.filter(status=Partnership.Status.ACTIVE).count(),
            "partners": Partner.objects.public().count(),
            "countries": Country.objects.with_partnerships(public).count(),
            "due": due.count(),
            "delivered": due.with_confirmed_delivery().count(),
            "reports": Report.objects.filter(status=Report.Status.PUBLISHED).count(),
        },
        "goals": [(goal, counts.get(goal.number, 0)) for goal in Goal.objects.all()],
        "reports": _latest_reports(),
        "states": ["on_track", "at_risk", "off_track", "no_data"],
        "reporting_states": ["up_to_date", "due", "late", "overdue", "inactive"],
    }
    return render(request, "monitoring/home.html", context | _waiting(request, today))


def _latest_reports() -> list[Report]:
    public = Partnership.objects.public().values("pk")
    published = Report.objects.filter(status=Report.Status.PUBLISHED, partnership__in=public)
    return list(published.for_list().order_by("-published_at", "-pk")[:6])


def _waiting(request: HttpRequest, today: date) -> dict[str, Any]:
    user = request.user
    if user.is_anonymous:
        return {}
    own = Membership.objects.of_people(user).filter(status__in=["invited", "accepted"])
    mine = Partnership.objects.filter(pk__in=own.values("partnership_id"))
    reported = Submission.objects.of_people(user)
    return {
        "mine": list(mine.order_by("-updated_at", "-pk")[:12]),
        "to_review": Submission.objects.reviewable_by(user).count(),
        "returned": reported.visible_to(user).filter(status="returned").count(),
        "owing": len(ReportingUnit.objects.of_people(user).owing(today)),
    }


def partnerships(request: HttpRequest) -> HttpResponse:
    """Registered partnerships, searched and filtered; lights from their latest report."""
    form = PartnershipFilter(request.GET)
    chosen, after = form.chosen(), request.GET.get("after", "")
    text = chosen.pop("q", "")
    public = Partnership.objects.public()
    found = public.found(text) if text else public
    counts = count_facets(found, chosen)
    form.count(counts.by_facet)
    rows = public.chosen(**chosen).with_facts()
    page = best_first(rows, text, after) if text else newest_first(rows, after)
    reports = Report.objects.latest_of([row.pk for row in page.rows])
    context = {
        "form": form,
        "page": page,
        "count": capped_count(found.chosen(**chosen)),
        "counted": MOST if counts.capped else 0,
        "reports": {report.partnership_id: report for report in reports},
    }
    return render(request, "monitoring/partnerships.html", context)


def partnership(request: HttpRequest, key: str) -> HttpResponse:
    """A partnership's facts, promises and figures as of today, by reference or number."""
    seen = Partnership.objects.visible_to(request.user).with_facts()
    found = get_object_or_404(seen, **lookup(key))
    now = timezone.now()
    is_editor = found.is_editable_by(request.user)
    figures = partnership_figures(found, reference_on=timezone.localdate(), cutoff_at=now)
    rows = [IndicatorRow.live(item) for item in figures.indicators]
    context = {
        "partnership": found,
        "goals": found.all_goals(),
        "countries": [place.country for place in found.places.all()],
        "objectives": found.objectives.select_related("target"),
        "memberships": _members(request, found),
        "commitments": _commitments(request, found),
        "transactions": _transactions(found),
        "figures": figures,
        "lights": lights_shown(figures.timeliness, figures.achievement),
        "indicators": with_bars(rows),
        "charts": _charts(rows),
        "broken_down": breakdowns_of(figures, request.user),
        "on_track": sum(row.light.colour in ("on_track", "met") for row in rows),
        "without_data": sum(row.light.colour == "no_data" for row in rows),
        "framework": figures.framework,
        "unsettled": _unsettled(request, found),
        "agreements": Agreement.objects.visible_to(request.user).filter(partnership=found),
        "reports": _reports(request, found),
        "documents": found.documents.all()[:50],
        "markers": Marker.objects.filter(partnership=found).current(),
        "is_editor": is_editor,
        "lacking": found.findings() if is_editor and not found.is_public() else [],
    }
    return render(request, "monitoring/partnership.html", context)


def with_bars(rows: list[IndicatorRow]) -> list[tuple[IndicatorRow, dict[str, Any]]]:
    return [
        (
            row,
            charts.progress_bar(row.toward_end, row.expected, display.look(row.light.colour).tone),
        )
        for row in rows
    ]


def _members(request: HttpRequest, found: Partnership) -> list[Membership]:
    seen = Membership.objects.visible_to(request.user).filter(partnership=found)
    members = seen.select_related("partner__country").order_by("ended_on", "accepted_on", "pk")
    return sorted(members, key=lambda m: (m.ended_on is not None, "lead" not in m.roles))


def _commitments(request: HttpRequest, found: Partnership) -> list[Commitment]:
    seen = Commitment.objects.visible_to(request.user).filter(partnership=found)
    names = seen.select_related("membership__partner", "receiver__partner")
    return list(names.prefetch_related("deliveries", "due_dates").order_by("due_on", "pk")[:100])


def _transactions(found: Partnership) -> list[Delivery]:
    """What was given without a promise, as a published file states it."""
    unpromised = found.deliveries.filter(commitment=None)
    return list(unpromised.order_by("-delivered_on", "-pk")[:20])


def _charts(rows: list[IndicatorRow]) -> list[dict[str, Any]]:
    drawable = [row for row in rows if charts.is_drawable(row)]
    return [charts.chart(row, f"i{row.pk}") for row in drawable[:CHARTS]]


def _unsettled(request: HttpRequest, found: Partnership) -> list[Framework]:
    """Editions that insiders still work on."""
    seen = Framework.objects.visible_to(request.user).filter(partnership=found)
    return list(seen.exclude(status__in=Framework.SETTLED).order_by("-edition"))


def _reports(request: HttpRequest, found: Partnership) -> list[Report]:
    seen = Report.objects.visible_to(request.user).filter(partnership=found)
    return list(seen.for_list().order_by("-reference_on", "-revision", "-pk")[:24])
