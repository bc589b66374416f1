"""A partner's webhook is told what the partner may see when it is told, and nothing else."""

import json

import pytest
from django.utils import timezone

from registry import outgoing
from registry.models import User, WebhookDelivery
from registry.tasks import call_webhooks, tell_events
from tests.factories import (
    AgreementFactory,
    EventFactory,
    FrameworkFactory,
    JoinRequestFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    SubmissionFactory,
    UserFactory,
    WebhookFactory,
)

pytestmark = pytest.mark.django_db
WHO = ("lead", "member", "invited", "left", "outsider", "registry")


@pytest.fixture
def sent(monkeypatch):
    """What each URL was sent."""
    sent = {}

    def post(url, body, headers):
        sent.setdefault(url.rpartition("/")[2], []).append(json.loads(body))
        return outgoing.Answer(204, "", "")

    monkeypatch.setattr(outgoing, "post", post)
    return sent


class World:
    def __init__(self, **traits):
        self.partnership = PartnershipFactory(**traits)
        lead = self.partnership.memberships.get(roles__contains=["lead"])
        self.memberships = {"lead": lead}
        for name, trait in (("member", {}), ("invited", {"invited": True})):
            self.memberships[name] = MembershipFactory(partnership=self.partnership, **trait)
        left = self.memberships["left"] = MembershipFactory(partnership=self.partnership)
        left.change(status="left", ended_on=left.accepted_on)
        self.partners = {name: one.partner for name, one in self.memberships.items()}
        self.partners |= {"outsider": PartnerFactory(), "registry": None}
        for name, partner in self.partners.items():
            WebhookFactory(partner=partner, url=f"https://hooks.example.org/{name}")


def happens(record):
    EventFactory(subject=record, at=timezone.now(), reason="Private reason.", facts={"a": "Fact"})
    tell_events()
    while call_webhooks():
        pass


def subjects(world):
    """A record of each kind, and who may be told of it: from the design, by hand."""
    agreed = FrameworkFactory(partnership=world.partnership, agreed=True)
    return {
        "partner": (world.partners["outsider"], WHO),
        "pending partner": (PartnerFactory(pending=True), ["registry"]),
        "join request": (JoinRequestFactory(partner=world.partners["member"]), ["registry"]),
        "user": (UserFactory(manages=world.partners["member"]), []),
        "member's membership": (world.memberships["member"], WHO),
        "invitation": (
            world.memberships["invited"],
            ["lead", "member", "invited", "registry"],
        ),
        "draft agreement": (
            AgreementFactory(partnership=world.partnership),
            ["lead", "member", "registry"],
        ),
        "binding agreement": (agreed.agreement, WHO),
        "draft framework": (
            FrameworkFactory(partnership=world.partnership),
            ["lead", "member", "registry"],
        ),
        "submission": (
            SubmissionFactory(period__framework=agreed),
            ["lead", "member", "registry"],
        ),
    }


def test_tells_of_a_public_partnership_what_each_may_see(sent):
    world = World(active=True)
    # Events of before, such as those that the factories log, are not the subject here.
    cases = subjects(world)
    tell_events()
    call_all()
    for name, (record, told) in cases.items():
        sent.clear()
        happens(record)
        assert sorted(sent) == sorted(told), name
        assert "rivate" not in json.dumps(sent), name
        assert "Fact" not in json.dumps(sent), name


def call_all():
    while call_webhooks():
        pass


@pytest.mark.parametrize("traits", [{}, {"submitted": True}])
def test_tells_of_a_draft_only_who_belongs_to_it(sent, traits):
    world = World(**traits)
    tell_events()
    call_all()
    sent.clear()

    happens(world.partnership)

    assert sorted(sent) == ["invited", "lead", "member", "registry"]
    # Others' logs do not even have an entry.
    outside = WebhookDelivery.objects.filter(webhook__partner=world.partners["outsider"])
    assert not outside.filter(event__subject_type="partnerships.partnership").exists()


def test_who_leaves_between_event_and_call_is_not_told(sent):
    world = World()
    EventFactory(subject=world.partnership, at=timezone.now())
    tell_events()
    membership = world.memberships["member"]
    membership.change(status="left", ended_on=membership.accepted_on)

    call_all()

    kinds = [message["type"] for message in sent.get("member", [])]
    assert "partnership.changed" not in kinds
    delivery = WebhookDelivery.objects.get(
        webhook__partner=membership.partner, event__kind="partnership.changed"
    )
    assert (delivery.status, delivery.attempts, delivery.response_code) == ("withheld", 1, None)


def test_personal_rights_of_a_manager_do_not_enter(sent):
    """Who manages two partners does not make one see what is the other's."""
    world = World()
    UserFactory(manages=world.partners["lead"])
    both = User.objects.get(affiliations__partner=world.partners["lead"], is_service=False)
    both.affiliations.create(partner=world.partners["outsider"], role="manager")
    tell_events()
    call_all()
    sent.clear()

    happens(world.partnership)

    assert "outsider" not in sent


def test_a_second_role_of_the_reader_is_taken_away():
    """Whatever gave it another role: the reader stands for one partner alone."""
    webhook, other = WebhookFactory(), PartnerFactory()
    reader = webhook.reader()
    reader.affiliations.create(partner=other, role="manager")

    assert webhook.reader() == reader

    held = reader.affiliations.values_list("partner", "role")
    assert list(held) == [(webhook.partner_id, "observer")]
    assert not reader.is_active
    assert not reader.has_usable_password()


@pytest.mark.parametrize(
    ("kinds", "told"),
    [
        (["*"], True),
        (["partner.*"], True),
        (["partner.changed"], True),
        (["partner.change", "partnership.*"], False),
        (["period.*", "partner.changed"], True),
    ],
)
def test_tells_only_the_kinds_chosen(sent, kinds, told):
    WebhookFactory(kinds=kinds)

    happens(PartnerFactory())

    assert bool(sent) is told


def test_tells_nothing_of_before_the_webhook_stood_there(sent):
    event = EventFactory(at=timezone.now())
    WebhookFactory(created_at=timezone.now())
    tell_events()
    call_all()

    assert sent == {}
    assert not WebhookDelivery.objects.filter(event=event).exists()


def test_a_redelivery_asks_again_who_may_see(sent):
    world = World()
    happens(world.partnership)
    membership = world.memberships["member"]
    membership.change(status="left", ended_on=membership.accepted_on)
    sent.clear()
    WebhookDelivery.objects.filter(webhook__partner=membership.partner).update(
        status="waiting", attempts=0
    )

    call_all()

    assert "partnership.changed" not in [m["type"] for m in sent.get("member", [])]
