"""Whoever edits, deletes, reorders, inserts or cuts off what was sealed is found out.

As the owner, who can take the triggers away; each tampering is rolled back after it was seen.
"""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from registry.errors import DomainError
from registry.models import AuditEntry, AuditSeal, Currency
from registry.seals import anchor
from registry.verifying import verify
from tests.registry.seals import empty_log, forge_chain, seal_everything

EACH = 20
ENTRIES, SEALS = 40, 8


@pytest.fixture(scope="module")
def sealed(django_db_setup, django_db_blocker, tmp_path_factory):
    """A log of 40 entries under 8 seals, and the file that anchors them."""
    file = tmp_path_factory.mktemp("audit") / "anchors.jsonl"
    with django_db_blocker.unblock():
        empty_log()
        for number in range(ENTRIES):
            Currency.objects.create(code=f"A{number:02}", label=f"Money {number}", minor_units=2)
        seal_everything(most=ENTRIES // SEALS)
        anchor(file, begin=True)
        yield file
        Currency.objects.filter(code__startswith="A", label__startswith="Money").delete()
        empty_log()


@pytest.fixture
def tampering(sealed, django_db_blocker):
    """The owner's cursor, without the triggers that keep the log; rolled back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_auditentry DISABLE TRIGGER keep")
        cursor.execute("ALTER TABLE registry_auditseal DISABLE TRIGGER keep")
        yield cursor
        transaction.set_rollback(True)


def rows():
    return list(AuditEntry.objects.order_by("transaction", "id").values())


def nth(number):
    return rows()[number]


def test_an_untouched_log_holds(sealed, tampering):
    verdict = verify(sealed)

    assert verdict.problem is None
    assert (verdict.seals, verdict.entries, verdict.anchors) == (SEALS, ENTRIES, SEALS)


EDITS = (
    "actor = 'somebody else'",
    "at = at + interval '1 microsecond'",
    'after = after || \'{"label": "More money"}\'',
    "row_id = 'ZZZ'",
    "operation = 'update'",
    "table_name = 'registry_partner'",
    "withheld = '{name}'",
    "request = 'another'",
    "token = ''",
    "before = '{}'",
)


@pytest.mark.parametrize("number", range(EACH))
def test_finds_an_edited_entry(sealed, tampering, number):
    place = number * 2
    entry = nth(place)
    tampering.execute(
        f"UPDATE registry_auditentry SET {EDITS[number % len(EDITS)]} WHERE id = %s", [entry["id"]]
    )
    assert tampering.rowcount == 1
    assert nth(place) != entry

    problem = verify(sealed).problem

    assert problem.entry == entry["id"]
    assert problem.seal == place // (ENTRIES // SEALS) + 1


@pytest.mark.parametrize("number", range(EACH))
def test_finds_a_deleted_entry(sealed, tampering, number):
    place = number * 2 + 1
    tampering.execute("DELETE FROM registry_auditentry WHERE id = %s", [nth(place)["id"]])
    assert tampering.rowcount == 1
    assert len(rows()) == ENTRIES - 1

    assert verify(sealed).problem.seal == place // (ENTRIES // SEALS) + 1


@pytest.mark.parametrize("number", range(EACH))
def test_finds_two_entries_that_changed_places(sealed, tampering, number):
    """Each keeps its content and takes the other's place: id and transaction."""
    first, second = nth(number), nth((number + 3 + number % 7) % ENTRIES)
    places = [(row["transaction"], row["id"]) for row in (first, second)]
    tampering.execute(
        "UPDATE registry_auditentry SET transaction = -transaction WHERE id IN %s",
        [(first["id"], second["id"])],
    )
    # The id is always the database's own: taken from one row it is given to the other.
    tampering.execute("ALTER TABLE registry_auditentry ALTER id DROP IDENTITY")
    for row, (transaction_id, key) in zip((first, second), reversed(places), strict=True):
        tampering.execute(
            "UPDATE registry_auditentry SET transaction = %s, id = %s WHERE row_id = %s",
            [transaction_id, key, row["row_id"]],
        )
        assert tampering.rowcount == 1
    swapped = {row["id"]: row["row_id"] for row in rows()}
    assert swapped[first["id"]] == second["row_id"]
    assert swapped[second["id"]] == first["row_id"]

    assert verify(sealed).problem.entry == min(first["id"], second["id"])


@pytest.mark.parametrize("number", range(EACH))
def test_finds_an_inserted_entry(sealed, tampering, number):
    beside = nth(number * 2)
    tampering.execute(
        "INSERT INTO registry_auditentry OVERRIDING SYSTEM VALUE"
        " SELECT id + %s, transaction, at, actor, token, request, operation, table_name, 'forged',"
        "   before, after, withheld FROM registry_auditentry WHERE id = %s",
        [-(10**6) if number % 2 else -1 - 10**5, beside["id"]],
    )
    assert tampering.rowcount == 1
    assert len(rows()) == ENTRIES + 1

    problem = verify(sealed).problem

    assert problem.entry == AuditEntry.objects.get(row_id="forged").pk


@pytest.mark.parametrize("number", range(EACH))
def test_finds_a_cut_off_end(sealed, tampering, number):
    """The last entries; every second time their seals too, which only the anchors know of."""
    lost = number // 2 % (SEALS - 1) + 1
    last = AuditSeal.objects.get(number=SEALS - lost)
    tampering.execute(
        "DELETE FROM registry_auditentry WHERE (transaction, id) > (%s, %s)",
        [last.last_transaction, last.last_id],
    )
    assert tampering.rowcount == lost * ENTRIES // SEALS
    if number % 2:
        tampering.execute("DELETE FROM registry_auditseal WHERE number > %s", [last.number])
        assert tampering.rowcount == lost
        assert verify(None).problem is None  # the database alone cannot tell

    assert verify(sealed).problem.seal == last.number + 1


def test_finds_a_chain_made_anew(sealed, tampering):
    """All seals computed again over an edited log: it holds in itself, and against no anchor."""
    tampering.execute("UPDATE registry_auditentry SET actor = 'me' WHERE id = %s", [nth(7)["id"]])
    forge_chain(tampering)
    assert verify(None).problem is None

    assert verify(sealed).problem.seal == 2


def test_finds_an_edited_seal_and_a_missing_one(sealed, tampering):
    tampering.execute("UPDATE registry_auditseal SET sealed_at = now() WHERE number = 3")
    assert verify(sealed).problem.seal == 3
    tampering.execute("DELETE FROM registry_auditseal WHERE number = 2")
    assert verify(sealed).problem.seal == 2


def test_the_command_says_so_and_fails(sealed, tampering, capsys):
    call_command("verify_audit", anchor=sealed, as_json=True)
    assert json.loads(capsys.readouterr().out)["ok"] is True
    entry = nth(12)["id"]
    tampering.execute("UPDATE registry_auditentry SET actor = 'me' WHERE id = %s", [entry])

    with pytest.raises(CommandError, match=f"Entry {entry} is not as it was"):
        call_command("verify_audit", anchor=sealed, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ok"], answer["problem"]["entry"]) == (False, entry)


def test_anchors_that_were_taken_away_are_missed(sealed, tampering, settings, tmp_path, capsys):
    """Without them a chain made anew cannot be told: that is no proof unless one says so."""
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "gone.jsonl")
    with pytest.raises(CommandError, match="gone.jsonl is missing"):
        call_command("verify_audit", as_json=True)
    assert json.loads(capsys.readouterr().out)["ok"] is False
    (tmp_path / "gone.jsonl").touch()
    with pytest.raises(CommandError, match="is missing or empty"):
        call_command("verify_audit")

    assert "no anchors: none were given" in call_command("verify_audit", no_anchor=True)


def test_an_anchor_file_that_was_taken_away_is_not_begun_anew(sealed, tampering, tmp_path):
    for file in (tmp_path / "gone.jsonl", tmp_path / "empty.jsonl"):
        (tmp_path / "empty.jsonl").touch()
        with pytest.raises(DomainError) as refused:
            anchor(file)
        assert refused.value.code == "anchor_missing"
        assert "--new-anchor" in refused.value.detail
    assert not (tmp_path / "gone.jsonl").exists()
    assert not (tmp_path / "empty.jsonl").read_text()

    assert anchor(tmp_path / "gone.jsonl", begin=True) == SEALS
    assert verify(tmp_path / "gone.jsonl").anchors == SEALS
