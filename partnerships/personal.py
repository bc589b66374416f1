"""What is held here on a person besides references to the account."""

from typing import Any

from partnerships.models import MembershipInvitation


def erase(sender: Any, words: list[str], **_: Any) -> None:
    """Invitations that wait for one of the person's addresses end; `words` end with the name."""
    for invitation in MembershipInvitation.objects.open().to_addresses(words[:-1]):
        invitation.end(MembershipInvitation.Status.WITHDRAWN, by=None)


def export(sender: Any, addresses: list[str], **_: Any) -> tuple[str, Any]:
    return "membership_invitations", MembershipInvitation.objects.to_addresses(addresses)
