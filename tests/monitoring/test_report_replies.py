"""The right of reply: who may say what, until when, and who reads it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from monitoring.models import Report, ReportReply
from monitoring.models.report_replies import LONGEST, reply, to_reply_at
from registry.errors import NotAllowed, StaleVersion
from tests.factories import (
    AffiliationFactory,
    MembershipFactory,
    PartnerFactory,
    ReportFactory,
    UserFactory,
)
from tests.moves import People, made, moves_of, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return ReportFactory(in_reply=True)


@pytest.fixture
def people(report):
    return People(report.partnership)


def stored(report):
    return Report.objects.get(pk=report.pk)


def of_partner(partner, **values):
    return ReportFactory(
        kind="partner",
        partner=partner,
        period=None,
        partnership=None,
        starts_on="2024-01-01",
        ends_on="2024-12-31",
        reference_on="2024-12-31",
        cutoff_at=timezone.now(),
        **values,
    )


def test_a_member_replies_and_revises(report, people):
    first = {"text": "First\r\nword.\n", "version": 0}
    reply(report, by=people.manager, membership=people.membership, **first)
    reply(report, by=people.manager, membership=people.membership, text="Last word.", version=1)

    (said,) = ReportReply.objects.all()
    assert (said.text, said.version, said.author) == ("Last word.", 2, people.manager)
    assert stored(report).status == "in_reply"


def test_a_colleagues_reply_is_never_overwritten_unseen(report, people):
    colleague = UserFactory(manages=people.membership.partner)
    reply(report, by=people.manager, membership=people.membership, text="Ours.")

    for unread in ({}, {"version": 0}, {"version": 2}):
        for said in ({"text": "Mine."}, {"has_no_comment": True}):
            with pytest.raises(StaleVersion):
                reply(report, by=colleague, membership=people.membership, **said, **unread)
    assert ReportReply.objects.get().text == "Ours."
    with pytest.raises(StaleVersion):
        lead = people.lead_membership
        reply(report, by=people.lead_manager, membership=lead, text="Gone.", version=1)


def test_who_saves_second_on_the_page_sees_theirs_and_keeps_the_own(client, report, people):
    address = f"/reports/{report.pk}/reply/"
    client.force_login(people.manager)
    assert 'name="version" value="0"' in client.get(address).content.decode()
    colleague = UserFactory(manages=people.membership.partner)
    reply(report, by=colleague, membership=people.membership, text="The flood came late.")

    late = client.post(address, {"text": "We disagree.", "version": "0"})
    shown = late.content.decode()
    assert late.status_code == 409
    assert late.context["theirs"] == [("Reply", "The flood came late.", "We disagree.")]
    assert "The flood came late." in shown
    assert late.context["form"]["text"].value() == "We disagree."
    assert 'name="version" value="1"' in shown
    assert ReportReply.objects.get().text == "The flood came late."

    again = client.post(address, {"text": "We disagree.", "version": "1"})
    assert again.status_code == 302
    assert ReportReply.objects.get().text == "We disagree."


def test_the_api_takes_the_version_that_was_read(api, report, people):
    api.force_authenticate(people.manager)
    url = f"/api/v1/reports/{report.pk}/reply/"

    def said(**body):
        answer = api.post(url, {"membership": people.membership.pk, **body}, format="json")
        return answer.status_code

    assert said(text="First.") == 200
    assert said(text="Second.") == 412, "what is there is read first"
    (row,) = api.get(f"/api/v1/report-replies/?report={report.pk}").json()["results"]
    assert (row["text"], row["version"]) == ("First.", 1)
    assert said(text="Second.", version=row["version"]) == 200
    assert said(text="Third.", version=row["version"]) == 412
    assert said(text="Third.", version=-1) == 400
    assert ReportReply.objects.get().text == "Second."


def test_who_speaks_for_two_members_replies_for_each_with_its_own_text(client, report, people):
    both = people.manager
    AffiliationFactory(user=both, partner=people.lead_membership.partner, role="manager")
    lead, member = people.lead_membership, people.membership
    reply(report, by=both, membership=lead, text="The lead's words.")
    reply(report, by=both, membership=member, text="The member's words.")
    address = f"/reports/{report.pk}/reply/"
    client.force_login(both)

    for one, words, others in (
        (lead, "The lead&#x27;s words.", member),
        (member, "The member&#x27;s words.", lead),
    ):
        shown = client.get(f"{address}?membership={one.pk}").content.decode()
        assert words in shown
        assert shown.count("words.") == 1
        assert f'name="membership" value="{one.pk}"' in shown
        assert f'href="?membership={others.pk}"' in shown
    new = {"membership": member.pk, "text": "New words.", "version": "1"}
    assert client.post(address, new).status_code == 302
    texts = dict(ReportReply.objects.values_list("membership", "text"))
    assert texts == {lead.pk: "The lead's words.", member.pk: "New words."}

    other = MembershipFactory(partnership=report.partnership).pk
    for unknown in (other, "x", "9" * 30):
        assert client.get(f"{address}?membership={unknown}").status_code == 404
        assert client.post(address, {**new, "membership": unknown}).status_code == 404
    assert client.post(address, {"text": "Whose?", "version": "1"}).status_code == 404


def test_line_ends_are_of_one_kind(report, people):
    said = reply(report, by=people.manager, membership=people.membership, text=" One\r\ntwo\r ")

    assert said.text == "One\ntwo"


@pytest.mark.parametrize("who", ["lead_manager", "evaluator", "observer", "outsider"])
def test_others_do_not_speak_for_the_member(report, people, who):
    with pytest.raises(NotAllowed):
        reply(report, by=people[who], membership=people.membership, text="No.")

    assert not ReportReply.objects.exists()


def test_who_is_only_invited_does_not_reply(report):
    invited = MembershipFactory(partnership=report.partnership, status="invited", accepted_on=None)
    with refused("not_accepted"):
        reply(report, by=UserFactory(manages=invited.partner), membership=invited, text="No.")


@pytest.mark.parametrize("state", ["draft", "in_review", "published", "superseded", "withdrawn"])
def test_only_while_the_right_of_reply_lasts(state):
    report = ReportFactory(status=state)
    people = People(report.partnership)

    with refused("reply_period_over"):
        reply(report, by=people.manager, membership=people.membership, text="Late.")


def test_not_after_its_last_moment_though_nobody_moved_the_report_yet():
    report = ReportFactory(status="in_reply", reply_until=timezone.now() - timedelta(seconds=1))
    people = People(report.partnership)

    with refused("reply_period_over"):
        reply(report, by=people.manager, membership=people.membership, text="Late.")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "  \n"}, "text"),
        ({"text": "Both.", "has_no_comment": True}, "text"),
        ({"text": "x" * (LONGEST + 1)}, "text"),
        ({"text": "a\x00b"}, "text"),
    ],
)
def test_wrong_input_names_its_field(report, people, said, field):
    with pytest.raises(ValidationError) as refusal:
        reply(report, by=people.manager, membership=people.membership, **said)

    assert list(refusal.value.message_dict) == [field]


def test_says_which_member_and_one_of_this_partnership(report, people):
    other = MembershipFactory()
    for membership in (None, other):
        with pytest.raises(ValidationError) as refusal:
            reply(report, by=UserFactory(admin=True), membership=membership, text="Who?")
        assert list(refusal.value.message_dict) == ["membership"]


def test_scripts_are_text(report, people):
    text = "<script>alert(1)</script>"
    assert reply(report, by=people.manager, membership=people.membership, text=text).text == text


def test_the_review_begins_once_all_have_no_comment(report, people):
    lead = people.lead_membership
    reply(report, by=people.manager, membership=people.membership, has_no_comment=True)
    assert stored(report).status == "in_reply"

    reply(report, by=people.lead_manager, membership=lead, has_no_comment=True)

    assert stored(report).status == "in_review"
    assert moves_of(report) == [("in_reply", "in_review")]
    assert report.status == "in_review"


def test_a_reply_in_words_keeps_the_period_open(report, people):
    reply(report, by=people.manager, membership=people.membership, text="We disagree.")
    lead = people.lead_membership
    reply(report, by=people.lead_manager, membership=lead, has_no_comment=True)

    assert stored(report).status == "in_reply"


def test_a_partner_replies_to_its_own_report():
    partner = PartnerFactory()
    report = of_partner(partner, in_reply=True)
    for stranger in (UserFactory(), UserFactory(evaluates=partner)):
        with refused("managers_only", NotAllowed):
            reply(report, by=stranger, text="No.")

    said = reply(report, by=UserFactory(manages=partner), text="Ours.")

    assert (said.speaker, said.membership) == (partner, None)


def test_read_by_insiders_until_published_then_by_everybody(report, people):
    said = reply(report, by=people.manager, membership=people.membership, text="Ours.")

    def readers():
        names = ["manager", "lead_manager", "observer", "outsider", "admin"]
        return {n for n in names if said in ReportReply.objects.visible_to(people[n])}

    assert readers() == {"manager", "lead_manager", "observer", "admin"}
    made(report, "published")
    assert readers() == {"manager", "lead_manager", "observer", "outsider", "admin"}


def test_the_database_refuses_a_change_of_what_was_published(report, people):
    said = reply(report, by=people.manager, membership=people.membership, text="Ours.")
    made(report, "published")

    with pytest.raises(DatabaseError, match="right of reply"), transaction.atomic():
        ReportReply.objects.filter(pk=said.pk).update(text="Never said.")


def test_a_reply_that_is_in_is_kept_with_its_speaker(report, people):
    said = reply(report, by=people.manager, membership=people.membership, text="Ours.")
    rows = ReportReply.objects.filter(pk=said.pk)
    other = MembershipFactory(partnership=report.partnership)
    changes = (
        rows.delete,
        lambda: rows.update(membership=other),
        lambda: rows.update(author=people.admin),
        lambda: rows.update(said_at=timezone.now()),
    )

    for status in ("in_review", "published"):
        now = {"published_at": timezone.now()} if status == "published" else {}
        Report.objects.filter(pk=report.pk).update(status=status, **now)
        for change in changes:
            with pytest.raises(DatabaseError, match="stands as it was said"), transaction.atomic():
                change()


def test_waits_at_those_who_have_said_nothing(report, people):
    lead, member = people.lead_membership.partner, people.membership.partner
    assert list(to_reply_at([lead.pk])) == [report]

    reply(report, by=people.lead_manager, membership=people.lead_membership, text="Ours.")

    assert list(to_reply_at([lead.pk])) == []
    assert list(to_reply_at([lead.pk, member.pk])) == [report]
    own = of_partner(lead, in_reply=True)
    assert list(to_reply_at([lead.pk])) == [own]
    reply(own, by=people.lead_manager, text="Ours.")
    assert list(to_reply_at([lead.pk])) == []


@pytest.mark.django_db(transaction=True)
def test_replies_of_one_member_at_once_leave_one_row():
    report = ReportFactory(in_reply=True)
    people = People(report.partnership)
    by, membership = people.manager, people.membership

    calls = [lambda n=n: reply(report, by=by, membership=membership, text=f"{n}") for n in range(4)]
    outcomes = race(*calls)

    assert ReportReply.objects.count() == 1
    assert sum(isinstance(one, StaleVersion) for one in outcomes) == 3, "they are told"


@pytest.mark.django_db(transaction=True)
def test_all_say_no_comment_at_once_and_the_review_begins_once():
    report = ReportFactory(in_reply=True)
    people = People(report.partnership)
    both = [
        (people.manager, people.membership),
        (people.lead_manager, people.lead_membership),
    ]

    race(
        *[lambda b=b, m=m: reply(report, by=b, membership=m, has_no_comment=True) for b, m in both]
    )

    assert moves_of(report) == [("in_reply", "in_review")]
