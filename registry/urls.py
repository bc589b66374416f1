from django.contrib.auth.views import LogoutView
from django.urls import path

from registry.views import accounts, partners

urlpatterns = [
    path("sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("account/", accounts.account, name="account"),
    path("favicon.ico", accounts.favicon, name="favicon"),
    path("partners/", partners.partners, name="partners"),
]
