"""What the registry puts under /api/v1/."""

from django.urls import path

from registry.api import (
    contacts,
    country_groups,
    due_diligence,
    money,
    notices,
    partner_facts,
    partners,
    people,
    privacy,
    sdg,
    standards,
    vocabularies,
    webhooks,
)

RESOURCES = {
    "partners": partners.PartnerViewSet,
    "partner-identifiers": partners.PartnerIdentifierViewSet,
    "former-names": partner_facts.FormerNameViewSet,
    "focal-points": partner_facts.FocalPointViewSet,
    "identifier-schemes": partner_facts.IdentifierSchemeViewSet,
    "stakeholder-groups": partner_facts.StakeholderGroupViewSet,
    "contacts": contacts.ContactViewSet,
    "due-diligence": due_diligence.DueDiligenceViewSet,
    "exclusion-criteria": due_diligence.ExclusionCriterionViewSet,
    "affiliations": partners.AffiliationViewSet,
    "join-requests": partners.JoinRequestViewSet,
    "notices": notices.NoticeViewSet,
    "webhooks": webhooks.WebhookViewSet,
    "webhook-deliveries": webhooks.WebhookDeliveryViewSet,
    "tokens": people.TokenViewSet,
    "goals": vocabularies.GoalViewSet,
    "targets": vocabularies.TargetViewSet,
    "global-indicators": vocabularies.GlobalIndicatorViewSet,
    "countries": vocabularies.CountryViewSet,
    "currencies": vocabularies.CurrencyViewSet,
    "languages": vocabularies.LanguageViewSet,
    "sdg-editions": sdg.SdgEditionViewSet,
    "standards": standards.StandardViewSet,
    "disclosures": standards.DisclosureViewSet,
    "crosswalks": standards.CrosswalkViewSet,
    "principles": standards.PrincipleViewSet,
    "country-groups": country_groups.CountryGroupViewSet,
    "exchange-rates": money.ExchangeRateViewSet,
}
urlpatterns = [
    path("sdg-search/", sdg.SdgSearchView.as_view(), name="api-sdg-search"),
    path("sign-in/", people.SignInView.as_view(), name="api-sign-in"),
    path("notice-settings/", notices.NoticeSettingsView.as_view(), name="api-notice-settings"),
    path("outbox/", webhooks.OutboxView.as_view(), name="api-outbox"),
    path("me/", people.MeView.as_view(), name="api-me"),
    path("me/data/", privacy.OwnDataView.as_view(), name="api-own-data"),
    path("me/erase/", privacy.EraseView.as_view(), name="api-erase"),
]
