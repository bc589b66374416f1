"""A member that enters data on pages, and its form as a browser sends it back."""

from datetime import date

from lxml import html

from tests.factories import (
    FrameworkFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PeriodFactory,
    ReportingUnitFactory,
    UserFactory,
)


class Entering:
    """A member with an evaluator, a lead with a manager, one open quarter, three indicators."""

    def __init__(self):
        self.partnership = PartnershipFactory(active=True)
        self.member = MembershipFactory(partnership=self.partnership)
        self.framework = FrameworkFactory(partnership=self.partnership, agreed=True)
        self.number = self.indicator(title="Wells")
        self.ratio = self.indicator(title="Coverage", ratio=True)
        self.yes_no = self.indicator(title="Law", yes_no=True)
        self.unit = ReportingUnitFactory(membership=self.member, since_on=date(2024, 1, 1))
        self.period = PeriodFactory(framework=self.framework)
        self.evaluator = UserFactory(evaluates=self.member.partner)
        lead = self.partnership.memberships.get(roles=["lead"])
        self.lead = UserFactory(manages=lead.partner)

    def indicator(self, **fields):
        return IndicatorFactory(result__framework=self.framework, **fields)

    @property
    def names(self):
        return {
            "number": f"value-{self.number.pk}",
            "part": f"numerator-{self.ratio.pk}",
            "whole": f"denominator-{self.ratio.pk}",
            "law": f"value-{self.yes_no.pk}",
        }

    def typed(self, form, **fields):
        """A form as it was opened, with some fields typed over, and the button pressed."""
        return form | {self.names.get(name, name): text for name, text in fields.items()}

    def enter(self, client, submission, **fields):
        """Open the form, type and press a button; `submit` saves, checks and sends."""
        address = f"/submissions/{submission.pk}/"
        form = opened(client, submission)
        sends = fields.pop("submit", "")
        pressed = {"check": "1"} if sends else {}
        answer = client.post(address, self.typed(form, **fields, **pressed))
        return client.post(f"{address}check/", checked(client, address)) if sends else answer


def opened(client, submission):
    """The form's fields as a browser would send them back untouched."""
    return fields_of(client.get(f"/submissions/{submission.pk}/"))


def checked(client, address):
    """The page before sending, as a browser would send it back untouched."""
    return fields_of(client.get(f"{address}check/"))


def fields_of(answer):
    """Of the page's own form, not of the one for comments below it."""
    forms = html.fromstring(answer.content.decode()).forms
    form = [one for one in forms if not (one.action or "").endswith("/comment/")][-1]
    return {name: value or "" for name, value in form.fields.items()}


def values(submission):
    return {o.indicator_id: o for o in submission.observations.all()}
