"""Reports: the list, and a report read from its snapshot alone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from monitoring.aggregation import Light
from monitoring.explanations import lights_shown
from monitoring.models import Report
from monitoring.presentation import IndicatorRow
from monitoring.views.catalogue import with_bars
from partnerships.models import Partnership
from partnerships.views.finding import page_of
from registry.paging import newest_first

GROUPS = {
    "A": "Accountability and data",
    "B": "ESG and SDG bases",
    "C": "Fair public-private partnerships",
    "D": "What makes partnerships work",
    "E": "Inclusiveness",
    "F": "Beyond finance",
    "G": "Principled foundation",
    "H": "Solutions and needs",
    "I": "Follow-up and review",
}
# Evidence is opened on the partnership's page, on this one, or else in the API.
ON_PARTNERSHIP = ("partnerships.commitment", "partnerships.membership")
IN_API = {
    "partnerships.endorsement": "endorsements",
    "monitoring.framework": "frameworks",
    "monitoring.submission": "submissions",
    "monitoring.observation": "observations",
}


def reports(request: HttpRequest) -> HttpResponse:
    """Published reports, newest first."""
    public = Partnership.objects.public().values("pk")
    rows = Report.objects.filter(status=Report.Status.PUBLISHED, partnership__in=public)
    page = newest_first(rows.for_list(), request.GET.get("after", ""))
    return render(request, "monitoring/reports.html", {"page": page})


def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report: its figures and scores come from the snapshot, never from today's data."""
    visible = Report.objects.visible_to(request.user)
    found = get_object_or_404(visible.select_related("partnership", "period"), pk=pk)
    content = found.content
    lights = content.get("lights", {})
    rows = [IndicatorRow.stored(item) for item in content.get("indicators", [])]
    context = {
        "report": found,
        "partnership": found.partnership,
        "content": content,
        "cutoff_at": parse_datetime(content.get("cutoff_at", "")) or found.cutoff_at,
        "lights": lights_shown(Light(**lights["timeliness"]), Light(**lights["achievement"]))
        if lights
        else [],
        "indicators": with_bars(rows),
        "groups": _groups(content.get("scorecard", {}), page_of(found.partnership)),
        "revisions": visible.filter(partnership=found.partnership, period=found.period)
        .exclude(pk=found.pk)
        .only("pk", "revision", "status", "sha256"),
    }
    return render(request, "monitoring/report.html", context)


def _groups(scorecard: dict[str, Any], home: str) -> list[dict[str, Any]]:
    """Measures under their groups, in the order of the codes."""
    measures = scorecard.get("measures", [])
    scores = scorecard.get("groups", {})
    return [
        {
            "title": GROUPS.get(group, group),
            "score": scores.get(group),
            "measures": [
                measure | {"evidence": [_row(row, home) for row in measure.get("evidence", ())]}
                for measure in measures
                if measure["group"] == group
            ],
        }
        for group in sorted({measure["group"] for measure in measures})
    ]


def _row(row: dict[str, Any], home: str) -> dict[str, str]:
    """A row that a measure read, with the address where a reader can open it."""
    kind = row["type"]
    name = kind.partition(".")[2]
    anchor = f"#{name}-{row['id']}"
    address = anchor if kind == "monitoring.indicator" else ""
    if kind in ON_PARTNERSHIP:
        address = f"{home}{anchor}"
    elif kind in IN_API:
        address = reverse(f"api-{IN_API[kind]}-detail", args=[row["id"]])
    return {"name": f"{name} {row['id']}", "address": address}
