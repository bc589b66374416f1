"""Servers on loopback: one that speaks TLS with a certificate of its own authority, and one
that counts who connects."""

import datetime
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager, suppress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


def _named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, issuer, key, signed_by, *extensions):
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    made = made.public_key(key.public_key()).serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - datetime.timedelta(days=1))
    made = made.not_valid_after(now + datetime.timedelta(days=1))
    for extension, critical in extensions:
        made = made.add_extension(extension, critical)
    return made.sign(signed_by, hashes.SHA256())


def make_certificates(folder, host):
    """Paths of an authority's certificate, and of a certificate for the host with its key."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name = _named("Authority for tests")
    usage = x509.KeyUsage(
        *[False] * 5, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False
    )
    known = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = _certificate(
        authority_name,
        authority_name,
        authority_key,
        authority_key,
        (x509.BasicConstraints(ca=True, path_length=None), True),
        (usage, True),
        (known, False),
    )
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    issued = _certificate(
        _named(host),
        authority_name,
        key,
        authority_key,
        (names, False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known), False),
    )
    pem = serialization.Encoding.PEM
    ca_file, cert_file = folder / "authority.pem", folder / f"{host}.pem"
    ca_file.write_bytes(authority.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    cert_file.write_bytes(issued.public_bytes(pem) + private)
    return ca_file, cert_file


class Server:
    """Counts connections, keeps what it was sent, and answers each with the same bytes."""

    def __init__(self, answer=ANSWER, cert_file=None, address="127.0.0.1"):
        self.answer, self.connections, self.received = answer, 0, []
        self.context = None
        if cert_file:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(cert_file)
            self.context.sni_callback = self._note_name
        self.asked_names = []
        family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family)
        self.port = self.listener.getsockname()[1]
        self.closing, self.arrived = threading.Event(), threading.Event()

    def _note_name(self, sock, name, context):
        self.asked_names.append(name)

    def run(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                self.arrived.set()
                threading.Thread(target=self.serve, args=[client], daemon=True).start()

    def serve(self, client):
        with suppress(OSError), client:
            client.settimeout(5)
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
            self.received.append(_read_request(client))
            self.respond(client)

    def respond(self, client):
        if self.answer is None:
            self.closing.wait(10)  # never answers
        elif callable(self.answer):
            self.answer(client, self.closing)
        else:
            client.sendall(self.answer)


def _read_request(client):
    sent = b""
    while b"\r\n\r\n" not in sent:
        sent += client.recv(65536) or b"\r\n\r\n"
    head, _, body = sent.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += client.recv(65536)
    return head.decode("latin-1"), body


@contextmanager
def serving(**options):
    server = Server(**options)
    threading.Thread(target=server.run, daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        with suppress(OSError):
            server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
