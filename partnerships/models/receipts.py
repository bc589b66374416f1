"""How somebody without an account follows what they sent: by a code that only they know."""

import hashlib
import secrets

from django.db import models

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one


def new_code() -> str:
    """Sixteen letters in four groups: 79 bits, so that its hash alone gives nothing away."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def digest_of(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


class Receipt(models.Model):
    """What its sender finds again by a code; only the code's hash is kept."""

    code_sha256 = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        abstract = True
