"""The workspace: what waits for somebody, their partnerships, and the beginning of a new one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Q, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render

from partnerships.forms.mine import MineFilter
from partnerships.forms.registering import BeginForm
from partnerships.models import Membership, Partnership
from partnerships.models.waiting import WORKSPACE, page_address, tasks_at
from partnerships.services.partnerships import create_partnership, suggested_track
from partnerships.views.finding import page_of
from registry.forms.attempts import succeeds
from registry.models import Partner, User
from registry.paging import capped_count, newest_first
from registry.views.accounts import SignedInRequest

SHOWN = 50  # tasks
# What whoever leads a partnership does next, by its state, and on which page.
NEXT = {
    "draft": ("Complete it and submit", "partnership-work"),
    "submitted": ("Waits for the secretariat", "partnership-work"),
    "returned": ("Answer the secretariat's remarks and submit again", "partnership-work"),
    "registered": ("Activate it when work begins", "partnership-work"),
    "active": ("Keep its promises, report in time", "partnership"),
    "suspended": ("Ask the secretariat what it takes to go on", "partnership"),
    "inactive": ("Report, or go on with the reason", "partnership-work"),
}
AS_INVITED = ("Answer the invitation", "partnership-members")
NEXT_AS_MEMBER = {
    "draft": ("Add what your organisation promises", "partnership-work"),
    "returned": ("See what is missing", "partnership-work"),
    "active": NEXT["active"],
}


@login_required
def workspace(request: SignedInRequest) -> HttpResponse:
    """For whoever is signed in: the same number of queries for one partnership and for forty."""
    user = request.user
    managed = list(Partner.objects.with_role(user, "manager").values_list("pk", flat=True))
    tasks = tasks_at(user, managed)
    tasks += [task for source in WORKSPACE for task in source(user, managed)]
    form = MineFilter(request.GET)
    rows = _mine(user, **form.chosen())
    page = newest_first(rows.with_facts(), request.GET.get("after", ""))
    context = {
        "tasks": tasks[:SHOWN],
        "more_tasks": len(tasks) - SHOWN,
        "form": form,
        "page": page,
        "rows": [(row, *_next(row)) for row in page.rows],
        "count": capped_count(rows),
        "can_begin": leads_of(user).exists(),
        "manages": bool(managed),
    }
    return render(request, "partnerships/workspace.html", context)


def _mine(user: User, *, q: str = "", status: Any = (), role: str = "") -> Any:
    """Partnerships to which the user's partners belong or are invited, with our part in them."""
    own = Membership.objects.of_people(user).filter(status__in=["invited", "accepted"])
    joined = own.filter(status="accepted").values("partnership_id")
    led = own.filter(status="accepted", roles__contains=["lead"]).values("partnership_id")
    rows = Partnership.objects.filter(pk__in=own.values("partnership_id"))
    part = Case(
        When(Q(pk__in=led), then=Value("lead")),
        When(Q(pk__in=joined), then=Value("member")),
        default=Value("invited"),
    )
    rows = rows.annotate(part=part).chosen(q=q, status=status)
    return rows.filter(part=role) if role else rows


def _next(partnership: Any) -> tuple[str, str]:
    """What to do next, and where; empty where nothing is to be done."""
    steps = NEXT if partnership.part == "lead" else NEXT_AS_MEMBER
    words, page = steps.get(partnership.status, ("", "partnership"))
    if partnership.part == "invited":
        words, page = AS_INVITED
    return words, page_address(partnership, page)


def leads_of(user: User) -> Any:
    """The verified partners in whose name the user begins a partnership."""
    if user.is_staff:
        return Partner.objects.filter(status=Partner.Status.VERIFIED).order_by("name", "pk")
    return Partner.objects.acted_for_by(user, "manager").order_by("name", "pk")


@login_required
def begin(request: SignedInRequest) -> HttpResponse:
    """Title, kind, level and start make a draft; everything else follows in any order."""
    leads = leads_of(request.user)
    form = BeginForm(leads, request.POST or None)
    made: list[Partnership] = []
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        facts["track"] = suggested_track(facts["lead"])
        if succeeds(form, lambda: made.append(create_partnership(by=request.user, **facts))):
            messages.success(request, "The draft is begun. Only your organisation sees it so far.")
            return redirect(page_of(made[0], "partnership-work"))
    return render(request, "partnerships/begin.html", {"form": form, "can_begin": leads.exists()})
