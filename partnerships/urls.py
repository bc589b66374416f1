from django.urls import path

from partnerships import (
    agreements_urls,
    catalogue_urls,
    coalition_urls,
    money_urls,
    principles_urls,
    reviewing_urls,
    risks_urls,
    voices_urls,
    workspace_urls,
)
from partnerships.views import assignments, partner

urlpatterns = [
    *coalition_urls.urlpatterns,
    path("partners/<int:pk>/", partner.partner, name="partner"),
    path(
        "partners/<int:pk>/people/<int:affiliation>/partnerships/",
        assignments.assignments,
        name="assignments",
    ),
    *voices_urls.urlpatterns,
    *workspace_urls.urlpatterns,
    *agreements_urls.urlpatterns,
    *risks_urls.urlpatterns,
    *money_urls.urlpatterns,
    *reviewing_urls.urlpatterns,
    *catalogue_urls.urlpatterns,
    *principles_urls.urlpatterns,
]
