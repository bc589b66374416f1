"""Addresses of the pages about who is in a partnership, and where it works."""

from django.urls import path

from partnerships.views import member_invitations

urlpatterns = [
    path(
        "partnership-invitations/<str:secret>/",
        member_invitations.membership_invitation,
        name="membership-invitation",
    ),
]
