"""Feedback: anybody sends it, a moderator passes it on, the partnership answers in thirty days."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnerships.models import Feedback
from partnerships.services.voices import find_sent, send_feedback
from registry.errors import DomainError, NotAllowed
from registry.models import AuditEntry, Event
from registry.telling import tell
from tests.factories import FeedbackFactory, PartnershipFactory, UserFactory
from tests.moves import People, race, read_twice, refused

pytestmark = pytest.mark.django_db
URL = "/api/v1/feedback/"
STATES = {
    "received": {},
    "passed": {"passed": True},
    "answered": {"answered": True},
    "refused": {"refused": True},
}
# By the design: which moves lead on from where.
ALLOWED = {
    ("received", "pass_on"),
    ("received", "refuse"),
    ("passed", "give_answer"),
    ("passed", "refuse"),
    ("answered", "refuse"),
}
CALLS = {
    "pass_on": lambda row, by: row.pass_on(by=by),
    "refuse": lambda row, by: row.refuse(by=by, reason="Advertising."),
    "give_answer": lambda row, by: row.give_answer("Mended.", by=by),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", CALLS)
def test_moves_only_as_designed(state, move):
    row = FeedbackFactory(**STATES[state])
    admin = UserFactory(admin=True)

    if (state, move) in ALLOWED:
        CALLS[move](row, admin)
        assert Event.objects.about(row).filter(was=state).count() == 1
    else:
        with refused("invalid_transition"):
            CALLS[move](row, admin)
        row.refresh_from_db()
        assert row.status == state


@pytest.mark.parametrize(
    "who", ["lead_manager", "lead_evaluator", "manager", "evaluator", "observer", "outsider"]
)
def test_only_admins_moderate(who):
    row = FeedbackFactory()

    for move in ("pass_on", "refuse"):
        with refused("admins_only", NotAllowed):
            CALLS[move](row, People(row.partnership)[who])


@pytest.mark.parametrize(
    "who", ["lead_evaluator", "lead_observer", "manager", "evaluator", "observer", "outsider"]
)
def test_only_the_lead_answers(who):
    row = FeedbackFactory(passed=True)

    with refused("lead_only", NotAllowed):
        row.give_answer("Mended.", by=People(row.partnership)[who])


def test_the_lead_answers_with_words():
    row = FeedbackFactory(passed=True)
    lead = People(row.partnership).lead_manager
    for bad in ("", "   ", "x" * 5_001):
        with pytest.raises(ValidationError) as refusal:
            row.give_answer(bad, by=lead)
        assert list(refusal.value.error_dict) == ["answer"]
        row = Feedback.objects.get(pk=row.pk)
        assert (row.status, row.answer) == ("passed", "")

    row.give_answer("Mended.", by=lead)

    assert (row.status, row.answer) == ("answered", "Mended.")


def test_thirty_days_begin_when_it_is_passed_on():
    row = FeedbackFactory()

    row.pass_on(by=UserFactory(admin=True))

    assert row.answer_due_on == timezone.localdate() + timedelta(days=30)
    assert not row.is_late(row.answer_due_on)
    assert row.is_late(row.answer_due_on + timedelta(days=1))


def test_refusing_needs_the_reason():
    row = FeedbackFactory()

    with pytest.raises(ValidationError) as refusal:
        row.refuse(by=UserFactory(admin=True), reason=" ")

    assert list(refusal.value.error_dict) == ["reason"]


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_one_decides():
    row = FeedbackFactory()
    admin = UserFactory(admin=True)
    first, second = read_twice(row)

    outcomes = race(
        lambda: first.pass_on(by=admin), lambda: second.refuse(by=admin, reason="Insult.")
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["DomainError", "NoneType"]
    assert Event.objects.about(row).exclude(was="").count() == 1


# who sees what


def seen_by(user):
    return set(Feedback.objects.visible_to(user).values_list("pk", flat=True))


def test_who_sees_what(django_user_model):
    partnership = PartnershipFactory(active=True)
    rows = {
        (state, public): FeedbackFactory(partnership=partnership, may_publish=public, **traits).pk
        for state, traits in STATES.items()
        for public in (True, False)
    }
    people = People(partnership)
    from django.contrib.auth.models import AnonymousUser

    public = {rows["passed", True], rows["answered", True]}
    passed = public | {rows["passed", False], rows["answered", False]}
    assert seen_by(AnonymousUser()) == public
    assert seen_by(people.outsider) == public
    assert seen_by(people.lead_manager) == passed
    assert seen_by(people.observer) == passed
    assert seen_by(people.admin) == set(rows.values())


def test_senders_see_their_own():
    sender = UserFactory()
    row = FeedbackFactory(user=sender, may_publish=False)

    assert seen_by(sender) == {row.pk}


def test_nothing_says_who_sent_it(api):
    sender = UserFactory(name="Wangari Tested", email="wangari@example.org")
    partnership = PartnershipFactory(active=True)
    row, _ = send_feedback(partnership, by=sender, text="Good.", may_publish=True)
    row.pass_on(by=UserFactory(admin=True))

    api.force_authenticate(People(partnership).lead_manager)
    shown = api.get(f"{URL}{row.pk}/").content.decode()

    assert "wangari" not in shown.lower()
    assert str(sender.key) not in shown
    assert Event.objects.get(kind="feedback.received").by is None


# bad input


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 5_001}, "text"),
        ({"text": "See https://example.org/"}, "text"),
        ({"text": "Look at WWW.example.org"}, "text"),
        ({"text": "javascript:alert(1)"}, "text"),
        ({"text": "Good.", "sender": "king"}, "sender"),
        ({"text": "Good.", "status": "passed"}, "status"),
        ({"text": "Good.", "partnership": 0}, "partnership"),
    ],
)
def test_bad_input_is_named_and_nothing_saved(api, body, attr):
    partnership = PartnershipFactory(active=True)

    answer = api.post(URL, {"partnership": partnership.pk, **body}, format="json")

    assert answer.status_code == 400, answer.content
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]
    assert not Feedback.objects.exists()


def test_ten_megabytes_are_refused(api):
    partnership = PartnershipFactory(active=True)

    answer = api.post(URL, {"partnership": partnership.pk, "text": "x" * 10_000_000}, format="json")

    assert answer.status_code in (400, 413)
    assert not Feedback.objects.exists()


def test_scripts_are_text(client):
    partnership = PartnershipFactory(active=True)
    FeedbackFactory(partnership=partnership, text="<script>alert(1)</script>", passed=True)

    page = client.get(f"/partnerships/{partnership.reference}/feedback/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_draft_takes_none():
    with refused("not_registered", DomainError):
        send_feedback(PartnershipFactory(), text="Good.")


# the code


def test_the_code_opens_it_and_is_kept_nowhere(api):
    partnership = PartnershipFactory(active=True)
    sent = api.post(URL, {"partnership": partnership.pk, "text": "Good."}, format="json")
    code = sent.json()["code"]

    found = api.post("/api/v1/sent-messages/", {"code": code.upper()}, format="json")

    assert (found.status_code, found.json()["kind"]) == (200, "feedback")
    assert find_sent(code).pk == sent.json()["id"]
    assert api.post("/api/v1/sent-messages/", {"code": "x"}, format="json").status_code == 404
    assert not any(code in str(row.__dict__) for row in AuditEntry.objects.all())


def test_a_key_is_refused_since_the_answer_holds_a_secret(api):
    body = {"partnership": PartnershipFactory(active=True).pk, "text": "Good."}

    answer = api.post(URL, body, format="json", HTTP_IDEMPOTENCY_KEY="one")

    assert answer.json()["errors"][0]["code"] == "no_idempotency_here"
    assert not Feedback.objects.exists()


def test_an_address_sends_few_a_minute(api, client, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "voice": 2}
    where = {"REMOTE_ADDR": "198.51.100.77"}
    partnership = PartnershipFactory(active=True)
    body = {"partnership": partnership.pk, "text": "Good."}

    answers = [api.post(URL, body, format="json", **where).status_code for _ in range(3)]
    page = client.post(
        f"/partnerships/{partnership.pk}/feedback/", {"text": "Good.", "sender": "other"}, **where
    )

    assert answers == [201, 201, 429]
    assert page.status_code == 400
    assert "Too many messages" in page.content.decode()
    assert Feedback.objects.count() == 2


# being reminded


def test_each_lead_is_told_once_when_the_days_are_over():
    late = FeedbackFactory(passed=True, answer_due_on=date(2026, 3, 1))
    FeedbackFactory(passed=True, answer_due_on=date(2026, 3, 3))
    FeedbackFactory(answered=True, answer_due_on=date(2026, 1, 1))
    lead = People(late.partnership).lead_manager

    told = [Feedback.objects.remind_late(date(2026, 3, 2)) for _ in range(2)]
    event = Event.objects.get(kind="feedback.overdue")
    tell(event)

    assert told == [1, 0]
    assert event.subject_id == late.pk
    assert list(lead.notices.values_list("event_id", flat=True)) == [event.pk]
