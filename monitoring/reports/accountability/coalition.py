"""Group E, inclusiveness: E1 to E3."""

from decimal import Decimal

from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    no_data,
    rows,
    share,
)
from partnerships.models import AffectedGroup, Marker
from partnerships.models.coverage import SMALL, WANTED_OF_SMALL
from registry.models import Partner, Sector


def broad_coalition(subject: Subject) -> Outcome:
    """E1: sectors among accepted members / 5 (3 for subnational and community partnerships,
    at most 1): public, private, civil society, knowledge and philanthropy, international.

    Summary: "multi-stakeholder partners should come together to invoke broader and more
    inclusive coalitions".
    """
    members = subject.accepted
    if not members:
        return no_data("no accepted members", "Invite partners of several sectors.")
    sectors = {Partner.FACTS[m.partner.kind].sector for m in members if m.partner.kind}
    whole = WANTED_OF_SMALL if subject.said["about"]["level"] in SMALL else len(Sector)
    absent = ", ".join(str(s.label) for s in Sector if s not in sectors)
    return share(
        min(len(sectors), whole),
        whole,
        evidence=rows(members),
        next_step=f"Not among the members yet: {absent}.",
        sectors=sorted(str(s.value) for s in sectors),
    )


def social_dialogue(subject: Subject) -> Outcome:
    """E2: affected groups on the stakeholder map that were consulted in the last 12 months and
    told what came of it / affected groups on the map; nobody on the map: 0.

    Summary: "carefully examined and debated through inclusive, multi-stakeholder consultative
    processes and robust social dialogues at all levels".
    """
    dates = (subject.reference_on, subject.cutoff_at)
    groups = AffectedGroup.objects.filter(partnership=subject.partnership)
    mapped = list(groups.mapped(*dates).order_by("pk")) if subject.has(AffectedGroup) else []
    if not mapped:
        step = "Map the groups of people whom the partnership affects."
        return Outcome(value=Decimal(0), why="nobody is on the stakeholder map", next_step=step)
    heard = list(groups.heard_and_told(*dates).order_by("pk"))
    missing = [group.pk for group in mapped if group not in heard]
    return share(
        len(heard),
        len(mapped),
        evidence=rows(mapped),
        next_step=f"{len(missing)} group(s) were not consulted in the last 12 months and told"
        " what came of it.",
        not_heard_and_told=missing,
    )


def principles_mainstreamed(subject: Subject) -> Outcome:
    """E3: of the four markers (leaving no one behind, gender, human rights, climate) those
    assessed in the last 24 months with evidence, or with the reason for a 0 / 4.

    Mr. Jens Wandel: "mainstream the critical principles of leaving no one behind, gender
    equality, human rights and climate actions".
    """
    markers = Marker.objects.filter(partnership=subject.partnership)
    lately = markers.assessed_lately(subject.reference_on, subject.cutoff_at)
    assessed = list(lately) if subject.has(Marker) else []
    missing = sorted({str(kind.value) for kind in Marker.PURSUED} - {m.kind for m in assessed})
    words = ", ".join(str(Marker.Kind(kind).label) for kind in missing)
    return share(
        len(assessed),
        len(Marker.PURSUED),
        evidence=rows(assessed),
        next_step=f"Assess with evidence: {words}.",
        not_assessed=missing,
    )


MEASURES = [
    Measure("E1", "Broad coalition", "the summary's own voice", broad_coalition),
    Measure("E2", "Social dialogue", "the summary's own voice", social_dialogue),
    Measure("E3", "Principles mainstreamed", "Mr. Jens Wandel", principles_mainstreamed),
]
