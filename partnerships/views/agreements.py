"""A partnership's documents: what binds, what is proposed, and how members stand to it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from partnerships.forms.agreements import EndorseForm, ObjectForm, ReasonForm
from partnerships.models import Agreement, Membership, Partnership, assent_of, changes_between
from partnerships.models.objections import object_to
from partnerships.services.agreements import (
    begin_from_checklist,
    begin_from_former,
    propose_agreement,
)
from partnerships.views.finding import edited_partnership, key_of, page_of, visible_partnership
from registry.forms.attempts import succeeds
from registry.views.accounts import SignedInRequest

Kind = Agreement.Kind


def agreements(request: HttpRequest, key: str) -> HttpResponse:
    """All documents that the reader may see, by kind, the latest edition first."""
    partnership = visible_partnership(request, key)
    seen = Agreement.objects.visible_to(request.user).filter(partnership=partnership)
    editions = list(seen.order_by("kind", "-edition").defer("text"))
    is_editor = partnership.is_editable_by(request.user)
    groups = [
        {
            "kind": kind,
            "rows": [row for row in editions if row.kind == kind],
            "begin": is_editor and kind in Agreement.OF_CLAUSES,
        }
        for kind in Kind
    ]
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "groups": [group for group in groups if group["rows"] or group["begin"]],
        "is_editor": is_editor,
    }
    return render(request, "partnerships/agreements.html", context)


@login_required
@require_POST
def begin(request: SignedInRequest, key: str, kind: str) -> HttpResponse:
    """A draft with a clause for each line of the checklist."""
    if kind not in Agreement.OF_CLAUSES:
        raise Http404
    partnership = edited_partnership(request, key)
    form, made = forms.Form(request.POST), []

    def act() -> None:
        made.append(begin_from_checklist(partnership, by=request.user, kind=kind))

    if succeeds(form, act):
        return _to(made[0], "partnership-agreement-edit")
    messages.error(request, str(form.non_field_errors()[0]))
    return redirect(page_of(partnership, "partnership-agreements"))


def found(request: HttpRequest, key: str, pk: int) -> Agreement:
    """404 where the reader may not see it."""
    partnership = visible_partnership(request, key)
    seen = Agreement.objects.visible_to(request.user).filter(partnership=partnership)
    agreement: Agreement = get_object_or_404(seen.select_related("partnership", "rule_from"), pk=pk)
    return agreement


def agreement(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One edition: its words, its hash, who has endorsed it, and what the reader may do."""
    return _shown(request, found(request, key, pk))


def _shown(request: HttpRequest, agreement: Agreement, **refused: Any) -> HttpResponse:
    partnership, user = agreement.partnership, request.user
    inside = Partnership.objects.insider(user).filter(pk=partnership.pk).exists()
    assent = assent_of(agreement)
    members = {member.pk for member in assent.members}
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "agreement": agreement,
        "clauses": agreement.clauses.all(),
        "text": agreement.whole_text(),
        "assent": assent,
        "members": _standing(assent),
        "left": [yes for pk, yes in assent.endorsed.items() if pk not in members],
        "objections": agreement.objections.select_related("membership__partner") if inside else (),
        "is_inside": inside,
        "is_editor": partnership.is_editable_by(user),
        "of_clauses": agreement.kind in Agreement.OF_CLAUSES,
        "missing": agreement.missing() if agreement.status == Agreement.Status.DRAFT else [],
        "former": _former(request, agreement),
        "withdraw_form": ReasonForm(auto_id="withdrawing_%s"),
        **_asked(request, agreement, assent),
        **refused,
    }
    status = 400 if refused else 200
    return render(request, "partnerships/agreement.html", context, status=status)


def _former(request: HttpRequest, agreement: Agreement) -> Agreement | None:
    """The edition before that the reader may see, those taken back left out."""
    seen = Agreement.objects.visible_to(request.user).filter(
        partnership=agreement.partnership, kind=agreement.kind, edition__lt=agreement.edition
    )
    return seen.exclude(status=Agreement.Status.WITHDRAWN).order_by("-edition").first()


