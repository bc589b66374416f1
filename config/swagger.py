"""The API's description, and the page that shows it, from our own server only."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from registry.api.limits import Limited


class SchemaView(Limited, SpectacularAPIView):
    """The OpenAPI description."""


@method_decorator(csp_update({"style-src": [SELF, "'unsafe-inline'"]}), name="dispatch")
class SwaggerView(Limited, SpectacularSwaggerSplitView):
    """Its start-up script is a file of its own; only its styles are inline."""
