"""A partnership's principles: markers, beneficiaries, the Ten Principles."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from partnerships.forms.principles import BeneficiariesForm, MarkerForm, TenPrinciplesForm
from partnerships.models import (
    BeneficiaryGroup,
    Marker,
    Membership,
    Partnership,
    TenPrinciplesCommitment,
)
from partnerships.models.ten_principles import is_asked
from partnerships.services.principles import (
    assess_marker,
    commit_to_ten_principles,
    edit_beneficiaries,
    name_beneficiaries,
)
from partnerships.views.finding import edited_partnership, key_of, visible_partnership
from partnerships.views.keeping import keep, may_add
from registry.errors import NotAllowed
from registry.views.accounts import SignedInRequest

PAGE = "partnership-principles"


def principles(request: HttpRequest, key: str) -> HttpResponse:
    """What is pursued and why, for whom, and who keeps the Ten Principles."""
    partnership, user = visible_partnership(request, key), request.user
    groups = BeneficiaryGroup.objects.visible_to(user).standing()
    context = {
        "partnership": partnership,
        "key": key_of(partnership),
        "can_add": may_add(partnership, user),
        "is_editor": partnership.is_editable_by(user),
        **_markers(partnership, user),
        "groups": groups.filter(partnership=partnership),
        "members": _members_asked(partnership, user),
    }
    return render(request, "partnerships/principles.html", context)


def _markers(partnership: Partnership, user: Any) -> dict[str, Any]:
    """The four that are asked about, each with its earlier assessments; and the others."""
    seen = Marker.objects.visible_to(user).standing().filter(partnership=partnership)
    rows = list(seen.select_related("membership__partner").order_by("-assessed_on", "-pk"))
    assessed = [row for row in rows if row.assessed_on]
    lines = []
    for kind in Marker.PURSUED:
        history = [row for row in assessed if row.kind == kind]
        published = [row for row in rows if row.kind == kind and not row.assessed_on]
        lines.append(
            {
                "kind": kind,
                "now": next(iter(history), None),
                "earlier": history[1:],
                "published": next(iter(published), None),
            }
        )
    others = [row for row in rows if row.kind not in Marker.PURSUED]
    return {"markers": lines, "others": others}


def _members_asked(partnership: Partnership, user: Any) -> list[dict[str, Any]]:
    """Companies and UN entities among the members, with their statements."""
    joined = Membership.objects.visible_to(user).accepted().filter(partnership=partnership)
    members = [m for m in joined.select_related("partner") if is_asked(m)]
    stated = TenPrinciplesCommitment.objects.visible_to(user).standing()
    of_member = {row.membership_id: row for row in stated.filter(membership__in=members)}
    own: set[int] = set()
    if user.is_authenticated:
        own = set(joined.acted_for_by(user, "manager").values_list("pk", flat=True))
    return [
        {
            "membership": member,
            "stated": of_member.get(member.pk),
            "speaks": getattr(user, "is_staff", False) or member.pk in own,
        }
        for member in members
    ]


@login_required
def assess(request: SignedInRequest, key: str, kind: str) -> HttpResponse:
    """Say how far a principle is pursued; what stood before stays."""
    if kind not in Marker.PURSUED:
        raise Http404
    partnership = edited_partnership(request, key)
    form = MarkerForm(partnership, kind, request.POST or None)

    def act() -> None:
        assess_marker(partnership, by=request.user, kind=kind, **form.cleaned_data)

    title = f"Assess: {Marker.Kind(kind).label}"
    return keep(request, partnership, form, act, page=PAGE, title=title)


@login_required
def beneficiaries(request: SignedInRequest, key: str, pk: int = 0) -> HttpResponse:
    """Name a group for whom the partnership works, or change how it is reached."""
    partnership = edited_partnership(request, key)
    standing = BeneficiaryGroup.objects.standing().filter(partnership=partnership)
    group = get_object_or_404(standing, pk=pk) if pk else None
    form = BeneficiariesForm(group, request.POST or None)

    def act() -> None:
        version, facts = form.version_read(), form.cleaned_data
        if group:
            group.version = version
            edit_beneficiaries(group, by=request.user, **facts)
        else:
            name_beneficiaries(partnership, by=request.user, **facts)

    title = f"For whom: {group}" if group else "Name a group for whom the partnership works"
    return keep(request, partnership, form, act, page=PAGE, title=title)


@login_required
def ten_principles(request: SignedInRequest, key: str, membership: int) -> HttpResponse:
    """A member states that it keeps the Ten Principles; for its own managers."""
    partnership = visible_partnership(request, key)
    seen = Membership.objects.visible_to(request.user).filter(partnership=partnership)
    member = get_object_or_404(seen.select_related("partner", "partnership"), pk=membership)
    try:
        member.require_manager(request.user)
    except NotAllowed as refused:
        raise PermissionDenied(refused.detail) from refused
    form = TenPrinciplesForm(request.POST or None)

    def act() -> None:
        commit_to_ten_principles(member, by=request.user, **form.cleaned_data)

    title = f"The Ten Principles: {member.partner}"
    lede = (
        "The UN Global Compact's ten principles on human rights, labour, the environment and"
        " anti-corruption. The statement is public with the partnership."
    )
    return keep(request, partnership, form, act, page=PAGE, title=title, lede=lede)
