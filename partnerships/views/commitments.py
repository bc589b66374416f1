"""Promises of a partnership, with what was delivered of them."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from partnerships.aggregation.money import KINDS, money_totals
from partnerships.forms.commitments import (
    CommitmentForm,
    CorrectionForm,
    DeliverableForm,
    PlanForm,
    PostponeForm,
    ReasonForm,
    RecordForm,
)
from partnerships.models import Commitment, Delivery, Partnership
from partnerships.services.commitments import (
    add_commitment,
    correct_commitment,
    edit_commitment,
    remove_commitment,
)
from partnerships.services.deliverables import add_deliverable
from partnerships.services.deliveries import add_delivery_evidence, record_delivery
from partnerships.services.spending import plan_disbursement
from partnerships.views.acting import act_page, allowed, sent
from partnerships.views.finding import (
    inside_partnership,
    key_of,
    open_partnership,
    page_of,
    visible_partnership,
)
from registry.models import Partner, User
from registry.views.accounts import SignedInRequest

PER_PAGE = 25
NEEDS_A_PART = (
    " Now add a deliverable with its day: without one the partnership cannot be submitted."
)
PROMISED = ("pledged", "committed", "planned", "disbursed", "confirmed")


def commitments(request: HttpRequest, key: str) -> HttpResponse:
    """Who promised what, how it stands, and what the reader is asked to confirm."""
    partnership = open_partnership(request, key)
    rows = partnership.commitments.with_standing().select_related(
        "membership__partner", "receiver__partner", "currency"
    )
    page = Paginator(rows.order_by("due_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    totals = money_totals(partnership)
    context = {
        "partnership": partnership,
        "page": page,
        "totals": [(KINDS[kind], totals[kind]) for kind in PROMISED if totals[kind].by_currency],
        "to_answer": to_answer(partnership, request.user),
        "may_promise": givers(partnership, request.user).exists(),
    }
    return render(request, "partnerships/commitments.html", context)


def commitment(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One promise: its parts, what arrived, what is planned."""
    partnership = open_partnership(request, key)
    found = get_object_or_404(
        partnership.commitments.with_standing()
        .select_related("membership__partner", "receiver__partner", "currency")
        .prefetch_related("targets", "due_dates", "corrections"),
        pk=pk,
    )
    is_inside = Partnership.objects.insider(request.user).filter(pk=partnership.pk).exists()
    rows = found.deliveries.prefetch_related("deliverables", "evidence")
    deliveries = list(rows.order_by("delivered_on", "pk")[:200])
    mine = _managed(partnership, request.user)
    for delivery in deliveries:
        delivery.is_mine = delivery.membership_id in mine
    is_receiver = request.user.is_authenticated and found.is_received_by(request.user)
    context = {
        "partnership": partnership,
        "commitment": found,
        "parts": found.deliverables.with_standing().prefetch_related("due_dates"),
        "deliveries": deliveries,
        "is_answered": is_receiver or any(delivery.is_mine for delivery in deliveries),
        "plans": found.planned_disbursements.all(),
        "is_inside": is_inside,
        "is_giver": gives(found, request.user),
        "is_receiver": is_receiver,
        "is_draft": partnership.status in Partnership.UNREGISTERED,
        "is_open": partnership.status not in ("completed", "terminated"),
    }
    return render(request, "partnerships/commitment.html", context)


def _managed(partnership: Partnership, user: Any) -> set[int | None]:
    """Memberships for which the user acts: what they delivered is theirs to correct."""
    if user.is_anonymous:
        return set()
    members: Any = partnership.memberships
    rows = members.all() if user.is_staff else members.of_people(user, "manager")
    return set(rows.values_list("pk", flat=True))


def givers(partnership: Partnership, user: Any) -> Any:
    """Members in whose name the user promises."""
    members = partnership.memberships.accepted().select_related("partner")
    if user.is_authenticated and user.is_staff:
        return members
    return members.filter(partner__in=Partner.objects.acted_for_by(user, "manager"))


def gives(found: Commitment, user: Any) -> bool:
    if user.is_anonymous:
        return False
    return bool(user.is_staff or user.has_role(found.membership.partner_id, "manager"))


def to_answer(partnership: Partnership, user: Any) -> list[Delivery]:
    """Deliveries that wait for the word of a member whom the user manages."""
    if user.is_anonymous:
        return []
    mine = Partner.objects.acted_for_by(user, "manager").values_list("pk", flat=True)
    rows = partnership.deliveries.to_answer_by(list(mine)).select_related("commitment__currency")
    return list(rows.order_by("delivered_on", "pk")[:50])


