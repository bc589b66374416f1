"""Pages of contacts and of the data held on a person."""

from django.urls import path

from registry.views import contacts, privacy

urlpatterns = [
    path("partners/<int:pk>/contacts/", contacts.contacts, name="contacts"),
    path("partners/<int:pk>/contacts/<int:contact>/", contacts.contact, name="contact"),
    path("account/data/", privacy.own_data, name="own-data"),
    path("account/data/file/", privacy.take_along, name="take-along"),
    path("secretariat/people-data/", privacy.people_data, name="people-data"),
    path("secretariat/people-data/hand-out/", privacy.hand_out, name="hand-out"),
]
