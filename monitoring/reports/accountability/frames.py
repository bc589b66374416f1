"""Group A, what was agreed to be measured: A1, A6 and A9."""

from monitoring.models import DataLevel, Framework, ReportingUnit
from monitoring.reports.accountability.measure import (
    Outcome,
    Subject,
    no_data,
    not_applicable,
    nothing_due,
    numbered,
    rows,
    share,
    waits_for_reviewer,
)
from monitoring.reports.sheets import missing_of
from partnerships.models import Endorsement, Membership


def agreed_framework(subject: Subject) -> Outcome:
    """A1: accepted members who by the reference date had endorsed the last agreed framework
    edition (if none was agreed, the proposed one) / accepted members; active without any: 0.

    Summary: "partners should have in place mutually agreed monitoring and evaluation
    frameworks". Asked by the summary's own voice.
    """
    members = subject.accepted
    step = "Propose a framework and ask every member to endorse it."
    if not members:
        return no_data("no accepted members", "Invite partners.")
    framework = _framework_to_endorse(subject)
    if framework is None or framework.agreement is None:
        active = subject.partnership.activated_at
        if active and active < subject.known_until:
            return share(0, len(members), evidence=rows(members), next_step=step)
        return no_data("no framework was proposed", step)
    endorsed = _endorsed(framework, members, subject)
    missing = len(members) - len(endorsed)
    return share(
        len(endorsed),
        len(members),
        evidence=rows([framework, *endorsed]),
        next_step=f"{missing} member(s) have not endorsed edition {framework.edition}.",
    )


def _endorsed(
    framework: Framework, members: list[Membership], subject: Subject
) -> list[Endorsement]:
    assert framework.agreement
    said = framework.agreement.endorsements.filter(endorsed_at__lt=subject.known_until)
    found: list[Endorsement] = subject.before_merges.of_members(said.order_by("pk"), members)
    return found


def _framework_to_endorse(subject: Subject) -> Framework | None:
    """The last edition agreed by then; else the last one proposed and not taken back by then."""
    until = subject.known_until
    agreed: list[Framework] = []
    proposed: list[Framework] = []
    for one in subject.partnership.frameworks.select_related("agreement").order_by("edition"):
        if one.agreed_at and one.agreed_at < until:
            agreed.append(one)
        was_proposed = one.agreement and one.agreement.proposed_at
        is_withdrawn = one.withdrawn_at and one.withdrawn_at < until
        if was_proposed and was_proposed < until and not is_withdrawn:
            proposed.append(one)
    found = agreed or proposed
    return found[-1] if found else None


def standardised(subject: Subject) -> Outcome:
    """A6: indicators with a complete metadata sheet (definition, unit, method, source,
    frequency, means of verification) whose link to a library is stated as identical, proxy,
    contributes or none / indicators.

    Summary: "standardizing data-collection and data-sharing measures including at the local
    level". Asked by the summary's own voice.
    """
    indicators = subject.indicators
    if not indicators:
        return no_data("the framework has no indicators", "Add indicators with their sheets.")
    full = [i for i in indicators if not missing_of(i)]
    lacking = len(indicators) - len(full)
    return share(
        len(full),
        len(indicators),
        evidence=rows(indicators),
        next_step=f"Complete the metadata sheet of {lacking} indicator(s).",
        full=[i.pk for i in full],
    )


def all_levels(subject: Subject) -> Outcome:
    """A9: levels at which data was reported in the period / levels named in the agreed
    framework, those whose data waits for a reviewer left out. A framework that names none: no
    data.

    Summary: "effective data collection and management at all levels". Asked by the summary's own
    voice.
    """
    if not subject.due_periods:
        return nothing_due(subject)
    step = "Name the levels at which data is reported when the framework is agreed anew."
    agreed_at = subject.framework.agreed_at
    if agreed_at is None or agreed_at > subject.cutoff_at:
        return no_data("the framework was not agreed", step)
    named = [level for level in DataLevel.values if level in subject.framework.levels]
    if not named:
        return no_data("the framework names no levels", step)
    return _of_levels(subject, named)


def _of_levels(subject: Subject, named: list[str]) -> Outcome:
    reported = {v.unit_level for v in subject.values}
    waiting = {one.submission.unit.level for one in subject.waiting_in_period} - reported
    judged = [level for level in named if level not in waiting]
    beside = waits_for_reviewer(subject, levels=[level for level in named if level in reported])
    if not judged:
        return not_applicable("nothing due: what was sent waits for a reviewer", **beside)
    missing = [level for level in judged if level not in reported]
    units = {v.unit_id for v in subject.values if v.unit_level in named}
    return share(
        len(judged) - len(missing),
        len(judged),
        evidence=numbered(ReportingUnit, units),
        next_step=f"No data came in at these levels: {', '.join(missing)}.",
        **beside,
    )
