"""What the access matrix finds in the Solutions Catalogue."""

from tests import factories as f


def catalogue(lead, member, rows):
    """The member owns solutions and a fund; the lead states needs for itself and partnerships."""
    active = rows["active"]
    need = f.NeedFactory(partnership=active, partner=lead)
    own = f.NeedFactory(partner=member)
    solution = f.SolutionFactory(owner=member, worked_where="Kisumu", evidence="Counted.")
    piloted = f.SolutionFactory(owner=member, status="piloted", evidence="Counted.")
    return {
        "proposed_solution": f.SolutionFactory(owner=member, proposed=True),
        "solution": solution,
        "piloted_solution": piloted,
        "need": need,
        "own_need": own,
        "need_of_draft": f.NeedFactory(partnership=rows["draft"], partner=lead),
        "fund": f.FundFactory(partner=member),
        "match": f.MatchFactory(need=need, solution=solution),
        "accepted_match": f.MatchFactory(need=need, solution=piloted, accepted=True),
    }
