from django.urls import path

from registry import account_urls, event_urls, people_urls, privacy_urls, secretariat_urls
from registry.views import accounts, partner_edit, partners, secretariat, vocabularies
from registry.views.history import record as history

urlpatterns = [
    *account_urls.urlpatterns,
    *event_urls.urlpatterns,
    *people_urls.urlpatterns,
    *secretariat_urls.urlpatterns,
    *privacy_urls.urlpatterns,
    path("favicon.ico", accounts.favicon, name="favicon"),
    path("partners/", partners.partners, name="partners"),
    path("partners/new/", partner_edit.new_partner, name="new-partner"),
    path("partners/<int:pk>/edit/", partner_edit.edit_partner, name="edit-partner"),
    path(
        "partners/<int:pk>/edit/<str:section>/",
        partner_edit.edit_section,
        name="edit-partner-section",
    ),
    path("partners/<int:pk>/identifiers/", partner_edit.identifiers, name="partner-identifiers"),
    path(
        "partners/<int:pk>/identifiers/<int:identifier>/release/",
        partner_edit.release_identifier,
        name="release-identifier",
    ),
    path("partners/<int:pk>/former-names/", partner_edit.former_names, name="former-names"),
    path(
        "partners/<int:pk>/former-names/<int:name>/remove/",
        partner_edit.remove_former_name,
        name="remove-former-name",
    ),
    path("partners/<int:pk>/change-logo/", partner_edit.edit_logo, name="edit-logo"),
    path("partners/<int:pk>/logo/", partner_edit.logo, name="partner-logo"),
    path("partners/<int:pk>/review/", secretariat.review, name="review-partner"),
    path("secretariat/", secretariat.secretariat, name="secretariat"),
    path("secretariat/partners/", secretariat.queue, name="queue"),
    path("secretariat/partners.csv", secretariat.queue_csv, name="queue-csv"),
    path("focal-points/", secretariat.focal_points, name="focal-points"),
    path("sdgs/", vocabularies.sdgs, name="sdgs"),
    path("sdgs/<int:number>/", vocabularies.goal, name="sdg"),
    path("standards/", vocabularies.standards, name="standards"),
    path("standards/<str:code>/<str:version>/", vocabularies.standard, name="standard"),
    path("history/<str:label>/<str:pk>/", history, name="history"),
]
