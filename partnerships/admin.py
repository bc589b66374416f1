"""Partnerships in the back office."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from partnerships.models import (
    Agreement,
    BudgetLine,
    Commitment,
    Deliverable,
    Delivery,
    Endorsement,
    Expenditure,
    Membership,
    Partnership,
    PlannedDisbursement,
)
from registry.admin import ReadAdmin, run_each


@admin.register(Partnership)
class PartnershipAdmin(ReadAdmin):
    list_display = ["reference", "title", "kind", "level", "status", "updated_at"]
    list_filter = ["status", "kind", "level"]
    search_fields = ["title", "reference", "iati_identifier"]
    actions = ["register"]

    @admin.action(description="Register the chosen submitted partnerships")
    def register(self, request: HttpRequest, rows: models.QuerySet[Partnership]) -> None:
        run_each(self, request, rows, "register")


@admin.register(Membership)
class MembershipAdmin(ReadAdmin):
    list_display = ["partnership", "partner", "roles", "status", "accepted_on", "ended_on"]
    list_select_related = ["partnership", "partner"]
    list_filter = ["status"]


@admin.register(Commitment)
class CommitmentAdmin(ReadAdmin):
    list_display = ["title", "partnership", "kind", "amount", "currency", "due_on", "status"]
    list_select_related = ["partnership", "currency"]
    list_filter = ["status", "kind"]
    search_fields = ["title"]


@admin.register(Deliverable)
class DeliverableAdmin(ReadAdmin):
    list_display = ["title", "commitment", "due_on"]
    list_select_related = ["commitment"]
    search_fields = ["title"]


@admin.register(Delivery)
class DeliveryAdmin(ReadAdmin):
    list_display = ["partnership", "commitment", "flow", "delivered_on", "amount", "status"]
    list_select_related = ["partnership", "commitment"]
    list_filter = ["status", "flow"]


@admin.register(BudgetLine)
class BudgetLineAdmin(ReadAdmin):
    list_display = ["title", "partnership", "amount", "currency", "starts_on", "ends_on"]
    list_select_related = ["partnership", "currency"]
    search_fields = ["title"]


@admin.register(Expenditure)
class ExpenditureAdmin(ReadAdmin):
    list_display = ["line", "starts_on", "ends_on", "amount"]
    list_select_related = ["line"]


@admin.register(PlannedDisbursement)
class PlannedDisbursementAdmin(ReadAdmin):
    list_display = ["partnership", "commitment", "starts_on", "ends_on", "amount", "currency"]
    list_select_related = ["partnership", "commitment", "currency"]


@admin.register(Agreement)
class AgreementAdmin(ReadAdmin):
    list_display = ["title", "partnership", "kind", "edition", "status", "bound_at"]
    list_select_related = ["partnership"]
    list_filter = ["kind", "status"]


@admin.register(Endorsement)
class EndorsementAdmin(ReadAdmin):
    list_display = ["agreement", "membership", "user", "endorsed_at"]
    list_select_related = ["agreement", "membership__partner", "membership__partnership", "user"]
