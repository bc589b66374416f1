"""Former names, the logo, and being a country's focal point."""

from datetime import date
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.attached import kind_of
from registry.errors import DomainError
from registry.models import Event, FocalPoint, FormerName, Partner, User
from registry.models.partner_facts import require_admin
from registry.services.partners import managers_only

LARGEST_LOGO = 512 * 1024
# What a browser shows as an image and never runs: an SVG can hold a script.
IMAGES = ("png", "jpg", "gif", "webp")


@transaction.atomic
def add_former_name(
    partner: Partner, *, by: User, name: str, until_on: date | None = None
) -> FormerName:
    """Remember how a partner was called before it came here."""
    managers_only(partner, by)
    former = FormerName(partner=partner, name=name.strip(), until_on=until_on)
    former.clean_fields(exclude=["normal_name"])
    former.clean()
    if partner.former_names.filter(name__iexact=former.name).exists():
        raise DomainError("former_name_once", "The partner has this former name already.")
    former.save()
    Event.log(partner, "former_name_added", by=by)
    return former


@transaction.atomic
def remove_former_name(former: FormerName, *, by: User) -> None:
    """Take back a former name that was a slip."""
    managers_only(former.partner, by)
    Event.log(former.partner, "former_name_removed", by=by)
    former.delete()


@transaction.atomic
def set_logo(partner: Partner, *, by: User, upload: UploadedFile) -> Partner:
    """Store an image under a name of our own; the former one goes once this one is there."""
    managers_only(partner, by)
    content = upload.read(LARGEST_LOGO + 1)
    if len(content) > LARGEST_LOGO:
        text = f"The image is larger than {LARGEST_LOGO // 1024} KB."
        raise ValidationError({"logo": ValidationError(text, code="too_large")})
    was, name = partner.logo.name, f"logos/{uuid4().hex}.{image_type(content)}"
    partner.change(logo=name)
    Event.log(partner, "logo_changed", by=by)
    default_storage.save(name, ContentFile(content))
    _delete_once_committed(was)
    return partner


@transaction.atomic
def remove_logo(partner: Partner, *, by: User) -> Partner:
    managers_only(partner, by)
    if was := partner.logo.name:
        partner.change(logo="")
        Event.log(partner, "logo_removed", by=by)
        _delete_once_committed(was)
    return partner


def image_type(content: bytes) -> str:
    """The type by the first bytes, whatever the file is called; ValidationError if none."""
    kind = kind_of(ContentFile(content))
    if kind in IMAGES:
        return kind
    raise ValidationError(
        {"logo": ValidationError("Send a PNG, JPEG, GIF or WebP image.", code="not_an_image")}
    )


@transaction.atomic
def name_focal_point(partner: Partner, *, by: User, named_on: date | None = None) -> FocalPoint:
    """Make a verified government partner the national focal point of its country."""
    require_admin(by)
    # A suspension at the same moment waits, or is seen here.
    partner = Partner.objects.select_for_update(of=["self"]).get(pk=partner.pk)
    point = FocalPoint(
        partner=partner, country=partner.country, named_on=named_on or timezone.localdate()
    )
    point.check_values()
    try:
        with transaction.atomic():
            point.save(force_insert=True)
    except IntegrityError:
        text = "The country has a national focal point: end that first."
        raise DomainError("focal_point_once", text) from None
    Event.log(point, "named", by=by)
    return point


def _delete_once_committed(name: str | None) -> None:
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
