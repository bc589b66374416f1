"""What a partnership said at the moments that count."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from partnerships.models.documents import PARTS, document_of, hash_of
from partnerships.models.partnership import Partnership
from partnerships.models.sections import Section
from registry.models import User

if TYPE_CHECKING:
    from datetime import datetime


class PartnershipVersionQuerySet(models.QuerySet["PartnershipVersion"]):
    def public(self) -> Self:
        """What was registered, of partnerships that are public; submissions are the members'."""
        return self.filter(
            why__in=PartnershipVersion.PUBLIC,
            partnership__in=Partnership.objects.public().values("pk"),
        )

    def visible_to(self, user: Any) -> Self:
        public = Q(pk__in=self.model._default_manager.public().values("pk"))
        inside = Partnership.objects.insider(user).values("pk")
        return self.filter(public | Q(partnership__in=inside))

    def held_at(self, at: "datetime") -> Self:
        """The version that was registered, or last amended, by a moment; else the first one."""
        kept = self.filter(why__in=PartnershipVersion.PUBLIC)
        by_then = Case(When(at__lte=at, then=F("number")), default=-F("number"))
        return kept.order_by(by_then.desc())[:1]

    def take(
        self, partnership: Partnership, why: str, *, by: User | None, at: "datetime | None" = None
    ) -> "PartnershipVersion":
        """Keep what the partnership says now, in the caller's transaction, which holds it."""
        document = document_of(partnership)
        last = partnership.versions.order_by("-number").values_list("number", flat=True).first()
        return self.create(
            partnership=partnership,
            number=(last or 0) + 1,
            why=why,
            document=document,
            sha256=hash_of(document),
            by=by,
            at=at or timezone.now(),
        )


class PartnershipVersion(models.Model):
    """What a partnership said when it was submitted, registered or amended; never changed."""

    class Why(models.TextChoices):
        SUBMITTED = "submitted"
        REGISTERED = "registered"
        AMENDED = "amended"

    PUBLIC = (Why.REGISTERED, Why.AMENDED)

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(help_text="counts up within the partnership")
    why = models.CharField(max_length=10, choices=Why)
    document = models.JSONField(help_text="what everybody may read, by section")
    sha256 = models.CharField(max_length=64, help_text="of the document's canonical form")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="partnership_versions")
    at = models.DateTimeField(default=timezone.now)

    objects = PartnershipVersionQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "number"], name="partnership_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership}, version {self.number}"

    @property
    def is_public(self) -> bool:
        """For everybody, once the partnership is public."""
        return self.why in self.PUBLIC

    def before(self, user: Any) -> "PartnershipVersion | None":
        """The version before it that the user may see, and that is for the same readers: what
        was registered does not take out what only the members read of a submission.
        """
        seen = PartnershipVersion.objects.visible_to(user)
        if self.is_public:
            seen = seen.filter(why__in=self.PUBLIC)
        earlier = seen.filter(partnership=self.partnership_id, number__lt=self.number)
        return earlier.order_by("-number").first()


def said_at(partnership: Partnership, at: "datetime", *sections: Section) -> dict[str, Any]:
    """Sections of what it said at a moment, as its versions hold them; one query.

    A partnership of which no version was kept (imported, or not registered yet) says what it
    says now.
    """
    wanted = [KeyTransform(section.value, "document") for section in sections]
    version = partnership.versions.held_at(at).values_list(*wanted).first()
    if version is None:
        return {section.value: PARTS[section](partnership) for section in sections}
    return dict(zip((section.value for section in sections), version, strict=True))
