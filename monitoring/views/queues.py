"""The secretariat's queues: what waits, sorted by age or weight, and several done at once."""

import csv
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from monitoring.forms.queues import ActForm, SortForm
from monitoring.services.queues import QUEUES, Queue
from monitoring.services.queues.queue import MOST_AT_ONCE, Waiting
from registry.tables import no_formula
from registry.views.accounts import SignedInRequest
from registry.views.refusals import admins_only

PAGE = 50
EXPORTED_AT_ONCE = 500


@admins_only
def queues(request: SignedInRequest) -> HttpResponse:
    """Every queue with how many wait in it, and since when."""
    rows = [(queue, queue.sorted(request.user)) for queue in QUEUES.values()]
    today = timezone.localdate()
    shown = [
        {
            "queue": queue,
            "count": len(waiting),
            "days": (today - waiting[0].since).days if waiting else None,
            "weight": max((one.weight for one in waiting), default=None),
        }
        for queue, waiting in rows
    ]
    return render(request, "monitoring/queues/queues.html", {"rows": shown})


@admins_only
def queue(request: SignedInRequest, key: str) -> HttpResponse:
    """One queue; several that were chosen are shown once more before it is done."""
    found = _queue(key)
    if request.method == "POST":
        return _act(request, found)
    form = SortForm(request.GET)
    waiting = found.sorted(request.user, form.chosen())
    page = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    context = {
        "queue": found,
        "form": form,
        "page": page,
        "rows": _shown(found, list(page)),
        "count": len(waiting),
        "all_chosen": request.GET.get("choose") == "all",
    }
    return render(request, "monitoring/queues/queue.html", context)


@admins_only
def queue_csv(request: SignedInRequest, key: str) -> HttpResponse:
    """The whole queue in the order chosen, to work on beside the product."""
    found = _queue(key)
    waiting = found.sorted(request.user, SortForm(request.GET).chosen())
    lines = _lines(request, found, waiting)
    response = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="queue-{found.key}.csv"'
    return response


def _queue(key: str) -> Queue:
    if key not in QUEUES:
        raise Http404
    return QUEUES[key]


def _shown(found: Queue, waiting: list[Waiting]) -> list[dict[str, Any]]:
    """What went away meanwhile is left out."""
    today = timezone.localdate()
    names = found.show([one.pk for one in waiting])
    return [
        {
            "one": one,
            "shown": names[one.pk],
            "facts": list(zip(found.columns, names[one.pk].facts, strict=True)),
            "days": (today - one.since).days,
        }
        for one in waiting
        if one.pk in names
    ]


def _act(request: SignedInRequest, found: Queue) -> HttpResponse:
    """First shows what would be done to which; confirmed, it is done to each by itself."""
    numbers = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    keys = numbers[:MOST_AT_ONCE]
    form = ActForm(found, request.POST if "confirmed" in request.POST else None)
    context: dict[str, Any] = {"queue": found, "form": form}
    if keys and form.is_valid():
        try:
            done = found.do(keys, by=request.user, words=form.cleaned_data.get("words", ""))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return render(request, "monitoring/queues/done.html", context | {"done": done})
    here = [one for one in found.sorted(request.user) if one.pk in set(keys)]
    context["rows"] = _shown(found, here)
    return render(request, "monitoring/queues/confirm.html", context)


def _lines(request: HttpRequest, found: Queue, waiting: list[Waiting]) -> Iterator[str]:
    table = csv.writer(_Echo())
    columns = [column.lower().replace(" ", "_").replace(",", "") for column in found.columns]
    yield "\ufeff"
    yield table.writerow(["id", "name", "since", "days", "weight", *columns, "address"])
    for start in range(0, len(waiting), EXPORTED_AT_ONCE):
        for row in _shown(found, waiting[start : start + EXPORTED_AT_ONCE]):
            one, shown = row["one"], row["shown"]
            address = request.build_absolute_uri(shown.address)
            facts = [one.pk, shown.name, one.since, row["days"], one.weight, *shown.facts, address]
            yield table.writerow([no_formula(fact) for fact in facts])


class _Echo:
    """What csv writes to comes back at once."""

    def write(self, line: str) -> str:
        return line
