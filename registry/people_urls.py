"""Addresses of the pages about people, systems and their tokens."""

from django.urls import path

from registry.views import joining, people, tokens

urlpatterns = [
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<slug:key>/revoke/", tokens.revoke, name="token-revoke"),
    path("invitations/<str:secret>/", joining.invitation, name="invitation"),
    path("partners/<int:pk>/join/", joining.join, name="join"),
    path(
        "partners/<int:pk>/join/<int:asked>/withdraw/",
        joining.withdraw_request,
        name="join-withdraw",
    ),
    path("partners/<int:pk>/people/", people.people, name="people"),
    path("partners/<int:pk>/people/decide/", people.decide, name="people-decide"),
    path("partners/<int:pk>/people/<int:affiliation>/", people.person, name="person"),
    path("partners/<int:pk>/service-accounts/", tokens.service_accounts, name="service-accounts"),
    path(
        "partners/<int:pk>/service-accounts/<int:account>/",
        tokens.service_account,
        name="service-account",
    ),
    path("secretariat/without-manager/", people.without_manager, name="without-manager"),
    path("secretariat/without-manager/<int:pk>/", people.appoint, name="appoint"),
]
