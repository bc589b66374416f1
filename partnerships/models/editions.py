"""What differs between two editions of a document, clause by clause."""

from typing import NamedTuple

from partnerships.models.agreements import Agreement
from partnerships.models.clauses import Clause
from partnerships.models.differences import Piece, word_difference


class ClauseChange(NamedTuple):
    """A clause that was added, removed or changed, or stands as it stood."""

    heading: str
    what: str  # same, changed, added, removed
    pieces: list[Piece]


def changes_between(former: Agreement, later: Agreement) -> list[ClauseChange]:
    """In the order of the later edition, what was taken out at the end. Clauses are found again
    by what they are about, several of one kind by their heading, else by their order; documents
    that are not of clauses are compared as one text."""
    if later.kind not in Agreement.OF_CLAUSES or not later.clauses.exists():
        return [_compared("The document", former.whole_text(), later.whole_text())]
    changes = [_compared("Title", former.title, later.title)]
    changes += [_compared("Opening words", former.preamble, later.preamble)]
    left = list(former.clauses.all())
    for clause in later.clauses.all():
        was = _same_in(left, clause)
        if was:
            left.remove(was)
        changes.append(_compared(str(clause), _words(was), _words(clause)))
    changes += [_compared(clause.heading, _words(clause), "") for clause in left]
    changes += [_compared("How is decided", former.rules_said(), later.rules_said())]
    return [change for change in changes if change.pieces]


def _same_in(clauses: list[Clause], clause: Clause) -> Clause | None:
    of_kind = [one for one in clauses if one.kind == clause.kind]
    named = [one for one in of_kind if one.heading == clause.heading]
    return next(iter([*named, *of_kind]), None)


def _words(clause: Clause | None) -> str:
    return f"{clause.heading}\n{clause.text.strip()}" if clause else ""


def _compared(heading: str, before: str, after: str) -> ClauseChange:
    pieces = word_difference(before, after)
    if before == after:
        what = "same"
    elif before and after:
        what = "changed"
    else:
        what = "added" if after else "removed"
    return ClauseChange(heading, what, pieces)
