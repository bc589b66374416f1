"""What a partner is found by."""

from django.db import models

from registry.models.partners import Partner
from registry.models.search import SearchDocument


class PartnerSearch(SearchDocument):
    """A partner's name, former names, acronym and identifiers, ready to be searched."""

    # The key is in the database, ON DELETE CASCADE: whoever deletes a partner need not know.
    record = models.OneToOneField(
        Partner,
        models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="search_document",
    )

    class Meta(SearchDocument.Meta):
        abstract = False
