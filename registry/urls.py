from django.urls import path

from registry import account_urls
from registry.views import accounts, notices, partners, vocabularies

urlpatterns = [
    *account_urls.urlpatterns,
    path("account/notifications/", notices.notice_settings, name="notice-settings"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read-notices"),
    path("notices/<int:pk>/read/", notices.read_notice, name="read-notice"),
    path("notices/stop/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("favicon.ico", accounts.favicon, name="favicon"),
    path("partners/", partners.partners, name="partners"),
    path("sdgs/", vocabularies.sdgs, name="sdgs"),
    path("sdgs/<int:number>/", vocabularies.goal, name="sdg"),
    path("standards/", vocabularies.standards, name="standards"),
    path("standards/<str:code>/<str:version>/", vocabularies.standard, name="standard"),
]
