"""Addresses of the pages about who is in a partnership, and where it works."""

from django.urls import path, re_path

from partnerships.views import member_invitations, members, membership, places

MEMBERS = "partnerships/<str:key>/members/"
OF_KEY = r"^partnerships/(?P<key>[^/]+)/members/"

urlpatterns = [
    path(
        "partnership-invitations/<str:secret>/",
        member_invitations.membership_invitation,
        name="membership-invitation",
    ),
    path(MEMBERS, members.members, name="partnership-members"),
    path(f"{MEMBERS}invite/", members.invite_partner, name="partnership-members-invite"),
    path(f"{MEMBERS}invite-by-mail/", members.invite_by_mail, name="partnership-members-mail"),
    path(f"{MEMBERS}invited/<int:pk>/", members.decide_on_mail, name="partnership-members-mailed"),
    path("partnerships/<str:key>/places/", places.places, name="partnership-places"),
    path("partnerships/<str:key>/places/edit/", places.edit, name="partnership-places-edit"),
    re_path(
        OF_KEY + r"(?P<kind>commitment|lead)/(?P<pk>\d{1,18})/$",
        members.answer_offer,
        name="partnership-members-offer",
    ),
    re_path(
        OF_KEY + r"conflicts/(?P<pk>\d{1,18})/(?P<act>renew|resolve)/$",
        membership.conflict_act,
        name="partnership-members-conflict",
    ),
    re_path(
        OF_KEY + r"(?P<pk>\d{1,18})/(?P<act>accept|decline|declare|roles|lead|hand-over|leave)/$",
        membership.member_act,
        name="partnership-members-act",
    ),
]
