"""Reports: immutable snapshots of figures, of many kinds."""

from datetime import datetime
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q

from monitoring.models.report_askers import countries_of, own_of, seen_of
from monitoring.models.report_changes import outdated
from monitoring.models.report_life import ReportLife
from monitoring.models.report_subjects import OfSubject, ReportKind, days_in_words
from partnerships.models import Partnership
from registry.models import Event

# The subjects that a report's name may need.
SHOWN = ("partnership", "partner", "goal", "target", "country")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: Any) -> Self:
        """Published reports whose subject is visible; drafts for the subject's own people.

        A country's drafts are for its focal point as well; those about goals and the whole
        registry are the secretariat's alone.
        """
        if getattr(user, "is_staff", False):
            return self.all()
        inside = Q(partnership__in=Partnership.objects.insider(user).values("pk"))
        inside |= own_of(user) | Q(country__in=countries_of(user))
        return self.filter(Q(status__in=Report.PUBLIC) & seen_of(user) | inside)

    def latest_of(self, partnerships: Any) -> Self:
        """Each partnership's published report on its latest period, without the content."""
        periodic = self.filter(kind=ReportKind.PARTNERSHIP, partnership__in=partnerships)
        published = periodic.filter(status=Report.Status.PUBLISHED)
        newest = published.order_by("partnership_id", "-reference_on", "-revision", "-pk")
        return newest.distinct("partnership_id").select_related("period").defer("content")

    def public_at(self, moment: datetime) -> Self:
        """Partnerships' periodic reports that were public at a moment: published by then, and
        neither superseded nor withdrawn."""
        ended = Event.objects.filter(
            subject_type="monitoring.report",
            subject_id=OuterRef("pk"),
            became__in=[Report.Status.SUPERSEDED, Report.Status.WITHDRAWN],
            at__lte=moment,
        )
        published = self.filter(kind=ReportKind.PARTNERSHIP, published_at__lte=moment)
        return published.filter(~Exists(ended))

    def outdated(self, since: Any = None) -> Self:
        """Newest revisions of partnerships' reports that a correction has overtaken; with `since`,
        those stored after that moment, and those of partnerships in which a value was superseded
        or withdrawn after it."""
        found: Self = outdated(self, since)
        return found

    def for_list(self) -> Self:
        """With what a list names, without the content."""
        return self.select_related("period", *SHOWN).defer("content")

    def same_line(self, report: OfSubject) -> Self:
        """All revisions of a report: of its kind, its subject and its days."""
        return self.filter(**report.line)


class Report(OfSubject, ReportLife):
    """A snapshot of a subject's figures for some days: its content never changes."""

    Kind = ReportKind

    content = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(max_length=64)
    timeliness = models.CharField(max_length=10, blank=True, help_text="of a partnership's")
    achievement = models.CharField(max_length=9, blank=True, help_text="of a partnership's")

    objects = ReportQuerySet.as_manager()
    history_of = "partnership"

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = OfSubject.constraints_of("report")
        indexes = [models.Index(fields=["sha256"], name="report_sha256")]

    def __str__(self) -> str:
        about = self.subject or self.get_kind_display()
        return f"{about}: {self.label} r{self.revision}"

    @property
    def label(self) -> str:
        """What the days are called: a period's own label, else the days."""
        return self.period.label if self.period else days_in_words(self.starts_on, self.ends_on)
