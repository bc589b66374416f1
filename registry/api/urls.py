"""What the registry puts under /api/v1/."""

from django.urls import path

from registry.api import partners, people, vocabularies

RESOURCES = {
    "partners": partners.PartnerViewSet,
    "partner-identifiers": partners.PartnerIdentifierViewSet,
    "affiliations": partners.AffiliationViewSet,
    "join-requests": partners.JoinRequestViewSet,
    "tokens": people.TokenViewSet,
    "goals": vocabularies.GoalViewSet,
    "targets": vocabularies.TargetViewSet,
    "global-indicators": vocabularies.GlobalIndicatorViewSet,
    "countries": vocabularies.CountryViewSet,
    "currencies": vocabularies.CurrencyViewSet,
    "languages": vocabularies.LanguageViewSet,
}
urlpatterns = [
    path("sign-in/", people.SignInView.as_view(), name="api-sign-in"),
    path("me/", people.MeView.as_view(), name="api-me"),
]