def _asked(request: HttpRequest, agreement: Agreement, assent: Any) -> dict[str, Any]:
    """The forms to say yes or no with, while a member of the reader's has not said yes."""
    if agreement.status not in (Agreement.Status.PROPOSED, Agreement.Status.BINDING):
        return {}
    speaks_for = _speaks_for(request, agreement).exclude(pk__in=list(assent.endorsed))
    first = speaks_for.first()
    if first is None:
        return {}
    initial = {"membership": first, "sha256": agreement.sha256}
    asked: dict[str, Any] = {"endorse_form": EndorseForm(speaks_for, initial=initial)}
    if agreement.status == Agreement.Status.PROPOSED:
        asked["object_form"] = ObjectForm(speaks_for, initial=initial, auto_id="objecting_%s")
    return asked


def _standing(assent: Any) -> list[dict[str, Any]]:
    """Each accepted member, with how it stands to the document."""
    rows = []
    for member in assent.members:
        yes = assent.endorsed.get(member.pk)
        state = "endorsed" if yes else "waiting"
        if member.pk in assent.objecting:
            state = "objects"
        elif member.pk in assent.silent:
            state = "silent"
        rows.append({"member": member, "state": state, "endorsement": yes})
    return rows


def _speaks_for(request: HttpRequest, agreement: Agreement) -> Any:
    """Accepted members that the reader manages; admins speak for any."""
    accepted = agreement.partnership.memberships.accepted().select_related("partner")
    if request.user.is_anonymous:
        return accepted.none()
    if request.user.is_staff:
        return accepted.order_by("pk")
    own = Membership.objects.acted_for_by(request.user, "manager")
    return accepted.filter(pk__in=own.values("pk")).order_by("pk")


def changes(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """What differs from an earlier edition, clause by clause."""
    later = found(request, key, pk)
    named = request.GET.get("former", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        raise Http404
    former = found(request, key, int(named))
    if former.kind != later.kind:
        raise Http404
    context = {
        "partnership": later.partnership,
        "key": key_of(later.partnership),
        "former": former,
        "later": later,
        "changes": changes_between(former, later),
    }
    return render(request, "partnerships/agreement_changes.html", context)


@login_required
@require_POST
def propose(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    agreement = found(request, key, pk)
    form = forms.Form(request.POST)
    return _done(
        request,
        agreement,
        form,
        lambda: propose_agreement(agreement, by=request.user),
        "Proposed. Every accepted member is asked to endorse it.",
        act_form=form,
    )


@login_required
@require_POST
def withdraw(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    agreement = found(request, key, pk)
    form = ReasonForm(request.POST, auto_id="withdrawing_%s")
    return _done(
        request,
        agreement,
        form,
        lambda: agreement.withdraw(by=request.user, **form.cleaned_data),
        "Taken back.",
        withdraw_form=form,
    )


@login_required
@require_POST
def endorse(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    agreement = found(request, key, pk)
    form = EndorseForm(_speaks_for(request, agreement), request.POST)

    def act() -> None:
        said = form.cleaned_data
        agreement.endorse(said["membership"], by=request.user, sha256=said["sha256"])

    return _done(request, agreement, form, act, "Endorsed.", endorse_form=form)


@login_required
@require_POST
def object_(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    agreement = found(request, key, pk)
    form = ObjectForm(_speaks_for(request, agreement), request.POST, auto_id="objecting_%s")

    def act() -> None:
        said = form.cleaned_data
        object_to(agreement, said["membership"], by=request.user, reason=said["reason"])

    return _done(request, agreement, form, act, "Your objection is recorded.", object_form=form)


def _done(
    request: SignedInRequest,
    agreement: Agreement,
    form: forms.BaseForm,
    act: Callable[[], Any],
    said: str,
    **shown: forms.BaseForm,
) -> HttpResponse:
    """Back to the document; where it was refused, with what was typed."""
    if form.is_valid() and succeeds(form, act):
        messages.success(request, said)
        return _to(agreement)
    return _shown(request, Agreement.objects.get(pk=agreement.pk), **shown)


@login_required
@require_POST
def revise(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Begin the next edition with the words of this one."""
    former = found(request, key, pk)
    form, made = forms.Form(request.POST), []

    def act() -> None:
        made.append(begin_from_former(former, by=request.user))

    if succeeds(form, act):
        return _to(made[0], "partnership-agreement-edit")
    return _shown(request, former, act_form=form)


def _to(agreement: Agreement, page: str = "partnership-agreement") -> HttpResponse:
    return redirect(page, key_of(agreement.partnership), agreement.pk)
