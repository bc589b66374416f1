from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import APIRootView, DefaultRouter

from config.health import health
from config.swagger import SchemaView, SwaggerView
from monitoring.api import urls as monitoring_api
from partnerships.api import urls as partnerships_api
from registry.api import urls as registry_api
from registry.api.limits import Limited


class RootView(Limited, APIRootView):
    """What there is under /api/v1/."""


router = DefaultRouter()
router.APIRootView = RootView
router.include_format_suffixes = False
for app in (registry_api, partnerships_api, monitoring_api):
    for prefix, viewset in app.RESOURCES.items():
        router.register(prefix, viewset, basename=f"api-{prefix}")

api: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", SwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    *registry_api.urlpatterns,
    *partnerships_api.urlpatterns,
    *monitoring_api.urlpatterns,
    *router.urls,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("healthz/", health, name="health"),
    path("", include("registry.urls")),
    path("", include("partnerships.urls")),
    path("", include("monitoring.urls")),
]

handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