@login_required
def new_commitment(request: SignedInRequest, key: str) -> HttpResponse:
    partnership = inside_partnership(request, key)
    mine = givers(partnership, request.user)
    if not (first := mine.first()):
        raise PermissionDenied
    initial = {"membership": first.pk, "committed_on": timezone.localdate()}
    form = CommitmentForm(partnership, sent(request), givers=mine, initial=initial)
    made: list[Commitment] = []
    is_draft = partnership.status in Partnership.UNREGISTERED
    return act_page(
        request,
        partnership,
        form,
        lambda: made.append(add_commitment(partnership, by=request.user, **form.cleaned_data)),
        onward=lambda: reverse("partnership-commitment", args=[key_of(partnership), made[0].pk]),
        title="Promise something",
        back=page_of(partnership, "partnership-commitments"),
        done=f"The commitment is recorded.{NEEDS_A_PART if is_draft else ''}",
        lede="A promise is kept, postponed or withdrawn. Once the partnership is registered, "
        "its amount and first due date stay as they are.",
    )


class Doing(NamedTuple):
    """What is done on a page of a commitment."""

    form: forms.BaseForm
    act: Callable[[], Any]
    title: str
    done: str
    button: str = "Save"


def _edit(found: Commitment, by: User, request: Any) -> Doing:
    if found.partnership.is_public():
        right = CorrectionForm(found.partnership, sent(request), initial=CorrectionForm.of(found))
        act = lambda: correct_commitment(found, by=by, **right.cleaned_data)  # noqa: E731
        return Doing(right, act, "Put the wording right", "The correction is saved.")
    form = CommitmentForm(found.partnership, sent(request), initial=CommitmentForm.of(found))
    act = lambda: edit_commitment(found, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Change the commitment", "The commitment is saved.")


def _remove(found: Commitment, by: User, request: Any) -> Doing:
    form = forms.Form(sent(request))
    act = partial(remove_commitment, found, by=by)
    return Doing(form, act, "Remove the commitment", "The commitment is removed.", "Remove it")


def _postpone(found: Commitment, by: User, request: Any) -> Doing:
    form = PostponeForm(sent(request))
    act = lambda: found.postpone(by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Postpone the commitment", "The later date is recorded.")


def _withdraw(found: Commitment, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    act = lambda: found.withdraw(by=by, **form.cleaned_data)  # noqa: E731
    done = "The commitment is withdrawn."
    return Doing(form, act, "Withdraw the commitment", done, "Withdraw it")


def _release(found: Commitment, by: User, request: Any) -> Doing:
    form = ReasonForm(sent(request))
    act = lambda: found.withdraw(by=by, receiver_agreed=True, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Let the member off its promise", "The commitment is let go.", "Let go")


def _deliverable(found: Commitment, by: User, request: Any) -> Doing:
    form = DeliverableForm(sent(request))
    act = lambda: add_deliverable(found, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Add a deliverable", "The deliverable is added.")


def _deliver(found: Commitment, by: User, request: Any) -> Doing:
    form = RecordForm(found, sent(request), request.FILES or None)

    def act() -> None:
        delivery = record_delivery(found, by=by, **form.delivery())
        if form.is_given():
            add_delivery_evidence(delivery, by=by, **form.evidence())

    done = "The delivery is recorded. It counts once the receiver has confirmed it."
    return Doing(form, act, "Record a delivery", done)


def _plan(found: Commitment, by: User, request: Any) -> Doing:
    form = PlanForm(sent(request))
    act = lambda: plan_disbursement(found, by=by, **form.cleaned_data)  # noqa: E731
    return Doing(form, act, "Plan a disbursement", "The plan is recorded.")


DOINGS: dict[str, Callable[[Commitment, User, Any], Doing]] = {
    "edit": _edit,
    "remove": _remove,
    "postpone": _postpone,
    "withdraw": _withdraw,
    "release": _release,
    "deliverable": _deliverable,
    "deliver": _deliver,
    "plan": _plan,
}


@login_required
def commitment_act(request: SignedInRequest, key: str, pk: int, act: str) -> HttpResponse:
    """What the member that promised does, or the receiver who lets it off."""
    partnership = visible_partnership(request, key)
    rows = partnership.commitments.select_related("membership__partner", "currency")
    found = get_object_or_404(rows, pk=pk)
    if act not in DOINGS:
        raise Http404
    if act == "release" and not found.is_received_by(request.user):
        raise PermissionDenied
    if act != "release":
        with allowed():
            found.membership.require_manager(request.user)
    doing = DOINGS[act](found, request.user, request)
    back = reverse("partnership-commitment", args=[key_of(partnership), found.pk])
    if act == "remove":
        back = page_of(partnership, "partnership-commitments")
    return act_page(
        request,
        partnership,
        doing.form,
        doing.act,
        title=doing.title,
        about=found.title,
        back=back,
        done=doing.done,
        button=doing.button,
        record=found,
    )
