"""Every table of the apps and of accounts is audited, or in a short list that says why not."""

import pytest
from django.apps import apps
from django.db import connection

APPS = ("registry", "partnerships", "monitoring", "account", "mfa", "django_celery_beat")
NOT_AUDITED = {
    "account_emailconfirmation": "links that confirm are signed; the table stays empty",
    "django_celery_beat_periodictasks": "the moment of the last change, for beat to see",
    "registry_auditentry": "the log itself",
    "registry_auditseal": "the log itself",
    "registry_event": "a log of its own, added to in the transaction that caused it",
    "registry_notice": "a message to one person, made from an event; people only read it",
    "registry_digest": "a worker's job: the mail of a day; people choose in the settings",
    "registry_outboxentry": "a queue, filled by a trigger and emptied by workers",
    "registry_webhookdelivery": "a worker's job and its log; people act on it by events",
    "registry_idempotentanswer": "an answer that was given, kept for two days; may hold anything",
    "registry_invitationmail": "a worker's job; what people do is the invitation",
    "partnerships_wordcount": "derived each night from texts that are audited",
    "partnerships_membershipinvitationmail": "a worker's job; what people do is the invitation",
    "registry_partnersearch": "derived by triggers from tables that are audited",
    "partnerships_partnershipsearch": "derived by triggers from tables that are audited",
    "partnerships_facets": "derived by triggers from tables that are audited",
    "monitoring_submissionquality": "derived when data is handed in, from rows that are audited",
    "monitoring_unitrollup": "derived from approved values, which are audited",
    "monitoring_figurerollup": "derived from approved values, which are audited",
    "monitoring_rollupchange": "a queue, filled by triggers and emptied by refreshes",
    "monitoring_reportheadline": "derived from a report's content, which stands in sha256",
    "monitoring_reportmeasure": "derived from a report's content, which stands in sha256",
    "monitoring_reportfigure": "derived from a report's content, which stands in sha256",
    "monitoring_changesseen": "how far the nightly task has looked; written by it alone",
    "monitoring_reportfile": "a worker's job; its bytes stand in sha256, its content in the report",
    "registry_importedrow": "how an import is taken back; written by imports alone",
    "registry_importfinding": "what an import says of a file; written by imports alone",
}
TRIGGERS = {"audit_insert", "audit_update", "audit_delete", "audit_truncate"}
PERSONAL = {"email", "password", "phone", "comment", "note", "interests", "findings", "digest"}


def tables():
    return {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields}
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


@pytest.fixture
def triggers(db):
    """The audit's triggers in the database: their names, and the columns they withhold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled,"
            "  string_to_array(encode(t.tgargs, 'escape'), '\\000')"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'registry_audit'"
        )
        rows = cursor.fetchall()
    found = {}
    for table, name, enabled, arguments in rows:
        assert enabled == "O"
        found.setdefault(table, {})[name] = arguments[:3]
    return found


def test_every_table_is_audited_or_excepted_with_a_reason(triggers):
    missing = set(tables()) - set(triggers) - set(NOT_AUDITED)
    assert not missing, f"add `audited(table)` in a migration: {sorted(missing)}"
    assert not set(NOT_AUDITED) & set(triggers)
    assert not set(NOT_AUDITED) - set(tables())


def test_every_audited_table_has_all_four_triggers_with_the_same_columns(triggers):
    for table, found in triggers.items():
        assert set(found) == TRIGGERS, table
        assert len({tuple(arguments) for arguments in found.values()}) == 1, table


def test_keys_and_columns_that_the_triggers_name_exist(triggers):
    for table, found in triggers.items():
        key, hidden, ignored = found["audit_insert"]
        named = {key, *columns(hidden), *columns(ignored)}
        assert named <= tables()[table], table


def test_columns_that_sound_personal_are_withheld(triggers):
    for table, found in triggers.items():
        _, hidden, ignored = found["audit_insert"]
        kept = tables()[table] - columns(hidden) - columns(ignored)
        assert not kept & PERSONAL, table


def columns(array):
    return set(filter(None, array.strip("{}").split(",")))
