"""Pages on which partnerships are reviewed and amended, and their versions read."""

from django.urls import path

from partnerships.views import amending, review, reviews, versions

QUEUE = "secretariat/partnerships/"
ONE = "partnerships/<str:key>/"

urlpatterns = [
    path(QUEUE, reviews.queue, name="partnership-reviews"),
    path(f"{QUEUE}list.csv", reviews.queue_csv, name="partnership-reviews-csv"),
    path(f"{QUEUE}<int:pk>/", review.review, name="partnershipreview"),
    path(f"{ONE}versions/", versions.versions, name="partnership-versions"),
    path(f"{ONE}amend/", amending.amend, name="partnership-amend"),
    path(f"{ONE}amend/<slug:section>/", amending.amend_section, name="partnership-amend-section"),
    path("amendments/<int:pk>/", amending.amendment, name="amendment"),
]
