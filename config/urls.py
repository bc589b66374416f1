from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

from config.health import health
from config.swagger import SwaggerView
from monitoring.api import urls as monitoring_api
from partnerships.api import urls as partnerships_api
from registry.api import urls as registry_api

router = DefaultRouter()
router.include_format_suffixes = False
for app in (registry_api, partnerships_api, monitoring_api):
    for prefix, viewset in app.RESOURCES.items():
        router.register(prefix, viewset, basename=f"api-{prefix}")

api: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    *registry_api.urlpatterns,
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
