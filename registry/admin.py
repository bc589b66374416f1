"""The secretariat's back office: it reads everything and writes only what breaks no rule."""

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as AccountAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from registry.errors import DomainError
from registry.models import (
    Affiliation,
    Country,
    CountryGroup,
    Currency,
    Disclosure,
    Event,
    ExchangeRate,
    GlobalIndicator,
    Goal,
    ImportBatch,
    ImportFinding,
    Language,
    Partner,
    PartnerIdentifier,
    Principle,
    SdgEdition,
    Standard,
    Target,
    Token,
    User,
)
from registry.services.accounts import unlock, vouch_for
from registry.services.money import add_rate
from registry.subjects import confidential_labels


def own_password(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """One's own password is changed where guesses at the old one are counted."""
    return redirect("account_change_password")


admin.site.site_header = "SDG Partnership Registry: back office"
admin.site.site_title = "Back office"
# One door for all: the pages' sign-in, with its second factor and its limits on guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = own_password  # type: ignore[assignment,method-assign]


class ReadAdmin(admin.ModelAdmin):
    """To look at: rows are changed on the pages or over the API, where the rules hold."""

    show_full_result_count = False
    list_per_page = 50

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def run_each(
    modeladmin: admin.ModelAdmin, request: HttpRequest, rows: models.QuerySet[Any], verb: str
) -> None:
    """Call a model's own verb on each chosen row; a refusal is shown, the others go on."""
    done = 0
    for row in rows:
        try:
            getattr(row, verb)(by=request.user)
            done += 1
        except DomainError as refused:
            modeladmin.message_user(request, f"{row}: {refused.detail}", messages.ERROR)
    modeladmin.message_user(request, f"{done} done.")


class IdentifierInline(admin.TabularInline):
    model = PartnerIdentifier
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Partner)
class PartnerAdmin(ReadAdmin):
    list_display = ["name", "kind", "country", "status", "verified_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["country"]
    search_fields = ["name", "identifiers__value"]
    inlines = [IdentifierInline]
    actions = ["verify"]

    @admin.action(description="Verify the chosen partners")
    def verify(self, request: HttpRequest, rows: models.QuerySet[Partner]) -> None:
        run_each(self, request, rows, "verify")


class AffiliationInline(admin.TabularInline):
    model = Affiliation
    extra = 0
    autocomplete_fields = ["partner"]


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email"]


@admin.register(User)
class UserAdmin(AccountAdmin):
    add_form = NewUserForm
    list_display = ["email", "name", "is_staff", "is_service", "is_active"]
    list_filter = ["is_staff", "is_service", "is_active"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = ["groups"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_service", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
    inlines = [AffiliationInline]
    actions = ["unlock"]

    @admin.action(description="Unlock sign-in of the chosen users")
    def unlock(self, request: HttpRequest, rows: models.QuerySet[User]) -> None:
        for user in rows:
            unlock(user, by=cast(User, request.user))
        self.message_user(request, f"{len(rows)} unlocked.")

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        """An address that an admin has given needs no confirmation."""
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            vouch_for(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is switched off, not deleted: what it did stays its doing."""
        return False


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadAdmin):
    """Rates are added; one that turns out wrong is followed by a later one, never changed."""

    list_display = ["currency", "on", "usd", "source", "loaded_at"]
    list_filter = ["currency"]
    readonly_fields = ["loaded_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def save_model(
        self, request: HttpRequest, obj: ExchangeRate, form: forms.ModelForm, change: bool
    ) -> None:
        """The moment of loading is now: a backdated one would change reports already made."""
        user = cast(User, request.user)
        values = {name: getattr(obj, name) for name in ("currency", "on", "usd", "source")}
        obj.pk = add_rate(by=user, **values).pk


@admin.register(Event)
class EventAdmin(ReadAdmin):
    """Without those of what is confidential, which is read on its own pages."""

    list_display = ["at", "kind", "subject_id", "was", "became", "by"]
    list_select_related = ["by"]
    search_fields = ["kind"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Event]:
        rows: models.QuerySet[Event] = super().get_queryset(request)
        return rows.exclude(subject_type__in=confidential_labels())


@admin.register(Token)
class TokenAdmin(ReadAdmin):
    """Tokens may be revoked here; they are made by their owner."""

    list_display = ["name", "user", "read_only", "created", "expiry"]
    list_select_related = ["user"]
    exclude = ["digest"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_staff", False))


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadAdmin):
    list_display = ["file_name", "status", "is_dry_run", "by", "queued_at", "undone_at"]
    list_select_related = ["by"]
    list_filter = ["status"]


@admin.register(ImportFinding)
class ImportFindingAdmin(ReadAdmin):
    list_display = ["batch", "activity", "line", "element", "code", "reason", "stored"]
    list_select_related = ["batch"]
    search_fields = ["activity", "code"]


@admin.register(
    SdgEdition,
    Goal,
    Target,
    GlobalIndicator,
    Standard,
    Disclosure,
    Principle,
    Country,
    CountryGroup,
    Currency,
    Language,
)
class VocabularyAdmin(ReadAdmin):
    """Vocabularies are loaded by `load_vocabularies`."""
