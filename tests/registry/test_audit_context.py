"""Who acts reaches the log by every way to the database, and never stays for the next one."""

import io

import pytest
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from registry.acting import acting, current
from registry.models import AuditEntry, Currency, Partner
from tests.factories import (
    PASSWORD,
    FrameworkFactory,
    PeriodFactory,
    ReportingUnitFactory,
    TokenFactory,
    UserFactory,
)


def seen_by_the_database():
    """Asked without our own cursor, which would tell the database first."""
    with connection.connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('registry.actor', true),"
            " current_setting('registry.request', true)"
        )
        return tuple(value or "" for value in cursor.fetchone())


def actors(code):
    entries = AuditEntry.objects.filter(table_name="registry_currency", row_id=code)
    return list(entries.order_by("id").values_list("actor", flat=True))


def make(code):
    Currency.objects.create(code=code, label="Money", minor_units=2)


@pytest.fixture
def clean(transactional_db):
    Currency.objects.filter(code__startswith="X").delete()
    connection.close()


@pytest.mark.usefixtures("clean")
def test_holds_outside_a_transaction_and_is_taken_back():
    with acting("somebody", request="r1"):
        make("XA")
    make("XB")

    assert actors("XA")[-1] == "somebody"
    assert actors("XB")[-1] is None


@pytest.mark.usefixtures("clean")
def test_copy_as_the_first_thing_on_a_connection():
    with acting("copier"), connection.cursor() as cursor:
        cursor.copy_expert("COPY registry_currency FROM STDIN", io.StringIO("XC\tMoney\t2\n"))

    assert actors("XC")[-1] == "copier"


@pytest.mark.usefixtures("clean")
def test_a_named_cursor_that_writes_as_it_is_read():
    """A server-side cursor over a function that writes: no execute wrapper sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.make() RETURNS text LANGUAGE sql AS "
            "$$ INSERT INTO registry_currency VALUES ('XD', 'Money', 2) RETURNING code $$"
        )
    with acting("reader"), transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT pg_temp.make()")
        assert cursor.fetchall() == [("XD",)]

    assert actors("XD")[-1] == "reader"


@pytest.mark.usefixtures("clean")
def test_a_rollback_does_not_bring_an_earlier_actor_back():
    with acting("first"):
        make("XE")
    with acting("second"):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            make("XF")
            raise ZeroDivisionError
        make("XF")
    with acting("third"), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            make("XG")
            raise ZeroDivisionError
        make("XG")

    assert (actors("XE"), actors("XF"), actors("XG")) == (["first"], ["second"], ["third"])


@pytest.mark.usefixtures("clean")
def test_an_actor_told_within_a_savepoint_is_told_again_after_it():
    with acting("outer"), transaction.atomic():
        make("XH")
        with pytest.raises(ZeroDivisionError), transaction.atomic(), acting("inner"):
            make("XI")
            raise ZeroDivisionError
        make("XI")
        with acting("inner"):
            make("XJ")
        make("XK")

    assert [actors(f"X{c}")[-1] for c in "HIJK"] == ["outer", "outer", "inner", "outer"]


@pytest.mark.usefixtures("clean")
def test_a_failed_transaction_can_still_be_left_when_the_actor_changes():
    with acting("one"), transaction.atomic():
        sid = transaction.savepoint()
        with acting("two"):
            with connection.cursor() as cursor, pytest.raises(Exception, match="division by zero"):
                cursor.execute("SELECT 1 / 0")
            with acting("three"):
                transaction.savepoint_rollback(sid)
        make("XL")

    assert actors("XL")[-1] == "one"


@pytest.mark.usefixtures("clean")
def test_behind_a_pooler_nothing_stays_on_the_connection(settings):
    settings.DATABASE_POOLED = True
    with acting("pooled", request="r"):
        make("XM")
        assert seen_by_the_database() == ("", "")
        with transaction.atomic():
            make("XN")
            assert seen_by_the_database() == ("pooled", "r")
        assert seen_by_the_database() == ("", "")

    assert (actors("XM")[-1], actors("XN")[-1]) == (None, "pooled")


@pytest.mark.usefixtures("clean")
def test_a_request_that_reads_tells_the_database_nothing():
    Client().get("/partners/")

    assert seen_by_the_database() == ("", "")


@pytest.mark.django_db
def test_a_token_is_named_by_how_its_key_begins():
    token = TokenFactory()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    answer = client.post(
        "/api/v1/partners/",
        {"name": "New", "kind": "academia"},
        headers={"X-Request-ID": "trace-7"},
    )

    entry = AuditEntry.objects.about(Partner, answer.json()["id"]).first()
    assert entry.actor == str(token.user.key)
    assert entry.token == token.token_key[:8]
    assert entry.token != token.token_key
    assert (entry.request, answer["X-Request-ID"]) == ("trace-7", "trace-7")


@pytest.mark.usefixtures("clean")
def test_requests_one_after_another_on_one_connection_are_not_mixed_up():
    first, second = UserFactory(), UserFactory(admin=True)
    one, two, nobody = APIClient(), APIClient(), APIClient()
    one.force_authenticate(first)
    two.force_authenticate(second)
    named = ((one, "Lake Victoria"), (two, "Sierra Nevada"), (one, "Mekong"))

    made = [
        client.post("/api/v1/partners/", {"name": name, "kind": "academia"}).json()["id"]
        for client, name in named
    ]
    two.post("/api/v1/partners/", {"name": ""})  # refused: nothing is written
    nobody.post("/api/v1/sign-in/", {"email": first.email, "password": PASSWORD})

    entries = [AuditEntry.objects.about(Partner, key).last() for key in made]
    assert [e.actor for e in entries] == [str(u.key) for u in (first, second, first)]
    assert len({e.request for e in entries}) == 3
    signed_in = AuditEntry.objects.filter(table_name="registry_token", operation="insert").first()
    assert signed_in.actor is None
    assert current().actor == ""


@pytest.mark.django_db
def test_a_session_is_named_on_pages():
    unit = ReportingUnitFactory()
    partnership, partner = unit.membership.partnership, unit.membership.partner
    manager = UserFactory(manages=partner)
    framework = FrameworkFactory(partnership=partnership, agreed=True)
    period = PeriodFactory(framework=framework)
    client = Client()
    client.force_login(manager)
    answer = client.post(f"/submissions/start/{unit.pk}/{period.pk}/")

    assert answer.status_code == 302
    begun = AuditEntry.objects.filter(table_name="monitoring_submission").first()
    assert (begun.operation, begun.actor) == ("insert", str(manager.key))


@pytest.mark.parametrize(
    ("given", "taken"),
    [("abc-1.2_3", True), ("", False), ("a b", False), ("x" * 65, False), ("a@b.org", False)],
)
@pytest.mark.django_db
def test_takes_a_request_id_only_if_it_is_one(given, taken):
    answer = Client().get("/healthz-not-there/", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) is taken
    assert answer["X-Request-ID"]


@pytest.mark.django_db
def test_log_lines_name_the_request(caplog):
    from registry.middleware import RequestIdFilter

    caplog.handler.addFilter(RequestIdFilter())
    Client().get("/no-such-page/", headers={"X-Request-ID": "seen-in-logs"})

    assert {record.request_id for record in caplog.records} == {"seen-in-logs"}
