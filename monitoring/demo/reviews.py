"""Due diligence of the demonstration's companies, with what was asked of them."""

from datetime import date, timedelta

from monitoring.demo.people import People
from monitoring.demo.reading import TODAY, moment
from registry.models import CriterionAnswer, DueDiligence, Event, ExclusionCriterion, Sector

ASKED = (
    "Makes, sells or finances weapons that treaties ban.",
    "Uses forced labour or child labour, or buys from those who do.",
    "Makes tobacco, or earns most of its money from it.",
    "Is under sanctions of the UN Security Council.",
    "Has been found to harm people or nature gravely, and has not made it good.",
)
SINCE = date(2022, 8, 1)


def review_companies(people: People) -> None:
    """Every company was reviewed before it joined anything; the demo's next expiry is near."""
    criteria = ExclusionCriterion.objects.bulk_create(
        ExclusionCriterion(
            number=number,
            text=text,
            active_from=SINCE,
            created_at=moment(SINCE),
            updated_at=moment(SINCE),
        )
        for number, text in enumerate(ASKED, start=1)
    )
    companies = [p for p in people.partners.values() if p.sector == Sector.PRIVATE]
    reviews = DueDiligence.objects.bulk_create(
        DueDiligence(
            partner=partner,
            reviewer=people.admin,
            ten_principles_on=date(2021, 6, 1) + timedelta(days=37 * number),
            ten_principles_statement="Published on the company's own pages.",
            findings="Annual reports of three years, press and court registers were read.",
            outcome=DueDiligence.Outcome.CLEARED,
            expires_on=TODAY + timedelta(days=20 + 30 * number),
            created_at=moment(SINCE),
            updated_at=moment(SINCE),
        )
        for number, partner in enumerate(companies)
    )
    CriterionAnswer.objects.bulk_create(
        CriterionAnswer(review=review, criterion=one, wording=one.text, answer="clear")
        for review in reviews
        for one in criteria
    )
    DueDiligence.objects.filter(pk__in=[review.pk for review in reviews]).update(
        status=DueDiligence.Status.DECIDED, decided_on=SINCE
    )
    Event.objects.bulk_create(
        Event(
            kind="duediligence.decided",
            subject_type="registry.duediligence",
            subject_id=review.pk,
            was="draft",
            became="decided",
            by=people.admin,
            at=moment(SINCE),
        )
        for review in reviews
    )
