"""Evaluators enter data on pages, reviewers decide: without script."""

from decimal import Decimal

import pytest

from tests.factories import AffiliationFactory, PeriodFactory, SubmissionFactory, UserFactory
from tests.monitoring.entering import Entering, opened, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return Entering()


@pytest.fixture
def draft(world):
    return SubmissionFactory(unit=world.unit, period=world.period)


def test_asks_to_sign_in(client, draft):
    for address in ("/submissions/", f"/submissions/{draft.pk}/"):
        assert client.get(address).headers["Location"].startswith("/sign-in/?next=")


def test_lists_what_is_due_and_begins_it_once(client, world):
    client.force_login(world.evaluator)
    address = f"/submissions/start/{world.unit.pk}/{world.period.pk}/"

    assert address in client.get("/submissions/").content.decode()
    first = client.post(address)
    assert client.post(address).headers["Location"] == first.headers["Location"]
    assert address not in client.get("/submissions/").content.decode()


def test_what_was_begun_and_what_was_sent_name_their_partnership(client, world, draft):
    client.force_login(world.evaluator)

    begun = client.get("/submissions/").content.decode()
    assert begun.count(world.partnership.title) == 1
    world.enter(client, draft, number="5", submit="1")
    sent = client.get("/submissions/").content.decode()
    assert sent.count(world.partnership.title) == 1


def test_somebody_elses_unit_cannot_be_begun(client, world):
    client.force_login(UserFactory())

    answer = client.post(f"/submissions/start/{world.unit.pk}/{world.period.pk}/")

    assert answer.status_code == 404
    assert world.unit.submissions.count() == 0


def test_saves_a_draft_as_people_write_numbers(client, world, draft):
    client.force_login(world.evaluator)

    answer = world.enter(client, draft, number="1 234,5", part="٤٠", whole="100", law="0", save="1")

    assert answer.status_code == 302
    stored = values(draft)
    assert stored[world.number.pk].value == Decimal("1234.5")
    assert (stored[world.ratio.pk].numerator, stored[world.ratio.pk].denominator) == (40, 100)
    assert stored[world.yes_no.pk].value == 0


def test_a_bad_value_is_named_nothing_is_saved_and_nothing_typed_is_lost(client, world, draft):
    client.force_login(world.evaluator)

    page = world.enter(client, draft, number="many", part="4", save="1").content.decode()

    assert f'href="#id_value-{world.number.pk}"' in page
    assert f'href="#id_denominator-{world.ratio.pk}"' in page
    assert 'value="many"' in page
    assert 'value="4"' in page
    assert 'aria-invalid="true"' in page
    assert not draft.observations.exists()


def test_an_empty_field_takes_the_value_out_of_the_draft_and_is_no_zero(client, world, draft):
    client.force_login(world.evaluator)
    world.enter(client, draft, number="5", law="1", save="1")

    world.enter(client, draft, number="", save="1")

    assert list(values(draft)) == [world.yes_no.pk]


@pytest.mark.parametrize("ambiguous", ["1,234", "12,345"])
def test_a_comma_that_may_mean_either_is_not_guessed(client, world, draft, ambiguous):
    client.force_login(world.evaluator)

    page = world.enter(client, draft, number=ambiguous, save="1").content.decode()

    assert "Expected a number" in page
    assert not draft.observations.exists()


def test_sends_for_review_with_the_values_or_not_at_all(client, world, draft):
    client.force_login(world.evaluator)

    empty = world.enter(client, draft, submit="1").content.decode()
    assert "There is no value to submit." in empty
    world.enter(client, draft, number="5", submit="1")

    draft.refresh_from_db()
    assert draft.status == "submitted"


def test_a_reviewer_returns_with_a_reason_and_the_evaluator_reads_it(client, world, draft):
    client.force_login(world.evaluator)
    world.enter(client, draft, number="5", submit="1")
    client.force_login(world.lead)
    address = f"/submissions/{draft.pk}/review/"
    assert address in client.get("/submissions/").content.decode()

    refused = client.post(address, {"answer": "return", "reason": " "}).content.decode()
    assert "Give the reason." in refused
    client.post(address, {"answer": "return", "reason": "Wells of which district?"})

    client.force_login(world.evaluator)
    assert "Wells of which district?" in client.get("/submissions/").content.decode()
    assert "Wells of which district?" in client.get(f"/submissions/{draft.pk}/").content.decode()


def test_a_reviewer_approves_and_the_value_counts(client, world, draft):
    client.force_login(world.evaluator)
    world.enter(client, draft, number="5", submit="1")
    client.force_login(world.lead)

    client.post(f"/submissions/{draft.pk}/review/", {"answer": "approve"})

    draft.refresh_from_db()
    assert draft.status == "approved"
    assert draft.observations.counting().count() == 1


def test_nobody_reviews_their_own(client, world, draft):
    AffiliationFactory(user=world.lead, partner=world.member.partner, role="evaluator")
    client.force_login(world.lead)
    world.enter(client, draft, number="5", submit="1")

    assert client.get(f"/submissions/{draft.pk}/review/").status_code == 404


def test_drafts_of_others_are_not_there(client, world, draft):
    client.force_login(UserFactory())

    assert client.get(f"/submissions/{draft.pk}/").status_code == 404
    assert client.get(f"/submissions/{draft.pk}/review/").status_code == 404


def test_what_is_typed_after_it_was_sent_is_not_saved_and_not_lost(client, world, draft):
    client.force_login(world.evaluator)
    form = opened(client, draft)
    world.enter(client, draft, number="5", submit="1")

    answer = client.post(f"/submissions/{draft.pk}/", world.typed(form, number="61", save="1"))

    assert values(draft)[world.number.pk].value == 5
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "nothing was saved" in page
    assert "61" in page


def test_approved_data_is_corrected_by_a_next_revision(client, world):
    approved = SubmissionFactory(
        unit=world.unit, period=world.period, values={world.number: 5}, approved=True
    )
    client.force_login(world.evaluator)

    answer = client.post(f"/submissions/{approved.pk}/correct/")

    revision = world.unit.submissions.get(revision=2)
    assert answer.headers["Location"] == f"/submissions/{revision.pk}/"
    form = client.get(answer.headers["Location"]).content.decode()
    assert "fill in only what changes" in form


def test_shows_the_last_value_beside_the_input(client, world):
    SubmissionFactory(
        unit=world.unit, period=world.period, values={world.ratio: (2, 5)}, approved=True
    )
    following = PeriodFactory(framework=world.framework)
    draft = SubmissionFactory(unit=world.unit, period=following)
    client.force_login(world.evaluator)

    assert "2 of 5 (2024 Q1)" in client.get(f"/submissions/{draft.pk}/").content.decode()


@pytest.mark.parametrize("size", [1, 12])
def test_the_work_list_costs_the_same_queries_at_any_size(
    client, world, django_assert_num_queries, size
):
    for _ in range(size):
        period = PeriodFactory(framework=world.framework)
        SubmissionFactory(unit=world.unit, period=period)
    client.force_login(world.evaluator)

    # session; user; partnerships; drafts, what they are asked and have; units, periods, what they
    # are asked and have begun; to review; sent; (reasons are not asked for: nothing was
    # returned); unread notices
    with django_assert_num_queries(13):
        client.get("/submissions/")
