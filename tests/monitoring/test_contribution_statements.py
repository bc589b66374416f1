"""The national focal point on the entries of its country's report."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.models import ContributionStatement
from monitoring.services.contribution_statements import confirm_all, state_contribution_of
from registry.errors import DomainError, NotAllowed
from registry.models import Event
from tests.factories import (
    ContributionStatementFactory,
    CountryFactory,
    FocalPointFactory,
    PartnershipCountryFactory,
    PartnershipFactory,
    UserFactory,
)
from tests.moves import field_of, race, refused

pytestmark = pytest.mark.django_db
CITED = {"kind": "cited", "review": "vnr", "review_year": 2025, "reference": "page 41"}


def entry(country, **fields):
    fields = fields or {"active": True}
    partnership = PartnershipFactory(**fields)
    PartnershipCountryFactory(partnership=partnership, country=country)
    return partnership


@pytest.fixture
def country():
    return CountryFactory(alpha2="KE")


@pytest.fixture
def point(country):
    return FocalPointFactory(partner__country=country)


@pytest.fixture
def speaker(point):
    return UserFactory(manages=point.partner)


@pytest.mark.parametrize(
    "said",
    [{"kind": "confirmed"}, {"kind": "commented", "text": "كما تراه الوزارة"}, CITED],
)
def test_the_focal_points_manager_says_it(country, point, speaker, said):
    partnership = entry(country)

    statement = state_contribution_of(partnership, country=country, by=speaker, year=2024, **said)

    stored = ContributionStatement.objects.get()
    assert stored == statement
    assert (stored.focal_point, stored.by, stored.kind) == (point, speaker, said["kind"])
    assert Event.objects.about(stored).get().kind == f"contributionstatement.{said['kind']}"


def test_said_again_is_said_once_and_something_newer_stands_beside_it(country, speaker):
    partnership = entry(country)

    def say(**said):
        return state_contribution_of(partnership, country=country, by=speaker, year=2024, **said)

    confirmed = say(kind="confirmed")
    cited = say(**CITED)
    assert say(kind="confirmed") == confirmed
    assert say(**CITED) == cited
    commented = say(kind="commented", text="Half of it.")
    again = say(kind="confirmed")

    assert again != confirmed
    newest = ContributionStatement.objects.newest_first()
    assert list(newest) == [again, commented, cited, confirmed]
    assert list(newest.answers()) == [again, commented, confirmed]


def test_nobody_else_speaks_for_a_government(country, point):
    partnership = entry(country)
    other = FocalPointFactory(partner__country=CountryFactory(alpha2="PE"))
    lead = partnership.memberships.get().partner

    for person in (
        UserFactory(),
        UserFactory(admin=True),
        UserFactory(evaluates=point.partner),
        UserFactory(manages=other.partner),
        UserFactory(manages=lead),
        UserFactory(service=True, manages=point.partner),
    ):
        with refused("focal_point_only", NotAllowed):
            state_contribution_of(
                partnership, country=country, by=person, year=2024, kind="confirmed"
            )
    assert not ContributionStatement.objects.exists()


def test_a_former_focal_point_is_silent_and_what_it_said_stays(country, point, speaker):
    partnership = entry(country)
    said = state_contribution_of(
        partnership, country=country, by=speaker, year=2024, kind="confirmed"
    )
    point.end(by=UserFactory(admin=True), reason="Elections.")

    with refused("focal_point_only", NotAllowed):
        state_contribution_of(
            partnership, country=country, by=speaker, year=2024, kind="commented", text="No."
        )

    assert list(ContributionStatement.objects.all()) == [said]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "commented"}, "text"),
        ({"kind": "commented", "text": "  "}, "text"),
        ({"kind": "commented", "text": "x" * 5_001}, "text"),
        ({"kind": "confirmed", "review": "vnr"}, "review"),
        ({**CITED, "reference": " "}, "reference"),
        ({**CITED, "review_year": None}, "review_year"),
        ({**CITED, "review": "other one"}, "review"),
        ({**CITED, "review_year": 1900}, "review_year"),
        ({"kind": "praised"}, "kind"),
        ({"kind": "confirmed", "year": 2999}, "year"),
        ({"kind": "confirmed", "year": 2023}, "year"),
    ],
)
def test_wrong_input(country, speaker, said, field):
    with pytest.raises(ValidationError) as refusal:
        state_contribution_of(entry(country), country=country, by=speaker, **{"year": 2024, **said})

    assert field_of(refusal.value) == field


def test_only_of_a_registered_partnership_that_works_there(country, speaker):
    elsewhere = PartnershipFactory(active=True)
    draft = entry(country, status="draft")

    for partnership in (elsewhere, draft):
        with pytest.raises(ValidationError) as refusal:
            state_contribution_of(
                partnership, country=country, by=speaker, year=2024, kind="confirmed"
            )
        assert field_of(refusal.value) == "partnership"


@pytest.mark.parametrize("status", ["terminated", "completed", "suspended"])
def test_of_one_that_has_ended_too(country, speaker, status):
    said = state_contribution_of(
        entry(country, **{status: True}), country=country, by=speaker, year=2024, kind="confirmed"
    )

    assert said.pk


def test_the_chosen_are_confirmed_together_or_not_at_all(country, speaker):
    one, two = entry(country), entry(country)
    elsewhere = PartnershipFactory(active=True)

    with pytest.raises(ValidationError):
        confirm_all([one, elsewhere, two], country=country, by=speaker, year=2024)
    assert not ContributionStatement.objects.exists()

    said = confirm_all([two, one], country=country, by=speaker, year=2024)
    assert [statement.partnership for statement in said] == [one, two]
    assert confirm_all([one, two], country=country, by=speaker, year=2024) == said


def test_a_statement_never_changes():
    said = ContributionStatementFactory(partnership__starts_on=date(2024, 1, 1))

    for change in (
        lambda: ContributionStatement.objects.filter(pk=said.pk).update(text="Other"),
        lambda: ContributionStatement.objects.filter(pk=said.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_said_twice_at_once_is_one_statement():
    country = CountryFactory(alpha2="KE")
    point = FocalPointFactory(partner__country=country)
    speaker = UserFactory(manages=point.partner)
    partnership = entry(country)

    def say():
        return state_contribution_of(
            partnership, country=country, by=speaker, year=2024, kind="confirmed"
        )

    outcomes = race(say, say)

    assert outcomes[0] == outcomes[1]
    assert ContributionStatement.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ended_while_it_speaks():
    """Either it spoke before it ended, or it was refused; never after."""
    country = CountryFactory(alpha2="KE")
    point = FocalPointFactory(partner__country=country)
    speaker, admin = UserFactory(manages=point.partner), UserFactory(admin=True)
    partnership = entry(country)

    said, _ = race(
        lambda: state_contribution_of(
            partnership, country=country, by=speaker, year=2024, kind="confirmed"
        ),
        lambda: point.end(by=admin, reason="Elections."),
    )

    ended_at = Event.objects.about(point).get(kind="focalpoint.ended").at
    if isinstance(said, DomainError):
        assert said.code == "focal_point_only"
    else:
        assert said.said_at <= ended_at
