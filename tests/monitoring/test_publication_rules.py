"""The rules of publication: admins change them, and what runs keeps its days."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.models import PublicationRule
from registry.errors import NotAllowed
from tests.factories import (
    PublicationRuleFactory,
    ReportFactory,
    UserFactory,
)
from tests.monitoring.entering import fields_of
from tests.monitoring.reported import stored
from tests.moves import People, refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("who", ["lead_manager", "manager", "outsider"])
def test_only_admins_change_a_rule(who):
    people = People(ReportFactory().partnership)
    kept = PublicationRuleFactory()
    with refused("admins_only", NotAllowed):
        kept.edit(by=people[who], reply_days=3)


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("partnership", {"reply_days": 91}, "reply_days"),
        ("portfolio", {"reply_days": 1}, "reply_days"),
        ("partnership", {"review_days": 367}, "review_days"),
    ],
)
def test_a_wrong_rule_names_its_field(kind, said, field):
    kept = PublicationRuleFactory(kind=kind, reply_days=0)
    with pytest.raises(ValidationError) as refusal:
        kept.edit(by=UserFactory(admin=True), **said)
    assert list(refusal.value.message_dict) == [field]


def test_a_rule_that_another_admin_changed_is_shown_with_both_and_can_be_saved_again(client):
    PublicationRuleFactory(kind="goal", reply_days=0, review_days=30)
    client.force_login(UserFactory(admin=True))
    page = "/reports/publication/goal/"
    old = fields_of(client.get(page))
    client.post(page, fields_of(client.get(page)) | {"review_days": "20"})

    stale = client.post(page, old | {"review_days": "45"})

    assert stale.status_code == 409
    assert "You typed" in stale.content.decode()
    assert PublicationRule.objects.of("goal").review_days == 20
    assert client.post(page, fields_of(stale)).status_code == 302
    assert PublicationRule.objects.of("goal").review_days == 45


def test_a_changed_rule_leaves_periods_of_reply_that_run():
    report = ReportFactory(in_reply=True)
    until = report.reply_until

    PublicationRuleFactory().edit(by=UserFactory(admin=True), reply_days=3)

    assert stored(report).reply_until == until
