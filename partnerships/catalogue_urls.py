"""Pages of the Solutions Catalogue."""

from django.urls import path

from partnerships.views import catalogue, funding

urlpatterns = [
    path("matches/<int:pk>/", catalogue.match, name="match"),
    path("funding/", funding.funding, name="funding"),
    path("secretariat/solutions/", catalogue.screening, name="screening"),
]
for what in ("solution", "need", "fund"):
    kept = {"what": what}
    urlpatterns += [
        path(f"{what}s/", catalogue.entries, kept, name=f"{what}s"),
        path(f"{what}s/new/", catalogue.new_entry, kept, name=f"new-{what}"),
        path(f"{what}s/<int:pk>/", catalogue.entry, kept, name=what),
        path(f"{what}s/<int:pk>/edit/", catalogue.edit_entry, kept, name=f"edit-{what}"),
        path(f"{what}s/<int:pk>/move/", catalogue.move_entry, kept, name=f"move-{what}"),
    ]
