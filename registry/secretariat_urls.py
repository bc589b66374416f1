"""Where the secretariat merges partners and reviews them."""

from django.urls import path

from registry.views import due_diligence, merging

urlpatterns = [
    path("secretariat/merges/", merging.merges, name="merges"),
    path("secretariat/merges/<int:pk>/", merging.merge, name="merge"),
    path("secretariat/due-diligence/", due_diligence.reviews, name="reviews"),
    path("secretariat/due-diligence/new/", due_diligence.new_review, name="new-review"),
    path("secretariat/due-diligence/<int:pk>/", due_diligence.review, name="review"),
    path("secretariat/exclusion-criteria/", due_diligence.criteria, name="criteria"),
    path("secretariat/exclusion-criteria/<int:pk>/", due_diligence.criterion, name="criterion"),
]
