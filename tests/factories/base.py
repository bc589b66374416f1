"""What all factories share."""

from datetime import UTC, datetime

from factory.django import DjangoModelFactory

PASSWORD = "only-in-tests-7"
NOON = datetime(2024, 1, 15, 12, tzinfo=UTC)


class Factory(DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True
