"""What is reviewed and amended of partnerships."""

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partnerships import MembershipFactory, PartnershipFactory
from tests.factories.registry import UserFactory


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


class PartnershipReviewFactory(Factory):
    """Open, of a submitted partnership; `returned=True` was decided."""

    class Meta:
        model = "partnerships.PartnershipReview"

    class Params:
        returned = factory.Trait(
            outcome="returned",
            reason="Name the places.",
            decided_at=NOON,
            decided_by=factory.SubFactory(UserFactory, admin=True),
            partnership=factory.SubFactory(PartnershipFactory, returned=True),
        )

    partnership = factory.SubFactory(PartnershipFactory, submitted=True, smart=True)
    submission = factory.SubFactory(
        PartnershipVersionFactory,
        partnership=factory.SelfAttribute("..partnership"),
        why="submitted",
    )
    round = factory.LazyAttribute(lambda o: 1 + o.partnership.reviews.count())
    submitted_at = NOON


class ReviewCheckFactory(Factory):
    class Meta:
        model = "partnerships.ReviewCheck"

    review = factory.SubFactory(PartnershipReviewFactory)
    item = "coalition"
    is_done = True
    by = factory.SubFactory(UserFactory, admin=True)


class ReviewCommentFactory(Factory):
    class Meta:
        model = "partnerships.ReviewComment"

    review = factory.SubFactory(PartnershipReviewFactory)
    partnership = factory.SelfAttribute("review.partnership")
    section = "places"
    text = "Which districts?"
    by = factory.SubFactory(UserFactory, admin=True)
    created_at = NOON


class AmendmentFactory(Factory):
    """A draft that renames the partnership; `submitted=True` waits for approval."""

    class Meta:
        model = "partnerships.Amendment"

    class Params:
        submitted = factory.Trait(status="submitted", submitted_at=NOON)
        returned = factory.Trait(status="returned", decided_at=NOON, answer="Say why.")
        withdrawn = factory.Trait(status="withdrawn", decided_at=NOON)
        approved = factory.Trait(
            status="approved",
            decided_at=NOON,
            result=factory.SubFactory(
                PartnershipVersionFactory,
                partnership=factory.SelfAttribute("..partnership"),
                why="amended",
            ),
        )

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    number = factory.LazyAttribute(lambda o: 1 + o.partnership.amendments.count())
    reason = "The council widened the work."
    wanted = factory.LazyFunction(lambda: {"about": {"title": "Wells and pipes"}})

    @classmethod
    def _create(cls, model_class, *args, wanted, reason, **values):
        amendment = model_class(**values)
        read = amendment.propose(wanted, reason)
        for name, value in read.items():
            setattr(amendment, name, value)
        amendment.save(force_insert=True)
        return amendment


class AmendmentEndorsementFactory(Factory):
    class Meta:
        model = "partnerships.AmendmentEndorsement"

    amendment = factory.SubFactory(AmendmentFactory, submitted=True)
    membership = factory.SubFactory(
        MembershipFactory, partnership=factory.SelfAttribute("..amendment.partnership")
    )
    user = factory.LazyAttribute(lambda o: UserFactory(manages=o.membership.partner))
    sha256 = factory.SelfAttribute("amendment.sha256")
    endorsed_at = NOON
