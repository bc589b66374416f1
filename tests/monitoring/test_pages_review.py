"""The pages of review: a queue, and a decision value by value."""

from datetime import timedelta

import pytest

from monitoring.models import Submission, SubmissionComment, Verification
from monitoring.models.blemishes import RULE
from monitoring.models.returns import reasons_for
from tests.factories import (
    NOON,
    EvidenceFactory,
    ReportingUnitFactory,
    SubmissionFactory,
    UserFactory,
    approve,
)
from tests.monitoring.entering import Entering

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = Entering()
    world.sent = handed_in(world, values={world.number: 5, world.yes_no: 1})
    return world


def handed_in(world, unit=None, at=NOON, **fields):
    fields.setdefault("values", {world.number: 5})
    sent = SubmissionFactory(unit=unit or world.unit, period=world.period, **fields)
    sent.change(status="submitted", submitted_by=world.evaluator, submitted_at=at, complete_at=at)
    return sent


def stored(sent):
    return Submission.objects.get(pk=sent.pk)


def words(sent, **answer):
    """The page's fields as they are sent: every value accepted, unless said otherwise."""
    keys = sent.observations.values_list("pk", flat=True)
    return {f"word-{key}": "accept" for key in keys} | answer


def test_one_value_is_returned_with_its_reason_and_the_sender_reads_it(client, world):
    client.force_login(world.lead)
    value = world.sent.observations.get(indicator=world.number)
    address = f"/submissions/{world.sent.pk}/review/"

    silent = words(world.sent, answer="return", **{f"word-{value.pk}": "return"})
    assert "Give the reason." in client.post(address, silent).content.decode()
    client.post(address, silent | {f"why-{value.pk}": "Twice as many wells?"})

    assert stored(world.sent).status == "returned"
    (said,) = reasons_for(world.sent).of(world.number.pk)
    assert said.reason == "Twice as many wells?"
    client.force_login(world.evaluator)
    assert "Twice as many wells?" in client.get(f"/submissions/{world.sent.pk}/").content.decode()


def test_what_is_marked_to_be_returned_is_not_approved(client, world):
    client.force_login(world.lead)
    value = world.sent.observations.get(indicator=world.number)
    marks = {f"word-{value.pk}": "return", f"why-{value.pk}": "Twice?"}

    page = client.post(
        f"/submissions/{world.sent.pk}/review/", words(world.sent, answer="approve", **marks)
    )

    assert "marked to be returned" in page.content.decode()
    assert stored(world.sent).status == "submitted"


def test_the_page_says_that_all_of_it_is_approved_or_all_returned(client, world):
    client.force_login(world.lead)

    page = client.get(f"/submissions/{world.sent.pk}/review/").content.decode()

    assert "All of it is approved, or all of it is returned" in page


def test_both_queues_say_the_whole_rule_of_what_is_approved_unopened(client, world):
    client.force_login(UserFactory(admin=True))
    queue = client.get("/submissions/review/").content.decode()
    office = client.post("/secretariat/queues/submissions/", {"chosen": [world.sent.pk]})

    for page in (queue, office.content.decode()):
        assert RULE in page


def test_what_is_decided_on_is_what_was_read(client, world):
    client.force_login(world.lead)
    read = world.sent.version
    world.sent.change()

    page = client.post(
        f"/submissions/{world.sent.pk}/review/", words(world.sent, answer="approve", version=read)
    )

    assert "changed by somebody else" in page.content.decode()
    assert stored(world.sent).status == "submitted"


def test_approved_and_validated_in_one_step(client, world):
    client.force_login(world.lead)

    client.post(
        f"/submissions/{world.sent.pk}/review/",
        words(world.sent, answer="approve", is_validated="on"),
    )

    assert stored(world.sent).status == "approved"
    assert set(Verification.objects.values_list("level", flat=True)) == {"internally_validated"}


def test_a_correction_shows_old_and_new_side_by_side_with_the_difference(client, world):
    approve(world.sent)
    correction = handed_in(world, values={world.number: 8})
    client.force_login(world.lead)

    page = client.get(f"/submissions/{correction.pk}/review/").content.decode()

    assert "Counts now" in page
    assert "+3 (+60" in page


def test_the_queue_is_oldest_first_and_narrowed(client, world):
    second = ReportingUnitFactory(membership=world.member, place="Kilifi")
    newer = handed_in(world, unit=second, at=NOON + timedelta(days=3))
    client.force_login(world.lead)
    first_link, second_link = (f"/submissions/{pk}/review/" for pk in (world.sent.pk, newer.pk))

    page = client.get("/submissions/review/").content.decode()
    narrowed = client.get("/submissions/review/?q=kilifi").content.decode()

    assert page.index(first_link) < page.index(second_link)
    assert first_link not in narrowed
    assert second_link in narrowed


