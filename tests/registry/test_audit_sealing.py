"""Sealing: everything that was committed, once, in order, and nobody waits for it."""

import json
from functools import partial
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from registry import seals
from registry.errors import DomainError
from registry.models import AuditEntry, AuditSeal, Currency
from registry.verifying import verify
from tests.registry.seals import empty_log, seal_everything, without_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def log(transactional_db, settings, tmp_path):
    """An empty log, and a file for its anchors."""
    empty_log()
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "kept" / "anchors.jsonl")
    yield tmp_path / "kept" / "anchors.jsonl"
    empty_log()


def make(code):
    Currency.objects.create(code=code, label="Money", minor_units=2)


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def in_a_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_leaves_a_running_transaction_for_later_and_all_that_began_after_it():
    began, may_end = Event(), Event()

    def long():
        with transaction.atomic():
            make("LNG")
            began.set()
            may_end.wait(30)

    thread = in_a_thread(long)
    began.wait(30)
    make("SHO")
    seals.seal()
    sealed = AuditSeal.objects.count()
    may_end.set()
    thread.join()
    seal_everything()

    assert sealed == 0
    last = AuditSeal.objects.last()
    assert (last.number, last.total) == (1, 2)
    assert verify(None).problem is None


def write(number):
    """Two rows a transaction; odd numbers keep it open for a while, every fourth takes it back."""
    for turn in "ABCDEFGHIJKL":
        with transaction.atomic():
            make(f"{number}1{turn}")
            if number % 2:
                Event().wait(0.005 * number)
            make(f"{number}2{turn}")
            if turn in "DHL":
                transaction.set_rollback(True)


def test_eight_writers_and_sealers_lose_nothing_and_seal_nothing_twice():
    """Short and long transactions, some rolled back, while two seal all the time."""
    done = Event()

    def keep_sealing():
        while not done.is_set():
            seals.seal()

    sealers = [in_a_thread(keep_sealing) for _ in range(2)]
    for thread in [in_a_thread(partial(write, number)) for number in range(8)]:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    seal_everything()

    committed = set(Currency.objects.values_list("code", flat=True))
    entries = AuditEntry.objects.filter(table_name="registry_currency", operation="insert")
    assert len(committed) == 8 * 9 * 2
    assert sorted(entries.values_list("row_id", flat=True)) == sorted(committed)
    check_seals()


def check_seals():
    """Every entry lies under exactly one seal: bounds rise, counts add up, the chain holds."""
    stored = list(AuditSeal.objects.order_by("number"))
    assert [seal.number for seal in stored] == list(range(1, len(stored) + 1))
    assert sum(seal.entries for seal in stored) == stored[-1].total == AuditEntry.objects.count()
    bounds = [(seal.last_transaction, seal.last_id) for seal in stored]
    assert bounds == sorted(set(bounds))
    verdict = verify(None)
    assert (verdict.problem, verdict.unsealed) == (None, 0)
    assert verdict.entries == AuditEntry.objects.count()


def test_a_seal_holds_at_most_so_many_and_the_next_goes_on(monkeypatch):
    for number in range(7):
        make(f"N{number}")
    seal_everything(most=3)

    assert [seal.entries for seal in AuditSeal.objects.all()] == [3, 3, 1]


def test_nothing_new_makes_no_seal(log):
    make("ONE")
    seal_everything()
    seals.seal()
    seals.seal()

    assert AuditSeal.objects.count() == 1
    assert len(lines(log)) == 1


def test_anchors_every_seal_once_even_those_that_a_crash_left_out(log):
    make("ONE")
    seal_everything()  # sealed, and not anchored: as after a crash between the two
    assert not log.exists()
    seals.seal()
    make("TWO")
    seal_everything()
    seals.seal()

    stored = list(AuditSeal.objects.order_by("number"))
    assert [(line["seal"], line["entries"], line["sha256"]) for line in lines(log)] == [
        (seal.number, seal.total, bytes(seal.sha256).hex()) for seal in stored
    ]


def test_begins_a_new_file_only_when_told_to(log, caplog):
    """A first start begins one by itself; later a file that is gone is a finding."""
    for code in ("ONE", "TWO"):
        make(code)
        seal_everything()
        seals.seal()
    assert "begin in a new file" in caplog.text
    moved = log.rename(log.with_name("moved.jsonl"))
    with pytest.raises(CommandError, match="seal_audit --new-anchor"):
        call_command("seal_audit")
    with pytest.raises(CommandError, match="is missing"):
        call_command("verify_audit")
    assert not log.exists()
    caplog.clear()

    call_command("seal_audit", new_anchor=True)

    assert "begin in a new file" in caplog.text
    assert log.read_bytes() == moved.read_bytes()
    call_command("verify_audit")


def test_verifies_a_log_without_seals_and_without_a_file(log):
    assert "0 seals" in call_command("verify_audit")
    seals.anchor(log)
    assert not log.exists()


def test_mends_an_anchor_that_a_crash_cut_short(log):
    make("ONE")
    seal_everything()
    seals.seal()
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"seal": 2, "entr')
    make("TWO")
    seal_everything()
    seals.seal()

    assert [line["seal"] for line in lines(log)] == [1, 2]


def test_goes_no_further_once_the_anchors_say_something_else(log):
    make("ONE")
    seal_everything()
    seals.seal()
    with without_triggers() as cursor:
        cursor.execute("UPDATE registry_auditseal SET sha256 = sha256('')")
    before = log.read_bytes()

    with pytest.raises(DomainError, match="not the one that was anchored"):
        seals.seal()
    with pytest.raises(CommandError, match="verify_audit"):
        call_command("seal_audit")
    assert log.read_bytes() == before


def test_a_log_restored_into_a_young_cluster_goes_on(log):
    """There transaction numbers are lower than those that have been sealed."""
    make("OLD")
    seal_everything()
    with without_triggers() as cursor:  # as if the other cluster had been far ahead of this one
        cursor.execute("UPDATE registry_auditentry SET transaction = transaction + 10 ^ 12")
        cursor.execute("TRUNCATE registry_auditseal")
        cursor.execute("UPDATE registry_auditcluster SET ahead = 2 * 10 ^ 12")
        cursor.execute("SELECT registry_seal_audit(1000)")
        cursor.execute("UPDATE registry_auditcluster SET ahead = 0, system = 1")
    try:
        with pytest.raises(Exception, match="restored from another cluster"):
            seals.seal()
        call_command("seal_audit", after_restore=True)
        make("NEW")
        until_sealed()
        verdict = verify(None)
        assert (verdict.problem, verdict.seals, verdict.unsealed) == (None, 2, 0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE registry_auditcluster SET ahead = 0")


def until_sealed():
    for _ in range(600):
        if seals.seal():
            return
        Event().wait(0.05)


def test_beat_has_it_sealed(settings):
    from config.celery import app
    from registry.tasks import seal_audit

    beat = settings.CELERY_BEAT_SCHEDULE["seal the audit log"]
    assert app.tasks[beat["task"]].name == seal_audit.name
    assert beat["schedule"] == settings.AUDIT_SEAL_SECONDS
    make("ONE")
    seal_everything()
    seal_audit()

    assert AuditSeal.objects.count() == 1
