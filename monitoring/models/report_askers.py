"""Who may ask for a report, by what it is about."""

from typing import Any

from django.db.models import Q, QuerySet

from monitoring.models.report_subjects import ReportKind
from partnerships.models import Partnership
from registry.errors import DomainError, NotAllowed
from registry.models import FocalPoint, Partner, User


def countries_of(user: Any) -> QuerySet[Any, Any]:
    """Keys of the countries for whose national focal point the user speaks; for admins of all that
    have one."""
    points = FocalPoint.objects
    found = points.standing() if user.is_staff else points.spoken_for_by(user)
    return found.values("country")


def seen_of(user: Any) -> Q:
    """Reports whose subject somebody sees; of a partner that was merged, with the survivor."""
    partners = Partner.objects.visible_to(user).values("pk")
    about = Q(partner=None) | Q(partner__in=partners) | Q(partner__merged_into__in=partners)
    partnerships = Partnership.objects.visible_to(user).values("pk")
    return about & (Q(partnership=None) | Q(partnership__in=partnerships))


def own_of(user: Any) -> Q:
    """Reports, or runs, on partners that the user manages, and on those merged into them."""
    own = Partner.objects.editable_by(user).values("pk")
    return Q(partner__in=own) | Q(partner__merged_into__in=own)


def require_asker(kind: str, subject: Any, *, by: User) -> None:
    """Members' people for a partnership, its managers for a partner, its national focal point's
    for a country; admins for anything, and they alone for what is nobody's own."""
    if by.is_staff:
        return
    if kind in (ReportKind.PARTNERSHIP, ReportKind.ANNUAL):
        if not Partnership.objects.insider(by).filter(pk=subject.pk).exists():
            raise NotAllowed("members_only", "Only the partnership's members may do this.")
    elif kind == ReportKind.PARTNER:
        if not Partner.objects.editable_by(by).filter(pk=subject.pk).exists():
            raise NotAllowed("managers_only", "Only the partner's managers may do this.")
    elif kind != ReportKind.COUNTRY or not countries_of(by).filter(country=subject).exists():
        raise NotAllowed("admins_only", "Only a registry admin may do this.")


def require_standing(subject: Any) -> None:
    """Reports are about registered partnerships, and partners that the registry keeps open."""
    if isinstance(subject, Partnership) and not subject.is_public():
        raise DomainError("not_registered", "Reports begin once the partnership is registered.")
    if isinstance(subject, Partner):
        subject.require_open()
