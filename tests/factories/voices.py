"""What anybody says of a partnership."""

from datetime import date
from hashlib import sha256

import factory

from tests.factories.base import NOON, Factory
from tests.factories.partnerships import PartnershipFactory


class FeedbackFactory(Factory):
    """Received, not moderated yet."""

    class Meta:
        model = "partnerships.Feedback"

    class Params:
        on_its_way = factory.Trait(passed_at=NOON, answer_due_on=date(2025, 7, 1))
        passed = factory.Trait(on_its_way=True, status="passed")
        answered = factory.Trait(
            on_its_way=True, status="answered", answer="We mended it.", answered_at=NOON
        )
        refused = factory.Trait(status="refused")

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    text = factory.Sequence(lambda n: f"The pump of village {n} is broken.")
    sender = "affected"
    may_publish = True
    code_sha256 = factory.Sequence(lambda n: sha256(b"feedback %d" % n).hexdigest())


class ComplaintFactory(Factory):
    class Meta:
        model = "partnerships.Complaint"

    class Params:
        acknowledged = factory.Trait(status="acknowledged")
        reviewed = factory.Trait(status="reviewed")
        closed = factory.Trait(status="closed", outcome="founded", closed_on=date(2025, 7, 1))

    category = "fraud"
    partnership = factory.SubFactory(PartnershipFactory, active=True)
    text = factory.Sequence(lambda n: f"Receipt {n} was invented.")
    acknowledge_by = date(2025, 6, 8)
    code_sha256 = factory.Sequence(lambda n: sha256(b"complaint %d" % n).hexdigest())


class LessonFactory(Factory):
    class Meta:
        model = "partnerships.Lesson"

    class Params:
        published = factory.Trait(status="published", published_on=date(2025, 6, 1))
        withdrawn = factory.Trait(status="withdrawn")

    partnership = factory.SubFactory(PartnershipFactory, active=True)
    kind = "worked"
    title = factory.Sequence(lambda n: f"Lesson {n}")
    happened = "Spare parts were three weeks away."
    learnt = "Keep a stock of seals in each district."
