from django.contrib.auth.views import LogoutView
from django.urls import path

from registry import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("partners/", views.partners, name="partners"),
]
