"""What is reviewed and amended of partnerships."""

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partnerships import PartnershipFactory


class PartnershipVersionFactory(Factory):
    """What the partnership says at this moment."""

    class Meta:
        model = "partnerships.PartnershipVersion"

    partnership = factory.SubFactory(PartnershipFactory, registered=True)
    why = "registered"
    at = NOON

    @classmethod
    def _create(cls, model_class, *args, partnership, why, at, by=None):
        return partnership.versions.take(partnership, why, by=by, at=at)
