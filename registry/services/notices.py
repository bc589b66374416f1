"""What a person does with their own notices."""

from collections.abc import Mapping

from django.db import transaction

from registry.models import Notice, NoticeSetting, User


@transaction.atomic
def choose_all(user: User, chosen: Mapping[str, str]) -> None:
    """How the user wants to hear of each of these groups: all of it is stored, or nothing."""
    for group, how in chosen.items():
        NoticeSetting.choose(user, group, how)


def read_all(user: User) -> int:
    return Notice.objects.visible_to(user).order_by().mark_read()
