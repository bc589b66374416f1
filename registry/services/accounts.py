"""What people do with their own accounts."""

from django.db import transaction

from registry.models import Event, User


@transaction.atomic
def rename(user: User, name: str) -> None:
    """Change the name that others see; the log says that it changed, not from what to what."""
    user.name = name
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name"])
    Event.log(user, "renamed", by=user)
