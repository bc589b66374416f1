"""What is done about a deliverable, and about what was delivered."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partnerships.forms.commitments import (
    CorrectDeliveryForm,
    DeliverableForm,
    EvidenceForm,
    PostponeForm,
    ReasonForm,
)
from partnerships.models import Deliverable, Delivery, DeliveryEvidence, Partnership
from partnerships.services.deliverables import edit_deliverable, remove_deliverable
from partnerships.services.deliveries import add_delivery_evidence, correct_delivery
from partnerships.views.acting import act_page, allowed, sent
from partnerships.views.commitments import Doing
from partnerships.views.finding import key_of, visible_partnership
from registry.attached import download
from registry.models import User
from registry.views.accounts import SignedInRequest


def _edit_part(part: Deliverable, by: User, request: Any) -> Doing:
    initial = {"title": part.title, "due_on": part.due_on}
    form = DeliverableForm(sent(request), initial=initial)
    act = lambda: edit_deliverable(part, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Change the deliverable", "The deliverable is saved.")


def _postpone_part(part: Deliverable, by: User, request: Any) -> Doing:
    form = PostponeForm(sent(request))
    act = lambda: part.postpone(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Postpone the deliverable", "The later date is recorded.")


def _remove_part(part: Deliverable, by: User, request: Any) -> Doing:
    act = partial(remove_deliverable, part, by=by)
    done = "The deliverable is removed."
    return Doing(forms.Form(sent(request)), act, "Remove the deliverable", done, "Remove it")


OF_PARTS: dict[str, Callable[[Deliverable, User, Any], Doing]] = {
    "edit": _edit_part,
    "postpone": _postpone_part,
    "remove": _remove_part,
}


@login_required
def deliverable_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    partnership = visible_partnership(request, key)
    rows = Deliverable.objects.filter(commitment__partnership=partnership)
    part = get_object_or_404(rows.select_related("commitment__membership__partner"), pk=pk)
    part.commitment.partnership = partnership
    if act not in OF_PARTS:
        raise Http404
    with allowed():
        part.commitment.membership.require_manager(request.user)
    doing = OF_PARTS[act](part, request.user, request)
    return _page(request, partnership, doing, part.commitment_id, part.title, part)


def _confirm(delivery: Delivery, by: User, request: Any) -> Doing:
    act = partial(delivery.confirm, by=by)
    done = "The delivery is confirmed."
    return Doing(forms.Form(sent(request)), act, "Confirm the delivery", done, "Confirm it")


def _dispute(delivery: Delivery, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    act = lambda: delivery.dispute(by=by, **form.cleaned_data)  # noqa: E731
    form.fields["reason"].help_text = "For the members; the public sees that it is disputed."
    return Doing(form, act, "Dispute the delivery", "The delivery is disputed.", "Dispute it")


def _withdraw(delivery: Delivery, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    act = lambda: delivery.withdraw(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Withdraw the delivery", "The delivery is withdrawn.", "Withdraw it")


def _correct(delivery: Delivery, by: User, request: Any) -> Doing:
    assert delivery.commitment
    initial = {
        "delivered_on": delivery.delivered_on,
        "amount": delivery.amount,
        "note": delivery.note,
        "deliverables": [part.pk for part in delivery.deliverables.all()],
    }
    form = CorrectDeliveryForm(delivery.commitment, sent(request), initial=initial)
    act = lambda: correct_delivery(delivery, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Correct the delivery", "The correction is recorded.")


def _evidence(delivery: Delivery, by: User, request: Any) -> Doing:
    form = EvidenceForm(sent(request), request.FILES or None)

    def act() -> None:
        given = {name: value for name, value in form.cleaned_data.items() if value}
        add_delivery_evidence(delivery, by=by, **given)

    return Doing(form, act, "Add evidence", "The evidence is added.")


ANSWERS = ("confirm", "dispute")
OF_DELIVERIES: dict[str, Callable[[Delivery, User, Any], Doing]] = {
    "confirm": _confirm,
    "dispute": _dispute,
    "withdraw": _withdraw,
    "correct": _correct,
    "evidence": _evidence,
}


@login_required
def delivery_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    """What the receiver answers, and what the giver takes back, corrects or shows."""
    partnership = visible_partnership(request, key)
    rows = partnership.deliveries.filter(commitment__isnull=False)
    found = get_object_or_404(rows.select_related("commitment", "membership__partner"), pk=pk)
    assert found.commitment
    found.commitment.partnership = partnership
    if act not in OF_DELIVERIES:
        raise Http404
    if act not in ANSWERS:
        with allowed():
            found.givers_only(request.user)
    elif not found.commitment.is_received_by(request.user):
        raise PermissionDenied
    doing = OF_DELIVERIES[act](found, request.user, request)
    return _page(request, partnership, doing, found.commitment.pk, str(found), found)


def _page(
    request: HttpRequest,
    partnership: Partnership,
    doing: Doing,
    commitment: int,
    about: str,
    record: Deliverable | Delivery,
) -> HttpResponse:
    return act_page(
        request,
        partnership,
        doing.form,
        doing.act,
        title=doing.title,
        about=about,
        back=reverse("partnership-commitment", args=[key_of(partnership), commitment]),
        done=doing.done,
        button=doing.button,
        record=record,
    )


@login_required
def evidence_file(request: SignedInRequest, key: str, pk: int) -> FileResponse:
    """The file behind a delivery, for members' people and admins."""
    partnership = visible_partnership(request, key)
    rows = DeliveryEvidence.objects.visible_to(request.user).exclude(file="")
    found = get_object_or_404(rows.filter(delivery__partnership=partnership), pk=pk)
    return download(found.file, f"delivery-evidence-{found.pk}")
