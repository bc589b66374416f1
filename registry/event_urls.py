"""Pages of notices and webhooks."""

from django.urls import path

from registry.views import notices, webhooks

urlpatterns = [
    path("account/notifications/", notices.notice_settings, name="notice-settings"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_all, name="read-notices"),
    path("notices/<int:pk>/read/", notices.read_notice, name="read-notice"),
    path("notices/stop/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("partners/<int:pk>/webhooks/", webhooks.partner_webhooks, name="partner-webhooks"),
    path("secretariat/webhooks/", webhooks.own_webhooks, name="own-webhooks"),
    path("webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:pk>/test/", webhooks.test_webhook, name="webhook-test"),
    path("webhooks/<int:pk>/rotate/", webhooks.rotate_webhook, name="webhook-rotate"),
    path("webhooks/<int:pk>/remove/", webhooks.remove_webhook, name="webhook-remove"),
    path("webhook-deliveries/<int:pk>/redeliver/", webhooks.redeliver, name="redeliver"),
]
