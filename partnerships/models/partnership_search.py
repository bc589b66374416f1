"""What a partnership is found by."""

from typing import ClassVar

from django.db import models

from partnerships.models.partnership import Partnership
from registry.models.search import SearchDocument


class PartnershipSearch(SearchDocument):
    """A partnership's title, codes, summary and objectives, ready to be searched.

    Title and codes are its keys; a word of the title weighs more than one of the summary, and
    that more than one of an objective.
    """

    ranked_by: ClassVar[str] = "partnerships_search_rank"

    # The key is in the database, ON DELETE CASCADE: whoever deletes one need not know.
    record = models.OneToOneField(
        Partnership,
        models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="search_document",
    )

    class Meta(SearchDocument.Meta):
        abstract = False
