from django.urls import path

from partnerships import views

urlpatterns = [
    path("partners/<int:pk>/", views.partner, name="partner"),
    path(
        "partners/<int:pk>/people/<int:affiliation>/partnerships/",
        views.assignments,
        name="assignments",
    ),
]
