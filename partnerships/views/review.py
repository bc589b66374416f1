"""The secretariat's review of one submitted partnership: one form, whose buttons say what to do."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from partnerships.forms.reviews import AssignForm, ChecklistForm, CommentForm, ReturnForm
from partnerships.models import PartnershipReview, ReviewComment, Section, difference
from partnerships.models.differences import described
from registry.forms.attempts import succeeds
from registry.models import User
from registry.views.accounts import SignedInRequest
from registry.views.secretariat import admins

Forms = dict[str, Any]
DECISIONS = ("register", "return")


@admins
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    """What it says, what changed, checklist, comments, decision; whatever is typed is kept."""
    rows = PartnershipReview.objects.select_related("partnership", "reviewer", "submission")
    found = get_object_or_404(rows, pk=pk)
    move = request.POST.get("move", "")
    shown = _forms(found, _typed(request, pk), move)
    acts = _acts(found, shown, request.user)
    if move in acts:
        form, act, words = acts[move]
        if _is_sound(found, shown, move) and succeeds(form, act):
            messages.success(request, words)
            if move in DECISIONS:
                return redirect("partnership-reviews")
            _keep(request, pk, form)
            return redirect(request.path)
        found = get_object_or_404(rows, pk=pk)
    context = {"review": found, "forms": shown, "form": acts[move][0] if move in acts else None}
    return render(request, "partnerships/review.html", context | _to_read(found))


def _typed(request: SignedInRequest, pk: int) -> QueryDict | None:
    """What stands in the form: as it was sent, or as it stood beside what was saved just now."""
    if request.method == "POST":
        return request.POST
    left = request.session.pop(f"review-{pk}", "")
    return QueryDict(left) if left else None


def _keep(request: SignedInRequest, pk: int, saved: forms.Form) -> None:
    """Carry over what was typed for other buttons than the one that was pressed."""
    left = request.POST.copy()
    for name in ("move", "csrfmiddlewaretoken"):
        left.pop(name, None)
    for name in saved.fields:
        left.pop(name, None)
        left.pop(f"initial-{name}", None)
    request.session[f"review-{pk}"] = left.urlencode()


def _forms(found: PartnershipReview, typed: QueryDict | None, move: str) -> Forms:
    """Each form as it is typed; only the one whose button was pressed has to be filled in."""

    def begun(kind: type[forms.Form], name: str) -> forms.Form:
        rest = name != move
        return kind(typed, auto_id=f"{name}-%s", empty_permitted=rest, use_required_attribute=False)

    tick = ChecklistForm(found, typed, auto_id="tick-%s")
    return {
        "take": forms.Form(typed),
        "give": begun(AssignForm, "give"),
        "drop": forms.Form(typed),
        "tick": tick if tick.is_typed() else ChecklistForm(found, auto_id="tick-%s"),
        "comment": begun(CommentForm, "comment"),
        "register": forms.Form(typed),
        "return": begun(ReturnForm, "return"),
    }


def _is_sound(found: PartnershipReview, shown: Forms, move: str) -> bool:
    """A decision takes the checklist and the comment along, so they have to be right too."""
    form = shown[move]
    if not form.is_valid():
        return False
    if move in DECISIONS:
        along = [one for one in (shown["tick"], shown["comment"]) if one.is_bound]
        if not all(one.is_valid() for one in along):
            form.add_error(None, "The checklist or the comment has to be put right first.")
    if move == "register" and not found.decided_at and shown["return"].has_changed():
        form.add_error(None, "Reasons for a return are typed: return it, or take them out.")
    return not form.errors


Act = tuple[forms.Form, Callable[[], Any], str]


def _acts(found: PartnershipReview, shown: Forms, by: User) -> dict[str, Act]:
    partnership = found.partnership

    def give() -> None:
        found.assign(shown["give"].cleaned_data["reviewer"], by=by)

    def register() -> None:
        _note(found, shown, by)
        found.register(by=by)

    def send_back() -> None:
        _note(found, shown, by)
        found.send_back(by=by, **shown["return"].reasons())

    done: dict[str, tuple[Callable[[], Any], str]] = {
        "take": (lambda: found.assign(by, by=by), "It is yours."),
        "give": (give, "It is given."),
        "drop": (lambda: found.unassign(by=by), "Nobody has it now."),
        "tick": (lambda: _tick(found, shown, by), "The checklist is saved."),
        "comment": (lambda: _comment(found, shown, by), "The comment is added."),
        "register": (register, f"{partnership} is registered."),
        "return": (send_back, f"{partnership} is returned."),
    }
    return {name: (shown[name], *act) for name, act in done.items()}


def _tick(found: PartnershipReview, shown: Forms, by: User) -> None:
    for said in shown["tick"].ticks() if shown["tick"].is_bound else ():
        found.tick(by=by, **said)


def _comment(found: PartnershipReview, shown: Forms, by: User) -> None:
    found.comment(**shown["comment"].cleaned_data, by=by)


def _note(found: PartnershipReview, shown: Forms, by: User) -> None:
    """What goes along with a decision; locked in its order, the partnership before its review."""
    found.partnership.hold()
    found.require_undecided()
    _tick(found, shown, by)
    if shown["comment"].has_changed():
        _comment(found, shown, by)


def _to_read(found: PartnershipReview) -> dict[str, Any]:
    """What was submitted, what of it is new, and what was noted, section by section."""
    document = found.submission.document if found.submission else {}
    earlier = found.earlier()
    comments: dict[str, list[ReviewComment]] = {}
    for comment in found.comments.select_related("by").order_by("pk"):
        comments.setdefault(comment.section, []).append(comment)
    said = described(document)
    return {
        "earlier": earlier,
        "asked": found.asked(),
        "changes": difference(earlier.document, document) if earlier else {},
        "sections": [
            (section, said.get(section, []), comments.get(section.value, []))
            for section in Section
            if section in said or section.value in comments
        ],
        "rounds": found.partnership.reviews.exclude(pk=found.pk).order_by("round"),
    }