def test_several_are_approved_at_once_unless_one_has_a_blemish(client, world):
    units = [ReportingUnitFactory(membership=world.member, place=name) for name in "AB"]
    clean, doubted = (handed_in(world, unit=unit) for unit in units)
    EvidenceFactory(submission=doubted)
    client.force_login(world.lead)

    chosen = [world.sent.pk, clean.pk, doubted.pk, 10**12]
    page = client.post("/submissions/review/", {"submission": chosen}, follow=True)

    states = [stored(one).status for one in (world.sent, clean, doubted)]
    assert states == ["approved", "approved", "submitted"]
    assert "2 approved." in page.content.decode()
    assert "evidence waits for a word" in page.content.decode()


def test_others_find_nothing_in_the_queue_and_approve_nothing(client, world):
    for user in (world.evaluator, UserFactory()):
        client.force_login(user)
        page = client.get("/submissions/review/").content.decode()
        assert f"/submissions/{world.sent.pk}/review/" not in page
        client.post("/submissions/review/", {"submission": [world.sent.pk]})

    assert stored(world.sent).status == "submitted"


@pytest.mark.parametrize("count", [3, 60])
def test_the_queue_costs_the_same_for_few_and_for_many(
    client, world, count, django_assert_max_num_queries
):
    for number in range(count):
        unit = ReportingUnitFactory(membership=world.member, place=str(number))
        handed_in(world, unit=unit)
    client.force_login(world.lead)

    # session; user; partnerships to choose; how many; the page; unread notices
    with django_assert_max_num_queries(6):
        page = client.get("/submissions/review/").content.decode()

    assert f"{count + 1} submissions wait for you" in page


def test_comments_go_both_ways(client, world):
    value = world.sent.observations.get(indicator=world.number)
    client.force_login(world.lead)
    client.post(
        f"/submissions/{world.sent.pk}/comment/", {"text": "Which wells?", "about": value.pk}
    )
    client.force_login(world.evaluator)

    assert "Which wells?" in client.get(f"/submissions/{world.sent.pk}/").content.decode()
    assert SubmissionComment.objects.get().indicator == world.number
    client.force_login(UserFactory())
    answer = client.post(f"/submissions/{world.sent.pk}/comment/", {"text": "Mine"})
    assert answer.status_code == 404


@pytest.mark.parametrize("text", ["", "x" * 4990 + "\r\n" * 20 + "y"], ids=["nothing", "too long"])
def test_a_comment_that_cannot_be_added_is_still_there(client, world, text):
    client.force_login(world.lead)

    answer = client.post(f"/submissions/{world.sent.pk}/comment/", {"text": text})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert not SubmissionComment.objects.exists()
    assert text[:100] in page
    assert 'class="wrong"' in page


def test_who_has_the_form_open_is_told_that_a_comment_does_not_save_it(client, world):
    """And nobody else: where nothing is typed above, there is nothing to save."""
    said = "Save first: adding a comment does not save what was typed above."
    unit = ReportingUnitFactory(membership=world.member, place="Kilifi")
    draft = SubmissionFactory(unit=unit, period=world.period)
    client.force_login(world.evaluator)
    form = client.get(f"/submissions/{draft.pk}/").content.decode()
    handed_in = client.get(f"/submissions/{world.sent.pk}/").content.decode()
    client.force_login(world.lead)
    review = client.get(f"/submissions/{world.sent.pk}/review/").content.decode()

    assert form.index("Add the comment") > form.index(said)
    for page in (handed_in, review):
        assert "Add the comment" in page
        assert said not in page


def test_numbers_that_nobody_has_are_passed_over(client, world):
    client.force_login(world.lead)

    answer = client.post("/submissions/review/", {"submission": ["9" * 5000, "\u0663", "-1"]})

    assert answer.status_code in (200, 302)
    assert stored(world.sent).status == "submitted"


def test_what_was_typed_is_shown_where_another_reviewer_was_faster(client, world):
    value = world.sent.observations.get(indicator=world.number)
    answer = words(world.sent, answer="return", **{f"word-{value.pk}": "return"})
    answer |= {f"why-{value.pk}": "Twice as many wells?", "reason": "See the registers."}
    stored(world.sent).approve(by=world.lead)
    address = f"/submissions/{world.sent.pk}/review/"

    client.force_login(UserFactory(admin=True))
    late = client.post(address, answer)
    client.force_login(UserFactory())
    outside = client.post(address, answer)
    client.force_login(world.evaluator)
    own = client.post(address, answer)

    page = late.content.decode()
    assert late.status_code == 409
    assert "Twice as many wells?" in page
    assert "See the registers." in page
    assert (outside.status_code, own.status_code) == (404, 404)
    assert stored(world.sent).status == "approved"
