"""Principles and dialogue as parts of a partnership's document; only what is public."""

from partnerships.models.documents import Value, part, values_of
from partnerships.models.partnership import Partnership
from partnerships.models.sections import Section
from partnerships.models.ten_principles import TenPrinciplesCommitment
from registry.disclosure import alone

MARKER = ("significance", "evidence", "reason", "assessed_on", "review_on")
GROUP = ("name", "people", "level", "effect", "how", "influence", "reach")
TECHNOLOGY = ("intended", "unintended", "assessed_on", "review_on")


@part(Section.PRINCIPLES)
def _principles(partnership: Partnership) -> Value:
    stated = TenPrinciplesCommitment.objects.standing().filter(membership__partnership=partnership)
    groups = partnership.beneficiary_groups.standing().order_by("pk")
    return {
        "markers": [
            {"id": row.kind, "name": row.get_kind_display(), **values_of(row, MARKER)}
            for row in partnership.markers.all().current().order_by("kind")
        ],
        "beneficiaries": [
            {"id": row.people, "name": str(row), "how_reached": row.how_reached} for row in groups
        ],
        "ten_principles": [
            {"id": row.pk, "name": row.membership.partner.name, "since": str(row.committed_on)}
            for row in stated.select_related("membership__partner").order_by("pk")
        ],
    }


@part(Section.DIALOGUE)
def _dialogue(partnership: Partnership) -> Value:
    """The stakeholder map and technologies; consultations are a log of their own."""
    groups = partnership.affected_groups.standing().order_by("pk")
    looked_at = partnership.technology_assessments.standing().order_by("pk")
    return {
        "groups": [
            {"id": row.pk, **values_of(row, GROUP), "size": alone(row.size).text} for row in groups
        ],
        "technologies": [
            {
                "id": row.pk,
                "name": row.technology,
                **values_of(row, TECHNOLOGY),
                "assessors": ", ".join(sorted(row.assessors)),
            }
            for row in looked_at
        ],
    }
