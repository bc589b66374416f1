"""What whoever leads a partnership can do with it as a whole."""

from typing import Any, NamedTuple

from django import forms

from partnerships.models import Partnership

Status = Partnership.Status


class Move(NamedTuple):
    """A move that the lead makes, by the name of the model's own method."""

    name: str
    label: str
    says: str
    sources: tuple[str, ...]
    reason: str  # needed, asked or none


MOVES = (
    Move(
        "take_back",
        "Take the submission back",
        "It is a draft again, and can be changed.",
        (Status.SUBMITTED,),
        "none",
    ),
    Move(
        "activate",
        "Activate",
        "Work begins, or goes on. From now on reports fall due.",
        (Status.REGISTERED, Status.INACTIVE),
        "asked",
    ),
    Move(
        "complete",
        "Complete",
        "Close the books. Before the last day, or with promises that were not kept, say why.",
        (Status.ACTIVE,),
        "asked",
    ),
    Move(
        "terminate",
        "End it early",
        "This is for good: it is not opened again. Everybody reads that it ended early.",
        (Status.REGISTERED, Status.ACTIVE, Status.INACTIVE),
        "needed",
    ),
)


def moves_from(status: str) -> list[Move]:
    return [move for move in MOVES if status in move.sources]


class MoveForm(forms.Form):
    """A move, with its reason where it needs one."""

    reason = forms.CharField(
        label="Reason", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, move: Move, sent: Any = None) -> None:
        super().__init__(sent, auto_id=f"id_{move.name}_%s")
        self.move = move
        if move.reason == "none":
            del self.fields["reason"]
        else:
            self.fields["reason"].required = move.reason == "needed"
