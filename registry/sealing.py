"""Secrets that the product must be able to read again, kept encrypted with a key of its own.

The key comes from SECRET_KEY, which is not in the database: a copy of the database alone signs
nothing. Keys of SECRET_KEY_FALLBACKS still open what they have sealed.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from registry.errors import DomainError


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret, or DomainError where SECRET_KEY has changed without a fallback."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        text = "The secret was sealed with another SECRET_KEY: rotate it."
        raise DomainError("sealed_elsewhere", text) from None


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(secret_key: str) -> bytes:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"registry.sealing")
    return base64.urlsafe_b64encode(derived.derive(secret_key.encode()))
