"""Members endorse an annual report by its hash: who may, how many it takes, what ends it."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from monitoring import tasks
from monitoring.models import Report, ReportEndorsement
from monitoring.models.annual_endorsements import endorse, endorsed, to_endorse_at
from monitoring.models.report_replies import reply
from monitoring.services.annual import write_section
from registry.errors import NotAllowed
from tests.factories import (
    AgreementFactory,
    MembershipFactory,
    PartnershipFactory,
    PublicationRuleFactory,
    UserFactory,
)
from tests.monitoring.annual import computed, stored, write
from tests.moves import People, made, moves_of, race, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(active=True)


@pytest.fixture
def people(partnership):
    return People(partnership)


def all_endorse(report, people):
    endorse(report, people.membership, by=people.manager)
    return endorse(report, people.lead_membership, by=people.lead_manager)


def test_published_once_every_member_has_endorsed_it(partnership, people):
    report = computed(partnership, people.manager)
    endorse(report, people.membership, by=people.manager, sha256=report.sha256)
    assert stored(report).status == "in_reply"
    Report.objects.filter(pk=report.pk).update(status="in_review", review_since=timezone.now())
    with refused("not_endorsed"):
        stored(report).publish(by=people.admin)
    endorse(stored(report), people.lead_membership, by=people.lead_manager)

    stored(report).publish(by=people.admin)

    assert stored(report).status == "published"


def test_when_all_have_endorsed_it_the_review_begins(partnership, people):
    report = computed(partnership, people.manager)

    all_endorse(report, people)

    assert moves_of(report) == [("draft", "in_reply"), ("in_reply", "in_review")]


def test_a_reply_in_words_keeps_the_right_of_reply_open(partnership, people):
    report = computed(partnership, people.manager)
    reply(report, by=people.manager, membership=people.membership, text="Not quite.")

    all_endorse(report, people)

    assert stored(report).status == "in_reply"


def test_the_quorum_of_the_agreement_is_enough(partnership, people):
    for _ in range(2):
        MembershipFactory(partnership=partnership)
    report = computed(partnership, people.manager)
    all_endorse(report, people)
    assert endorsed(stored(report)).needed == 4
    AgreementFactory(partnership=partnership, kind="partnership", binding=True, quorum="majority")
    assert (endorsed(stored(report)).needed, endorsed(stored(report)).is_enough) == (3, False)
    others = partnership.memberships.exclude(
        pk__in=[people.membership.pk, people.lead_membership.pk]
    )

    endorse(report, others.first(), by=UserFactory(manages=others.first().partner))

    assert endorsed(stored(report)).is_enough


def test_an_edit_ends_the_endorsements_and_the_report_is_not_published(partnership, people):
    write(partnership, people.manager, "Forty wells.")
    report = computed(partnership, people.manager)
    all_endorse(report, people)
    assert stored(report).status == "in_review"

    write(partnership, people.lead_manager, "Fifty wells.", version=1)

    assert list(to_endorse_at([people.membership.partner_id])) == []
    found = endorsed(stored(report))
    assert (len(found.said_yes), len(found.ended), found.is_overtaken) == (0, 2, True)
    with refused("text_changed"):
        stored(report).publish(by=people.admin)
    with refused("text_changed"):
        endorse(stored(report), people.membership, by=people.manager)
    PublicationRuleFactory(kind="annual").edit(by=people.admin, review_days=0)
    assert tasks.move_reports_on() == 0
    assert stored(report).status == "in_review"


def test_an_edit_of_another_year_ends_nothing(partnership, people):
    report = computed(partnership, people.manager)
    all_endorse(report, people)

    write_section(partnership, 2023, "lessons", by=people.manager, text="Old.", version=0)

    assert endorsed(stored(report)).is_enough


def test_an_edit_after_publication_leaves_what_is_public(partnership, people):
    report = computed(partnership, people.manager)
    all_endorse(report, people)
    stored(report).publish(by=people.admin)

    write(partnership, people.manager, "Fifty wells.")

    assert stored(report).status == "published"
    assert ReportEndorsement.objects.standing().count() == 2


@pytest.mark.parametrize("who", ["evaluator", "observer", "lead_manager", "outsider"])
def test_only_the_members_own_managers_say_yes(partnership, people, who):
    report = computed(partnership, people.manager)
    with pytest.raises(NotAllowed):
        endorse(report, people.membership, by=people[who])


def test_what_was_not_read_is_not_endorsed(partnership, people):
    report = computed(partnership, people.manager)
    with refused("outdated_text"):
        endorse(report, people.membership, by=people.manager, sha256="0" * 64)
    stranger = MembershipFactory()
    with refused("not_a_member"):
        endorse(report, stranger, by=UserFactory(manages=stranger.partner))


@pytest.mark.parametrize("status", ["published", "superseded", "withdrawn"])
def test_what_is_no_longer_waiting_is_not_endorsed(partnership, people, status):
    report = computed(partnership, people.manager)
    made(report, status)
    with refused("not_waiting"):
        endorse(stored(report), people.membership, by=people.manager)


def test_a_member_that_left_is_not_waited_for(partnership, people):
    report = computed(partnership, people.manager)
    endorse(report, people.lead_membership, by=people.lead_manager)
    assert not endorsed(stored(report)).is_enough

    people.membership.__class__.objects.filter(pk=people.membership.pk).update(
        status="left", ended_on=timezone.localdate()
    )

    assert endorsed(stored(report)).is_enough


def test_saying_yes_twice_is_once_and_it_waits_no_more(partnership, people):
    report = computed(partnership, people.manager)
    partner = people.membership.partner_id
    assert list(to_endorse_at([partner])) == [report]
    for _ in range(2):
        endorse(report, people.membership, by=people.manager)

    assert ReportEndorsement.objects.count() == 1
    assert list(to_endorse_at([partner])) == []


def test_the_database_keeps_endorsements_as_they_were_given(partnership, people):
    report = computed(partnership, people.manager)
    row = endorse(report, people.membership, by=people.manager)
    with pytest.raises(DatabaseError, match="stands as it was"), transaction.atomic():
        ReportEndorsement.objects.filter(pk=row.pk).update(sha256="1" * 64)


def test_without_members_nobody_endorses_and_nothing_is_published(people, partnership):
    report = computed(partnership, people.manager)
    partnership.memberships.update(status="left", ended_on=timezone.localdate())
    Report.objects.filter(pk=report.pk).update(status="in_review", review_since=timezone.now())

    with refused("not_endorsed"):
        stored(report).publish(by=people.admin)


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_an_endorsement_at_once_never_leave_a_yes_to_an_old_text():
    partnership = PartnershipFactory(active=True)
    people = People(partnership)
    write(partnership, people.lead_manager, "Forty wells.")
    report = computed(partnership, people.manager)
    by, membership, lead = people.manager, people.membership, people.lead_manager

    race(
        lambda: endorse(report, membership, by=by),
        lambda: write(partnership, lead, "Fifty wells.", version=1),
    )

    found = endorsed(stored(report))
    assert found.is_overtaken
    assert not found.said_yes
