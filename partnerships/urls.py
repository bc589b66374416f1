from django.urls import path

from partnerships import workspace_urls
from partnerships.views import assignments, partner

urlpatterns = [
    path("partners/<int:pk>/", partner.partner, name="partner"),
    path(
        "partners/<int:pk>/people/<int:affiliation>/partnerships/",
        assignments.assignments,
        name="assignments",
    ),
    *workspace_urls.urlpatterns,
]
