"""No request reaches an address that is not public: whatever the URL, whatever the answer."""

import socket
import threading

import pytest

from registry import outgoing
from tests.tls import serving

# What the name service answers is the test's; what is done with it is the product's.
REAL_CONNECT, REAL_LOOKUP = outgoing.connect, outgoing.lookup

LISTED = """
http://hooks.example.org/                     https://127.0.0.1/
https://127.1/                                https://127.0.1/
https://2130706433/                           https://0x7f000001/
https://0x7f.0x0.0x0.0x1/                     https://0x7f.1/
https://017700000001/                         https://0177.0.0.1/
https://0/                                    https://127.0.0.1./
https://localhost/                            https://localhost./
https://[::1]/                                https://[::]/
https://[::ffff:127.0.0.1]/                   https://[::ffff:7f00:1]/
https://[::127.0.0.1]/                        https://[fe80::1%25lo]/
https://[fd00:ec2::254]/                      https://[64:ff9b::7f00:1]/
https://[2002:7f00:1::]/                      https://169.254.169.254/latest/meta-data/
https://0251.0376.0251.0376/                  https://2852039166/
https://0xa9fea9fe/                           https://10.0.0.1/
https://192.168.0.1/                          https://172.16.0.1/
https://100.64.0.1/                           https://168.63.129.16/
https://hooks.example.org@127.0.0.1/          https://127.0.0.1@hooks.example.org/
https://hooks.example.org:80@127.0.0.1/       https://hooks.example.org\\@127.0.0.1/
https://hooks.example.org#@127.0.0.1/         https://127。0。0。1/
https://①②⑦.0.0.1/                            https://１２７.0.0.1/
https://127.0.0.1%2f@hooks.example.org/       https://%31%32%37.0.0.1/
https://hooks.example.org:22/                 https://hooks.example.org:6379/
https://hooks.example.org:99999/              https://hooks.example.org:0/
https://hooks.example.org:8443/               gopher://hooks.example.org/
file:///etc/passwd                            //hooks.example.org/
https:hooks.example.org                       https:///hooks.example.org
https://hooks.example.org./                   https://hooks..example.org/
https://host/                                 https://1.2.3.4.5/
https://example.0x7f/                         https://example.1/
"""
URLS = LISTED.split()
SPACED = [
    "https://hooks.example.org/ HTTP/1.1",
    "https://hooks.example.org/\r\nHost: 127.0.0.1",
    "https://hooks.example.org/\n",
    "https://hooks.example.org\t@127.0.0.1/",
    "https://hooks.example.org/\x00",
    "https://hooks.exämple.org/",
    "",
    "https://hooks.example.org/" + "a" * 500,
]
CLOSED = """
127.0.0.1 127.8.8.8 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.1.1
169.254.169.254 100.64.0.1 100.100.100.200 100.127.255.255 168.63.129.16 192.0.0.1 192.0.0.8
192.0.0.170 192.0.2.1 192.88.99.1 192.31.196.1 192.52.193.1 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 233.252.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
::ffff:93.184.216.34 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 100:0:0:1::1
2001::1 2001:0:53aa:64c:0:fbff:80ff:fffe 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1:: 2002:a9fe:a9fe:: 2620:4f:8000::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fd12::1
fe80::1 fe80::1%lo fec0::1 ff02::1 ff0e::1 2607:f8b0::5efe:7f00:1 2607:f8b0::200:5efe:a00:1
4000::1 nonsense
"""
ADDRESSES = CLOSED.split()


@pytest.fixture
def listener(monkeypatch):
    """A server on loopback at which every connection arrives that anybody makes."""
    real = socket.create_connection
    monkeypatch.setattr(outgoing, "connect", REAL_CONNECT)
    with serving() as server:
        server.dialled = []

        def dial(address, **options):
            server.dialled.append(address)
            return real(("127.0.0.1", server.port), **options)

        monkeypatch.setattr(socket, "create_connection", dial)
        yield server


def refuse(url):
    with pytest.raises(outgoing.Refused) as refusal:
        outgoing.post(url, b"{}", {})
    return refusal.value


def test_there_are_many_hostile_urls():
    assert len(URLS) + len(SPACED) + len(ADDRESSES) > 100


@pytest.mark.parametrize("url", [*URLS, *SPACED])
def test_refuses_the_url_before_any_name_is_asked(url, listener, monkeypatch):
    asked = []
    monkeypatch.setattr(outgoing, "lookup", lambda *what: asked.append(what) or ["93.184.216.34"])

    refuse(url)

    assert (asked, listener.dialled, listener.connections) == ([], [], 0)


@pytest.mark.parametrize("address", ADDRESSES)
def test_refuses_a_name_that_leads_there(address, listener, monkeypatch):
    for answer in ([address], ["93.184.216.34", address], [address, "2606:2800:220:1::1"]):
        monkeypatch.setattr(outgoing, "lookup", lambda *what, answer=answer: answer)

        assert refuse("https://hooks.example.org/").code == "address_refused"

    assert (listener.dialled, listener.connections) == ([], 0)


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_what_would_connect_is_noticed_and_sent_nothing(scheme, listener, settings):
    """As if something below us had led the packets for a public address to another one."""
    settings.WEBHOOKS_ALLOW_HTTP, settings.WEBHOOKS_PORTS = True, [80, 443]

    assert refuse(f"{scheme}://hooks.example.org/").code == "address_refused"

    assert len(listener.dialled) == 1
    assert listener.arrived.wait(5)
    assert all(head == "" for head, _ in listener.received)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "172.15.255.255", "172.32.0.1", "192.0.1.1", "100.63.255.255"]
    + ["100.128.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.254"]
    + ["2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001:81b::200e", "2400:cb00::1"],
)
def test_public_addresses_are_open(address):
    assert outgoing.is_open(address)


def test_a_name_that_changes_its_mind_is_not_asked_again(monkeypatch):
    """Rebinding: public when checked, loopback a moment later."""
    answers = iter(["198.41.0.4", "127.0.0.1", "127.0.0.1"])
    resolved, went = [], []

    def getaddrinfo(host, port, *rest, **more):
        resolved.append(host)
        return [(2, 1, 6, "", (next(answers), port))]

    def create_connection(address, **options):
        went.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(outgoing, "connect", REAL_CONNECT)
    monkeypatch.setattr(outgoing, "lookup", REAL_LOOKUP)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    with pytest.raises(outgoing.NoAnswer):
        outgoing.post("https://hooks.example.org/", b"{}", {})

    assert (resolved, went) == (["hooks.example.org"], [("198.41.0.4", 443)])


def test_a_name_without_address_and_a_name_service_that_hangs(settings, monkeypatch):
    hang = threading.Event()
    monkeypatch.setattr(outgoing, "lookup", REAL_LOOKUP)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **o: hang.wait(5) and [])
    settings.WEBHOOKS_TIMEOUT = 0.1

    assert refuse("https://hooks.example.org/").code == "no_such_host"
    hang.set()
