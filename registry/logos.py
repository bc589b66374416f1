"""How a partner's logo is sent: as the image it was found to be, and as nothing else."""

from pathlib import PurePath

from django.http import FileResponse

from registry.models import Partner

TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}


def logo_response(partner: Partner) -> FileResponse:
    suffix = PurePath(str(partner.logo.name)).suffix
    response = FileResponse(partner.logo.open("rb"), content_type=TYPES[suffix])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = f'inline; filename="logo{suffix}"'
    return response
