"""The one door through which the product calls an address that somebody else has named.

A name is resolved once, every address of the answer is checked, and the connection goes to a
checked address itself: what the name service says a moment later changes nothing. Redirects are
not followed, and no proxy of the environment is asked. Python's `is_global` alone is not enough:
it lets pass multicast, 6to4 and NAT64, which carry a private address inside.
"""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from registry.errors import DomainError

KEPT = 1000  # characters of an answer; no more of it is read than could hold them
LONGEST_URL = 500
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# The last label has a letter first: 127.1, 0x7f.1, 2130706433 and 017700000001 are no names.
_NAME = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
# IANA's special-purpose registries, multicast and class E; the last one is Azure's metadata.
_CLOSED_V4 = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24
    198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
"""
# Only 2000::/3 is given out; in it: IETF's own (Teredo, benchmarking, ORCHID), documentation,
# 6to4, AS112.
_OPEN_V6 = ip_network("2000::/3")
_CLOSED_V6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"
CLOSED = [ip_network(text) for text in (_CLOSED_V4 + _CLOSED_V6).split()]
# ISATAP: an IPv4 address inside the lower half, after one of these.
_ISATAP = (0x00005EFE, 0x02005EFE)


class Refused(DomainError):
    """The product does not go there."""

    def __init__(self, detail: str, code: str = "address_refused") -> None:
        super().__init__(code, detail)

    def as_invalid(self) -> ValidationError:
        """The same, as an error of the field that names the address."""
        return ValidationError(self.detail, code=self.code)


class NoAnswer(Exception):
    """Nothing that could be called an answer came back; the text says why, for a log."""


class Answer(NamedTuple):
    """What came back: the beginning of the body only."""

    status: int
    body: str
    retry_after: str


class Door(NamedTuple):
    """Where a URL leads: the name for certificate and Host, the address to connect to."""

    scheme: str
    host: str
    port: int
    target: str
    addresses: list[str]


def check_url(url: str) -> SplitResult:
    """The parts of a URL that may be called, as far as one can tell without a name service."""
    if not re.fullmatch(r"[\x21-\x7e]+", url) or "\\" in url:
        raise Refused("Only ASCII without spaces: write other names as xn--…", "bad_url")
    if len(url) > LONGEST_URL:
        raise Refused(f"At most {LONGEST_URL} characters.", "bad_url")
    try:
        parts = urlsplit(url)
        _port(parts)
    except ValueError:
        raise Refused("Not a URL.", "bad_url") from None
    _check_parts(parts)
    return parts


def _check_parts(parts: SplitResult) -> None:
    schemes = ["https", "http"] if settings.WEBHOOKS_ALLOW_HTTP else ["https"]
    if parts.scheme not in schemes:
        raise Refused("The URL must begin with https://.", "bad_scheme")
    if "@" in parts.netloc or parts.fragment:
        raise Refused("No user name, password or fragment in the URL.", "bad_url")
    if not _NAME.fullmatch(parts.hostname or ""):
        raise Refused("Name a host, such as hooks.example.org, not an address.", "bad_host")
    if _port(parts) not in settings.WEBHOOKS_PORTS:
        raise Refused("This port is not called.", "bad_port")


def _port(parts: SplitResult) -> int:
    return _usual(parts.scheme) if parts.port is None else parts.port


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def find_door(url: str) -> Door:
    """Resolve the URL's name, once, and refuse it unless every address may be called."""
    parts = check_url(url)
    host, port = str(parts.hostname), _port(parts)
    addresses = lookup(host, port)
    if not addresses:
        raise Refused("The host has no address.", "no_such_host")
    if not all(map(is_open, addresses)):
        raise Refused("The host leads to an address that is not public.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Door(parts.scheme, host, port, target, addresses)


def is_open(address: str) -> bool:
    """Whether the address is a public one, or of a network that the operator has allowed."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if any(ip in ip_network(allowed) for allowed in settings.WEBHOOKS_ALLOW_NETWORKS):
        return True
    if not ip.is_global or any(ip in network for network in CLOSED):
        return False
    return isinstance(ip, IPv4Address) or _is_open_v6(ip)


def _is_open_v6(ip: IPv6Address) -> bool:
    carries_v4 = (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP
    return ip in _OPEN_V6 and not ip.scope_id and not carries_v4


def lookup(host: str, port: int) -> list[str]:
    """All addresses that the system's name service gives, within the time a call may take."""
    found: list[Any] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    asking = threading.Thread(target=ask, name=f"lookup of {host}", daemon=True)
    asking.start()
    asking.join(settings.WEBHOOKS_TIMEOUT)
    return list(dict.fromkeys(str(one[4][0]) for one in list(found)))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST the body and wait for the answer, all within WEBHOOKS_TIMEOUT seconds.

    Raises Refused if the URL leads where we do not go, NoAnswer if there is no answer.
    """
    door = find_door(url)
    deadline = time.monotonic() + settings.WEBHOOKS_TIMEOUT
    try:
        with closing(connect(door, deadline)) as sock, _cut_off(sock, deadline):
            return _exchange(door, sock, body, headers, deadline)
    except TimeoutError:
        raise NoAnswer("No answer in time.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= deadline
        raise NoAnswer("No answer in time." if late else _words(error)) from None


def connect(door: Door, deadline: float) -> socket.socket:
    """A connection to the first checked address that answers; for https with its certificate
    checked against the name."""
    failure: OSError = OSError("no address")
    for address in door.addresses:
        left = max(deadline - time.monotonic(), 0.001)
        try:
            raw = socket.create_connection((address, door.port), timeout=left)
        except OSError as error:
            failure = error
            continue
        return _secure(raw, door, address, deadline)
    raise failure


def _secure(raw: Any, door: Door, address: str, deadline: float) -> Any:
    try:
        if ip_address(raw.getpeername()[0]) != ip_address(address):
            raise Refused("The connection went somewhere else.")
        if door.scheme == "http":
            return raw
        context = _trust(settings.WEBHOOKS_CA_FILE)
        raw = context.wrap_socket(raw, server_hostname=door.host, do_handshake_on_connect=False)
        with _cut_off(raw, deadline):
            raw.do_handshake()
        return raw
    except BaseException:
        raw.close()
        raise


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _cut_off(sock: socket.socket, deadline: float) -> Iterator[None]:
    """Break the connection at the deadline: a server that drips would else hold it for hours."""

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _exchange(
    door: Door, sock: Any, body: bytes, headers: Mapping[str, str], deadline: float
) -> Answer:
    connection = http.client.HTTPConnection(door.host, door.port)
    connection.sock = sock
    host = door.host if door.port == _usual(door.scheme) else f"{door.host}:{door.port}"
    sent = {"Host": host, **headers, "Connection": "close", "Accept-Encoding": "identity"}
    connection.request("POST", door.target, body, sent)
    with closing(connection.getresponse()) as response:
        if time.monotonic() >= deadline:
            raise TimeoutError  # cut off in its headers, which http.client takes for their end
        retry_after = response.getheader("Retry-After", "") or ""
        return Answer(response.status, _beginning(response), retry_after)


def _beginning(response: http.client.HTTPResponse) -> str:
    """The first characters; an answer whose body never comes has its status all the same."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        text = response.read(KEPT * 4).decode("utf-8", "replace")
        return text.replace("\x00", "\ufffd")[:KEPT]
    return ""


def _words(error: Exception) -> str:
    """Why it failed, without what the other side may have put into the text."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not valid for the host: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return "No secure connection came about."
    if isinstance(error, ConnectionRefusedError):
        return "The host refused the connection."
    return f"The connection failed ({type(error).__name__})."
