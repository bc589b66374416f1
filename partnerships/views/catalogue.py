"""The Solutions Catalogue: solutions, needs and funds, listed, shown, entered and moved."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from partnerships.aggregation import find_for
from partnerships.forms import catalogue as forms
from partnerships.models import Fund, Match, Need, Partnership, Solution
from partnerships.services import catalogue as services
from registry.errors import StaleVersion
from registry.forms.attempts import succeeds
from registry.paging import capped_count, newest_first
from registry.views.accounts import SignedInRequest
from registry.views.secretariat import admins


class Shelf(NamedTuple):
    """One of the catalogue's three lists."""

    model: Any
    filter: type[forms.CatalogueFilter]
    form: type[forms.EntryForm]
    enter: Callable[..., Any]
    edit: Callable[..., Any]
    title: str
    plural: str
    owner: str
    moves: Mapping[str, bool]  # whether a move takes a reason


SHELVES = {
    "solution": Shelf(
        Solution,
        forms.SolutionFilter,
        forms.SolutionForm,
        services.propose_solution,
        services.edit_solution,
        "Solutions",
        "solutions",
        "owner",
        {"screen": False, "send_back": True, "pilot": False, "scale": False, "retire": True},
    ),
    "need": Shelf(
        Need,
        forms.NeedFilter,
        forms.NeedForm,
        services.state_need,
        services.edit_need,
        "Needs",
        "needs",
        "partner",
        {"meet": False, "withdraw": True, "find": False},
    ),
    "fund": Shelf(
        Fund,
        forms.FundFilter,
        forms.FundForm,
        services.offer_fund,
        services.edit_fund,
        "Funds",
        "funds",
        "partner",
        {},
    ),
}


def entries(request: HttpRequest, what: str) -> HttpResponse:
    """Public entries, newest change first, searched and filtered."""
    shelf = SHELVES[what]
    form = shelf.filter(request.GET)
    rows = shelf.model.objects.public().chosen(**form.chosen())
    shown = rows.with_facts().select_related(shelf.owner, "currency")
    context = {
        "what": what,
        "shelf": shelf,
        "form": form,
        "page": newest_first(shown, request.GET.get("after", "")),
        "count": capped_count(rows),
        "facets": [form[name] for name in form.fields if name not in ("q", "country")],
    }
    return render(request, "partnerships/catalogue.html", context)


