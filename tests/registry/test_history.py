"""Who may read what changed on a record, and by whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import history
from registry.acting import acting
from registry.models import Affiliation, AuditEntry, Partner, User
from tests.factories import (
    AffiliationFactory,
    MembershipFactory,
    PartnerFactory,
    PartnershipFactory,
    SubmissionFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/history/"


@pytest.fixture
def partner():
    partner = PartnerFactory(name="Water", website="https://a.example.org")
    return partner


@pytest.fixture
def manager(partner):
    return UserFactory(name="Amina", manages=partner)


def read(api, user, record, **query):
    api.force_authenticate(user)
    query = {"subject_type": record._meta.label_lower, "subject_id": record.pk, **query}
    return api.get(URL, query)


def rename(partner, by, name="Wells"):
    with acting(str(by.key), request="r-1"):
        Partner.objects.filter(pk=partner.pk).update(name=name, basis_reason="x", version=9)


def test_a_manager_reads_who_changed_what(api, partner, manager):
    rename(partner, manager)

    changed, made = read(api, manager, partner).json()["results"]
    assert (changed["operation"], changed["by"]) == ("update", "Amina")
    assert (changed["before"], changed["after"]) == ({"name": "Water"}, {"name": "Wells"})
    assert (made["operation"], made["by"]) == ("insert", "not recorded")


def test_columns_that_the_api_does_not_show_are_not_shown(api, partner, manager):
    """`version` and `basis_reason` are no fields of the partner's serializer."""
    rename(partner, manager)

    text = read(api, manager, partner).content.decode()
    assert "version" not in text
    assert "basis_reason" not in text
    assert "import_batch" not in text


def test_a_change_of_nothing_that_is_seen_is_left_out(api, partner, manager):
    Partner.objects.filter(pk=partner.pk).update(version=9, basis_reason="secret")

    assert len(read(api, manager, partner).json()["results"]) == 1


def test_an_admin_reads_all_of_it_with_key_and_request(api, partner, manager):
    rename(partner, manager)

    changed = read(api, UserFactory(admin=True), partner).json()["results"][0]
    assert changed["after"] == {"name": "Wells", "version": 9}
    assert changed["withheld"] == ["basis_reason"]
    assert (changed["actor"], changed["request"]) == (str(manager.key), "r-1")


def test_others_are_told_nothing(api, partner, manager):
    rename(partner, manager)
    evaluator, stranger = UserFactory(evaluates=partner), UserFactory(manages=PartnerFactory())

    assert read(api, evaluator, partner).status_code == 404
    assert read(api, stranger, partner).status_code == 404
    assert read(api, None, partner).status_code == 401
    assert read(api, stranger, PartnerFactory.build(pk=10**9)).status_code == 404


def test_who_is_not_known_to_the_reader_has_no_name(api, partner, manager):
    rename(partner, UserFactory(name="Secret Admin", admin=True))
    rename(partner, UserFactory(name="Secret Person"), "Dams")
    rename(partner, UserFactory(name="Robot", service=True), "Rain")

    answer = read(api, manager, partner)
    assert "Secret" not in answer.content.decode()
    assert [row["by"] for row in answer.json()["results"]][:3] == [
        "a service account",
        "a user",
        "a registry admin",
    ]


def test_names_go_with_the_person(api, partner, manager):
    other = UserFactory(name="Wanjiru", manages=partner)
    rename(partner, other)
    assert read(api, manager, partner).json()["results"][0]["by"] == "Wanjiru"

    User.objects.filter(pk=other.pk).update(name="", email="erased@example.org")
    assert read(api, manager, partner).json()["results"][0]["by"] == "a user"
    other.affiliations.all().delete()
    other.delete()
    assert read(api, manager, partner).json()["results"][0]["by"] == "a former user"


