"""The same POST sent twice has one effect (Idempotency-Key)."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from registry.models import User
from registry.models.idempotency import KEPT_FOR, IdempotentAnswer

HEADER = "Idempotency-Key"
KEPT_HEADERS = ("ETag", "Location")


class InFlight(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "in_flight"
    default_detail = "A request with this key is being worked on."


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This key was used with another body."


def answer_once(
    request: Request,
    work: Callable[[], Response],
    *,
    authorise: Callable[[int | None], None],
) -> Response:
    """Do the work, or give the first answer again, inside the caller's transaction.

    `authorise` gets the primary key of the object answered with and raises if the caller may
    not see it any more. A refusal is not kept: the same request may succeed later.
    """
    user, key, route = cast(User, request.user), _key(request), request.path
    if not IdempotentAnswer.take_turn(user, route, key):
        raise InFlight
    body = fingerprint(request.data)
    mine = IdempotentAnswer.objects.filter(user=user)
    mine.expired().delete()
    first = mine.filter(route=route, key=key).first()
    if first is None:
        return _keep(work(), user, route=route, key=key, body_sha256=body)
    if first.body_sha256 != body:
        raise KeyReused
    if not first.still_stands_for(user):
        raise PermissionDenied("Your roles have changed since.", code="standing_changed")
    authorise(first.subject_id)
    return _replay(first)


def fingerprint(data: Any) -> str:
    """A hash of what was sent, whatever the order of names or the multipart boundary."""
    plain = dict(data.lists()) if hasattr(data, "lists") else data
    text = json.dumps(plain, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(part: Any) -> str:
    if not isinstance(part, UploadedFile):
        return str(part)
    digest = hashlib.sha256()
    for chunk in part.chunks():
        digest.update(chunk)
    part.seek(0)
    return f"{part.name} {digest.hexdigest()}"


def _key(request: Request) -> str:
    key = str(request.headers[HEADER]).strip()
    if not (0 < len(key) <= 200 and key.isascii() and key.isprintable()):
        raise ValidationError(
            {HEADER: "1 to 200 printable ASCII characters."}, code="invalid_idempotency_key"
        )
    return key


def _keep(response: Response, user: User, **where: str) -> Response:
    data = response.data
    IdempotentAnswer.objects.create(
        user=user,
        subject_id=data.get("id") if isinstance(data, dict) else None,
        standing=IdempotentAnswer.standing_of(user),
        status_code=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body=JSONRenderer().render(data).decode() if data is not None else "",
        expires_at=timezone.now() + KEPT_FOR,
        **where,
    )
    return response


def _replay(first: IdempotentAnswer) -> Response:
    response = Response(
        json.loads(first.body) if first.body else None,
        status=first.status_code,
        headers={**first.headers, "Idempotent-Replayed": "true"},
    )
    return response