def entry(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """One entry, with its matches for those who may see them."""
    shelf, found = SHELVES[what], _visible(request, what, pk)
    seen = Match.objects.visible_to(request.user).filter(**{what: found})
    is_editor = request.user.is_authenticated and found.is_editable_by(request.user)
    context = {
        "what": what,
        "shelf": shelf,
        "entry": found,
        "owner": getattr(found, shelf.owner),
        "partnership": _seen_partnership(request, found),
        "is_editor": is_editor,
        "moves": _open_moves(shelf, found, request.user) if is_editor else [],
        "form": forms.AnswerForm(),
        "matches": seen.exclude(status="ended").for_display()[:100],
    }
    return render(request, "partnerships/catalogue_entry.html", context)


def _seen_partnership(request: HttpRequest, found: Any) -> Partnership | None:
    """Whose it is, if the reader sees that; a solution is public before its partnership is."""
    pk = getattr(found, "partnership_id", None)
    return Partnership.objects.visible_to(request.user).filter(pk=pk).first() if pk else None


def _visible(request: HttpRequest, what: str, pk: int) -> Any:
    shelf = SHELVES[what]
    rows = shelf.model.objects.visible_to(request.user).with_facts()
    return get_object_or_404(rows.select_related(shelf.owner, "currency"), pk=pk)


def _open_moves(shelf: Shelf, found: Any, user: Any) -> list[tuple[str, str]]:
    """Moves that lead somewhere from here, as name and label."""
    if shelf.model is Need:
        names = ["find", "meet", "withdraw"] if found.status == Need.Status.OPEN else []
    elif shelf.model is Solution:
        leads = {"screened": "screen", "piloted": "pilot", "scaling": "scale", "retired": "retire"}
        names = [leads[to] for to in Solution.MOVES[found.status]]
        if "screen" in names:
            names.insert(1, "send_back")
        names = [n for n in names if user.is_staff or n not in ("screen", "send_back")]
    else:
        names = []
    labels = {
        "find": "Look for matches now",
        "meet": "It is met",
        "pilot": "It was tried",
        "scale": "It is repeated",
    }
    return [(name, labels.get(name, name.replace("_", " ").capitalize())) for name in names]


@login_required
@require_POST
def move_entry(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Make one of the entry's moves; what is refused is said on its page."""
    shelf, found = SHELVES[what], _visible(request, what, pk)
    name = request.POST.get("move", "")
    if name not in shelf.moves:
        raise Http404
    form = forms.AnswerForm(request.POST)
    if form.is_valid() and succeeds(form, partial(_move, shelf, found, name, form, request.user)):
        messages.success(request, "Done.")
        return redirect(what, pk)
    for error in [str(e) for errors in form.errors.values() for e in errors]:
        messages.error(request, error)
    return redirect(what, pk)


def _move(shelf: Shelf, found: Any, name: str, form: forms.AnswerForm, by: Any) -> None:
    if name == "find":
        found.require_editor(by)
        found.require_open()
        find_for(found)
        return
    more = {"reason": form.cleaned_data["reason"]} if shelf.moves[name] else {}
    getattr(found, name)(by=by, **more)


@login_required
def new_entry(request: SignedInRequest, what: str) -> HttpResponse:
    """Enter a solution, a need or a fund."""
    shelf = SHELVES[what]
    form: Any = shelf.form(request.POST or None, user=request.user)
    made: list[Any] = []
    if form.is_valid() and succeeds(
        form, lambda: made.append(shelf.enter(by=request.user, **form.facts()))
    ):
        waits = " An admin will read it first." if what == "solution" else ""
        messages.success(request, f"Saved.{waits}")
        return redirect(what, made[0].pk)
    context = {"what": what, "shelf": shelf, "form": form}
    return render(request, "partnerships/catalogue_form.html", context)


@login_required
def edit_entry(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Change an entry; a form that is out of date is refused, and what was typed stays."""
    shelf, found = SHELVES[what], _visible(request, what, pk)
    if not found.is_editable_by(request.user):
        raise PermissionDenied
    form: Any = shelf.form(request.POST or None, instance=found, user=request.user)
    if form.is_valid() and succeeds(form, lambda: _edit(request, shelf, pk, form)):
        messages.success(request, "Saved.")
        return redirect(what, pk)
    context = {"what": what, "shelf": shelf, "form": form, "entry": found}
    return render(request, "partnerships/catalogue_form.html", context)


def _edit(request: SignedInRequest, shelf: Shelf, pk: int, form: Any) -> None:
    read = request.POST.get("version", "")
    fresh = shelf.model.objects.get(pk=pk)
    if str(fresh.version) != read:
        raise StaleVersion
    shelf.edit(fresh, by=request.user, **form.facts())


ANSWERS = {"accept": True, "decline": True, "confirm": False, "refuse": True}


def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Why two fit, what both sides say, and the forms to say it."""
    seen = Match.objects.visible_to(request.user).with_sides()
    found = get_object_or_404(seen, pk=pk)
    form = forms.AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if request.user.is_anonymous:
            raise PermissionDenied
        name = request.POST.get("answer", "")
        if name not in ANSWERS:
            raise Http404
        if form.is_valid() and succeeds(form, partial(_answer, found, name, form, request.user)):
            messages.success(request, "The other side is told.")
            return redirect("match", pk)
    context = {
        "match": found,
        "form": form,
        "answers": found.is_answerable_by(request.user),
        "offers": found.is_offered_by(request.user),
        "is_inside": Match.objects.filter(Match.objects.of_sides(request.user), pk=pk).exists(),
    }
    return render(request, "partnerships/match.html", context)


def _answer(found: Match, name: str, form: forms.AnswerForm, by: Any) -> None:
    more = {"reason": form.cleaned_data["reason"]} if ANSWERS[name] else {}
    getattr(found, name)(by=by, **more)


@admins
def screening(request: SignedInRequest) -> HttpResponse:
    """Proposed solutions, the longest waiting first."""
    rows = Solution.objects.to_screen().select_related("owner")[:100]
    return render(request, "partnerships/screening.html", {"rows": rows})
