"""Contacts of partners, for the partner's own people."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework import mixins
from rest_framework.permissions import IsAuthenticated

from registry.api.base import RecordViewSet
from registry.api.filters import IdFilter
from registry.api.serializers import ModelSerializer
from registry.models import Contact
from registry.services import contacts


class ContactSerializer(ModelSerializer):
    class Meta:
        model = Contact
        fields = [
            *("id", "partner", "name", "position", "email", "phone", "subject"),
            *("created_at", "updated_at"),
        ]

    def create(self, validated_data: dict[str, Any]) -> Contact:
        return contacts.add_contact(by=self.user, **validated_data)

    def update(self, instance: Contact, validated_data: dict[str, Any]) -> Contact:
        return contacts.edit_contact(instance, by=self.user, **validated_data)


class ContactChangesSerializer(ContactSerializer):
    """A contact stays the partner's that it was made for."""

    class Meta(ContactSerializer.Meta):
        read_only_fields = ["partner"]


class ContactFilter(filters.FilterSet):
    partner = IdFilter("partner_id")

    class Meta:
        model = Contact
        fields = ["subject"]


class ContactViewSet(mixins.DestroyModelMixin, RecordViewSet):
    """Seen by the partner's people and admins, kept by its managers, never public."""

    queryset = Contact.objects.all()
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    permission_classes = [IsAuthenticated]
    page_order = ("-updated_at", "-pk")

    def get_serializer_class(self) -> Any:
        return ContactChangesSerializer if self.action == "partial_update" else ContactSerializer

    def perform_destroy(self, instance: Contact) -> None:
        contacts.remove_contact(instance, by=self.user)
