from django.urls import path

from registry import account_urls, event_urls
from registry.views import accounts, partners, vocabularies

urlpatterns = [
    *account_urls.urlpatterns,
    *event_urls.urlpatterns,
    path("favicon.ico", accounts.favicon, name="favicon"),
    path("partners/", partners.partners, name="partners"),
    path("sdgs/", vocabularies.sdgs, name="sdgs"),
    path("sdgs/<int:number>/", vocabularies.goal, name="sdg"),
    path("standards/", vocabularies.standards, name="standards"),
    path("standards/<str:code>/<str:version>/", vocabularies.standard, name="standard"),
]
