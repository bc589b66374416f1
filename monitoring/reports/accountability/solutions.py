"""Group H, solutions and needs: H1 and H2."""

from monitoring.reports.accountability.measure import (
    Measure,
    Outcome,
    Subject,
    no_data,
    not_applicable,
    rows,
    share,
)
from partnerships.models import Need, Solution
from partnerships.models.solutions import is_local
from registry.models import AuditEntry, Event


def needs_met(subject: Subject) -> Outcome:
    """H1: stated needs with a match that the need's owner had accepted / needs of the
    partnership stated by the reference date and not withdrawn by it.

    Mr. Jens Wandel "recommended the use of a Solutions Catalogue to pipeline well-defined
    bottom-up solutions and to identify needs within partnerships".
    """
    stated = subject.partnership.needs.stated_on(subject.reference_on, subject.known_at)
    needs = list(stated.order_by("pk")) if subject.has(Need) else []
    if not needs:
        return no_data("no need is stated", "State the partnership's needs in the catalogue.")
    met = list(stated.with_accepted_match(subject.known_at).order_by("pk"))
    open_ones = [need.pk for need in needs if need not in met]
    return share(
        len(met),
        len(needs),
        evidence=rows(needs),
        next_step=f"Answer the matches proposed for {len(open_ones)} need(s), or look for others.",
        without_accepted_match=open_ones,
        met_otherwise=[n.pk for n in needs if n.pk in open_ones and _is_met(n, subject)],
    )


def _is_met(need: Need, subject: Subject) -> bool:
    ended = need.ended_on is not None and need.ended_on <= subject.reference_on
    return ended and need.status == Need.Status.MET


def bottom_up(subject: Subject) -> Outcome:
    """H2: catalogue solutions that a local member owns and that had passed screening / solutions
    that the partnership had brought in, those waiting for the secretariat's screening left out.
    Local: a local government, a community organisation, or one that works below the level of its
    country. None brought in: no data.

    Mr. Jens Wandel "recommended the use of a Solutions Catalogue to pipeline well-defined
    bottom-up solutions".
    """
    brought = _brought_in(subject)
    waiting = _waiting(brought, subject)
    settled = [one for one in brought if one not in waiting]
    if not brought:
        step = "Bring solutions of local members into the catalogue."
        return no_data("no solution was brought in", step)
    if not settled:
        return not_applicable("all solutions brought in wait for the secretariat's screening")
    owners = [solution.owner for solution in settled]
    AuditEntry.objects.restore(owners, subject.known_at, "level")
    members = {member.partner_id for member in subject.accepted}
    local = [one for one in settled if one.owner_id in members and is_local(one.owner)]
    passed = [one for one in local if _is_screened(one, subject)]
    return share(
        len(passed),
        len(settled),
        evidence=rows(settled),
        next_step="Help local members to bring in what works with them.",
        from_local_members=len(local),
        waiting_for_reviewer=len(waiting),
    )


def _brought_in(subject: Subject) -> list[Solution]:
    """Those named as the partnership's by the reference date, whosever they are now."""
    if not subject.has(Solution):
        return []
    key, at = subject.partnership.pk, subject.known_at
    taken = AuditEntry.objects.keys_that_held(Solution, "partnership_id", key, at)
    either = Solution.objects.order_by().filter(partnership=key).values_list("pk").union(taken)
    named = Solution.objects.filter(pk__in=either, created_at__lte=at)
    solutions = subject.before_merges.with_partners(named.order_by("pk"), "owner")
    AuditEntry.objects.restore(solutions, subject.known_at, "partnership_id")
    return [one for one in solutions if one.partnership_id == subject.partnership.pk]


def _waiting(brought: list[Solution], subject: Subject) -> list[Solution]:
    """Proposed and not screened then; one sent back waits for its owner until it is edited."""
    unscreened = [one for one in brought if not _is_screened(one, subject)]
    events = Event.objects.filter(
        subject_type=Solution._meta.label_lower,
        subject_id__in=[one.pk for one in unscreened],
        at__lte=subject.known_at,
    )
    last = dict(events.order_by("at", "pk").values_list("subject_id", "kind"))
    answered = {"solution.returned", "solution.retired"}
    return [one for one in unscreened if last.get(one.pk) not in answered]


def _is_screened(solution: Solution, subject: Subject) -> bool:
    return solution.screened_at is not None and solution.screened_at <= subject.known_at


MEASURES = [
    Measure("H1", "Needs met", "Mr. Jens Wandel", needs_met),
    Measure("H2", "Bottom-up", "Mr. Jens Wandel", bottom_up),
]
