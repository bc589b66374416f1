"""Whatever changes a row, and however, leaves an entry; nothing personal enters it."""

import io
import uuid

import pytest
from django.db import connection

from registry.acting import acting
from registry.models import AuditEntry, Partner, User
from tests.factories import PartnerFactory, PartnershipFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db


def log():
    """This test's entries: what tests that commit have left behind stays, as in any log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id()::text::bigint + ahead FROM registry_auditcluster"
        )
        return AuditEntry.objects.filter(transaction=cursor.fetchone()[0]).order_by("id")


def entries(model, **values):
    return list(log().filter(table_name=model._meta.db_table, **values))


def last(model, **values):
    return entries(model, **values)[-1]


def test_an_insert_takes_down_the_row():
    partner = PartnerFactory(name="Water")

    entry = last(Partner)
    assert (entry.operation, entry.row_id, entry.before) == ("insert", str(partner.pk), None)
    assert entry.after["name"] == "Water"
    assert "normal_name" not in entry.after


def test_an_update_takes_down_what_changed_and_only_that():
    partner = PartnerFactory(name="Water")
    Partner.objects.filter(pk=partner.pk).update(name="Wells")

    entry = last(Partner)
    assert (entry.operation, entry.before, entry.after) == (
        "update",
        {"name": "Water"},
        {"name": "Wells"},
    )


def test_an_update_that_changes_nothing_makes_no_entry():
    partner = PartnerFactory(name="Water")
    before = len(entries(Partner))

    Partner.objects.filter(pk=partner.pk).update(name="Water")

    assert len(entries(Partner)) == before


def test_a_delete_takes_down_what_was_there():
    partner = PartnerFactory(name="Water")
    key = partner.pk
    Partner.objects.filter(pk=key).delete()

    entry = last(Partner)
    assert (entry.operation, entry.row_id, entry.after) == ("delete", str(key), None)
    assert entry.before["name"] == "Water"


def test_bulk_writes_leave_one_entry_a_row():
    made = Partner.objects.bulk_create(
        PartnerFactory.build(name=f"P{n}", country=None) for n in range(3)
    )
    for partner in made:
        partner.acronym = f"A{partner.pk}"
    Partner.objects.bulk_update(made, ["acronym"])

    keys = {str(partner.pk) for partner in made}
    assert {e.row_id for e in entries(Partner, operation="insert")} >= keys
    changed = {e.row_id: e.after for e in entries(Partner, operation="update")}
    assert changed == {str(p.pk): {"acronym": p.acronym} for p in made}


def test_raw_sql_and_copy_leave_entries():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO registry_currency VALUES ('AAA', 'By SQL', 2)")
        cursor.copy_expert(
            "COPY registry_currency FROM STDIN", io.StringIO("BBB\tBy COPY\t2\nCCC\tToo\t2\n")
        )
        cursor.execute(
            "INSERT INTO registry_currency VALUES ('AAA', 'Again', 2), ('DDD', 'New', 2)"
            " ON CONFLICT (code) DO UPDATE SET label = excluded.label"
        )

    found = log().filter(table_name="registry_currency")
    assert {(e.operation, e.row_id) for e in found} == {
        ("insert", "AAA"),
        ("insert", "BBB"),
        ("insert", "CCC"),
        ("insert", "DDD"),
        ("update", "AAA"),
    }


def test_a_changed_key_is_seen_from_both_sides():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO registry_currency VALUES ('AAA', 'Money', 2)")
        cursor.execute("UPDATE registry_currency SET code = 'ZZZ' WHERE code = 'AAA'")

    found = log().filter(table_name="registry_currency", operation="update")
    assert {(e.row_id, bool(e.before), bool(e.after)) for e in found} == {
        ("AAA", True, False),
        ("ZZZ", False, True),
    }


def test_relations_of_many_to_many_leave_entries():
    partnership, target = PartnershipFactory(), TargetFactory()
    partnership.targets.add(target)

    entry = last(type(partnership).targets.through)
    assert entry.after["partnership_id"] == partnership.pk
    assert entry.after["target_id"] == target.pk


def test_what_is_rolled_back_leaves_nothing():
    from django.db import transaction

    before = len(entries(Partner))
    with transaction.atomic():
        PartnerFactory()
        transaction.set_rollback(True)

    assert len(entries(Partner)) == before


def test_truncation_by_the_owner_is_taken_down():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE monitoring_category CASCADE")

    assert log().filter(operation="truncate", table_name="monitoring_category")


def test_personal_columns_say_that_they_changed_and_never_what_they_held():
    user = UserFactory(email="wangari@example.org", name="Wangari Muta")
    User.objects.filter(pk=user.pk).update(name="Wangari Njeri", is_staff=True)

    made, changed = entries(User, row_id=str(user.pk))
    assert made.withheld == ["email", "name", "password"]
    assert changed.withheld == ["name"]
    assert changed.after == {"is_staff": True}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_auditentry e WHERE e::text ILIKE '%wangari%'")
        assert cursor.fetchone() == (0,)


def test_only_a_personal_column_changed():
    user = UserFactory()
    User.objects.filter(pk=user.pk).update(email="new@example.org")

    entry = last(User)
    assert (entry.before, entry.after, entry.withheld) == (None, None, ["email"])


def test_says_who_acted_with_what_in_which_request():
    key = str(uuid.uuid4())
    with acting(key, token="abcdefgh", request="r-1"):
        PartnerFactory()

    entry = last(Partner)
    assert (entry.actor, entry.token, entry.request) == (key, "abcdefgh", "r-1")


def test_nobody_known_is_recorded_as_nobody():
    PartnerFactory()

    entry = last(Partner)
    assert (entry.actor, entry.token, entry.request) == (None, None, None)