def test_insiders_read_of_drafts_and_others_do_not(api):
    partnership = PartnershipFactory()
    member = MembershipFactory(partnership=partnership)
    insider = UserFactory(observes=member.partner)
    invited = MembershipFactory(partnership=partnership, invited=True)

    assert read(api, insider, partnership).status_code == 200
    assert read(api, insider, member).status_code == 200
    # Who is only invited sees the partnership, and not what its members do.
    assert read(api, UserFactory(manages=invited.partner), partnership).status_code == 404


def test_insiders_read_of_data(api):
    submission = SubmissionFactory()
    partner = submission.unit.membership.partner

    assert read(api, UserFactory(evaluates=partner), submission).status_code == 200
    assert read(api, UserFactory(manages=PartnerFactory()), submission).status_code == 404


def test_managers_read_of_roles(api, partner, manager):
    role = AffiliationFactory(partner=partner, user=UserFactory(), role="observer")

    assert read(api, manager, role).status_code == 200
    assert read(api, role.user, role).status_code == 404


def test_admins_read_of_what_was_deleted(api, partner):
    key = partner.pk
    partner.delete()
    partner.pk = key

    first = read(api, UserFactory(admin=True), partner).json()["results"][0]
    assert (first["operation"], first["before"]["name"]) == ("delete", "Water")


def test_vocabularies_are_the_admins(api, manager):
    assert read(api, manager, TargetFactory()).status_code == 404


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"subject_id": "1"}, "subject_type"),
        ({"subject_type": "registry.partner"}, "subject_id"),
        ({"subject_type": "registry.nothing", "subject_id": "1"}, "subject_type"),
        ({"subject_type": "auth.group", "subject_id": "1"}, "subject_type"),
        ({"subject_type": "registry.idempotentanswer", "subject_id": "1"}, "subject_type"),
        ({"subject_type": "registry.partner", "subject_id": "x" * 81}, "subject_id"),
    ],
)
def test_refuses_what_is_no_record(api, query, attr):
    api.force_authenticate(UserFactory(admin=True))
    answer = api.get(URL, query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr


@pytest.mark.parametrize("key", ["x", "1.5", "-1", "99999999999999999999999", "1 OR 1=1"])
def test_an_impossible_number_is_a_record_that_is_not_there(api, manager, key):
    api.force_authenticate(manager)

    assert api.get(URL, {"subject_type": "registry.partner", "subject_id": key}).status_code == 404


def test_pages_follow_one_another(api, partner):
    for number in range(5):
        Partner.objects.filter(pk=partner.pk).update(acronym=f"A{number}")
    admin = UserFactory(admin=True)
    first = read(api, admin, partner, limit=4).json()
    second = api.get(first["next"]).json()

    ids = [row["id"] for row in first["results"] + second["results"]]
    assert len(ids) == 6
    assert ids == sorted(ids, reverse=True)
    assert second["next"] is None


@pytest.mark.parametrize("size", [1, 20])
def test_costs_the_same_at_any_size(api, partner, manager, size):
    for number in range(size):
        rename(partner, UserFactory(), f"N{number}")

    api.force_authenticate(manager)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = read(api, manager, partner)

    assert len(answer.json()["results"]) == size + 1
    # the record (for the filter, and for the columns), entries, actors, those known by name
    assert len(queries) == 5


def test_every_subject_says_whose_it_is_or_is_for_admins():
    """What `history_of` names leads to a partner or a partnership, in every model that has it."""
    user = UserFactory()
    named = [m for label, _ in history.subjects() if hasattr(m := model(label), "history_of")]

    assert Affiliation in named
    assert len(named) > 15
    for one in named:
        assert list(history.readable(one, user)) == []


def model(label):
    from django.apps import apps

    return apps.get_model(label)


def test_entries_of_another_row_are_not_mixed_in(api, partner, manager):
    PartnerFactory(name="Other")

    assert AuditEntry.objects.about(Partner, partner.pk).count() == 1
    assert "Other" not in read(api, manager, partner).content.decode()
