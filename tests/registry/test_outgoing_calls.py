"""Calls that go through: over real TLS, to a server on loopback that a setting allows here."""

import time

import pytest

from registry import outgoing
from tests.tls import make_certificates, serving

REAL_CONNECT = outgoing.connect
HOST = "hooks.example.org"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
def call(certificates, settings, monkeypatch):
    """Call the server by HOST's name."""
    settings.WEBHOOKS_ALLOW_NETWORKS = ["127.0.0.1/32"]
    settings.WEBHOOKS_CA_FILE = str(certificates[0])
    settings.WEBHOOKS_TIMEOUT = 5
    monkeypatch.setattr(outgoing, "connect", REAL_CONNECT)
    monkeypatch.setattr(outgoing, "lookup", lambda host, port: ["127.0.0.1"])

    def call(server, path="/", headers=(), host=HOST):
        settings.WEBHOOKS_PORTS = [server.port]
        return outgoing.post(f"https://{host}:{server.port}{path}", b'{"a":1}', dict(headers))

    return call


def answer(text, body=b""):
    return f"HTTP/1.1 {text}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_tells_the_name_in_sni_and_host_and_sends_the_body(call, certificates):
    with serving(cert_file=certificates[1], answer=answer("201 Created", b"thanks")) as server:
        came = call(server, "/in?box=1", {"webhook-id": "msg_1"})

    assert came == (201, "thanks", "")
    assert server.asked_names == [HOST]
    [(head, body)] = server.received
    lines = head.split("\r\n")
    assert lines[0] == "POST /in?box=1 HTTP/1.1"
    assert [line for line in lines if line.lower().startswith("host:")] == [
        f"Host: {HOST}:{server.port}"
    ]
    assert "webhook-id: msg_1" in lines
    assert body == b'{"a":1}'


def test_refuses_a_certificate_for_another_name(call, certificates):
    with (
        serving(cert_file=certificates[1]) as server,
        pytest.raises(outgoing.NoAnswer, match="certificate is not valid"),
    ):
        call(server, host="other.example.org")

    assert server.received == []


def test_refuses_a_certificate_of_an_unknown_authority(call, certificates, settings):
    settings.WEBHOOKS_CA_FILE = ""
    with (
        serving(cert_file=certificates[1]) as server,
        pytest.raises(outgoing.NoAnswer, match="certificate is not valid"),
    ):
        call(server)

    assert server.received == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_follows_no_redirect(call, certificates, status):
    with serving() as inside:
        moved = f"HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:{inside.port}/\r\n\r\n"
        with serving(cert_file=certificates[1], answer=moved.encode()) as server:
            came = call(server)

        assert came.status == int(status[:3])
        assert (server.connections, inside.connections) == (1, 0)


def test_asks_no_proxy_of_the_environment(call, certificates, monkeypatch):
    with serving() as proxy, serving(cert_file=certificates[1]) as server:
        for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert call(server).status == 204
        assert proxy.connections == 0


def test_reads_no_more_of_a_long_answer_than_it_keeps(call, certificates):
    with serving(
        cert_file=certificates[1], answer=answer("200 OK", "é".encode() * 5_000_000)
    ) as server:
        came = call(server)

    assert (came.status, came.body) == (200, "é" * 1000)


def test_keeps_no_nul_and_no_broken_characters(call, certificates):
    with serving(cert_file=certificates[1], answer=answer("200 OK", b"a\x00b\xff")) as server:
        assert call(server).body == "a\ufffdb\ufffd"


def drip_head(client, closing):
    client.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not closing.wait(0.02):
        client.sendall(b"a")


@pytest.mark.parametrize("slow", [None, drip_head], ids=["silent", "dripping"])
def test_waits_no_longer_than_the_time_limit(call, certificates, settings, slow):
    settings.WEBHOOKS_TIMEOUT = 0.5
    with serving(cert_file=certificates[1], answer=slow) as server:
        began = time.monotonic()
        with pytest.raises(outgoing.NoAnswer, match="No answer in time"):
            call(server)

        assert time.monotonic() - began < 3


def test_a_server_that_never_begins_tls(call, settings):
    settings.WEBHOOKS_TIMEOUT = 0.3
    with serving(answer=None) as server, pytest.raises(outgoing.NoAnswer):
        call(server)


@pytest.mark.parametrize(
    "bad", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 9" + b"9" * 70_000, b"HTTP/1.1 abc no\r\n\r\n"]
)
def test_what_is_no_answer(call, certificates, bad):
    with serving(cert_file=certificates[1], answer=bad) as server, pytest.raises(outgoing.NoAnswer):
        call(server)


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb"])
def test_no_header_can_be_injected(call, certificates, value):
    with serving(cert_file=certificates[1]) as server, pytest.raises(outgoing.NoAnswer):
        call(server, headers={"webhook-id": value})

    assert all("X-Injected" not in head for head, _ in server.received)


def test_goes_on_to_the_next_address_that_answers(call, certificates, monkeypatch, settings):
    settings.WEBHOOKS_ALLOW_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(outgoing, "lookup", lambda *what: ["127.0.0.9", "127.0.0.1"])
    with serving(cert_file=certificates[1]) as server:
        assert call(server).status == 204
