"""Identifiers of partners, and the registers that give them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Concat, Length, Lower, Upper

from registry.models import check_digits
from registry.models.events import Event
from registry.models.partners import Partner


class IdentifierSchemeQuerySet(models.QuerySet["IdentifierScheme"]):
    def resolve(self, code: str) -> "IdentifierScheme":
        """The register of that code, whatever its case; else ValidationError naming near ones."""
        wanted = code.strip().upper()
        wanted = IdentifierScheme.ALIASES.get(wanted, wanted)
        if wanted in IdentifierScheme.OURS:
            return IdentifierScheme(code=wanted, label=IdentifierScheme.OURS[wanted])
        if found := self.filter(code__iexact=wanted).first():
            return found
        near = ", ".join(self.near(wanted))
        text = f"No register has the code {code.strip() or '(none)'}."
        text = f"{text} Near: {near}." if near else text
        raise ValidationError({"scheme": ValidationError(text, code="unknown_scheme")})

    def near(self, code: str) -> list[str]:
        """At most five codes that somebody may have meant."""
        known = [*IdentifierScheme.OURS, *self.current().values_list("code", flat=True)]
        return get_close_matches(code.upper(), known, n=5, cutoff=0.6)

    def current(self) -> Self:
        return self.filter(is_deprecated=False)

    def of_published(self, identifier: str) -> "IdentifierScheme | None":
        """The register that a published identifier names in front of its own number."""
        parts = identifier.strip().upper().split("-")
        heads = ["-".join(parts[:count]) for count in range(1, len(parts))]
        for alias in IdentifierScheme.ALIASES.keys() & set(heads):
            return IdentifierScheme(code=alias)
        return self.filter(code__in=heads).order_by(Length("code").desc()).first()


class IdentifierScheme(models.Model):
    """A register that gives identifiers to organisations, such as those listed by org-id.guide."""

    # Known before any vocabulary is loaded; each has one way of writing here.
    OURS = {
        "IATI": "IATI organisation identifier",
        "LEI": "Legal Entity Identifier (ISO 17442)",
        "UNGC": "UN Global Compact participant number",
    }
    ALIASES = {"XI-LEI": "LEI"}

    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=150)
    coverage = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    url = models.URLField(max_length=300, blank=True)
    is_deprecated = models.BooleanField(default=False)

    objects = IdentifierSchemeQuerySet.as_manager()

    class Meta:
        ordering = ["code", "pk"]

    def __str__(self) -> str:
        return f"{self.code}: {self.label}"

    @property
    def own_code(self) -> str:
        """The code that identifiers here have, where publishers write another one."""
        return self.ALIASES.get(self.code, self.code)

    @property
    def has_check_digits(self) -> bool:
        return check_digits.are_known(self.code)


class PartnerIdentifierQuerySet(models.QuerySet["PartnerIdentifier"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(partner__in=Partner.objects.visible_to(user).values("pk"))

    def partners_with(
        self,
        scheme: str,
        partners: Iterable[int],
        at: datetime,
        now: "Iterable[PartnerIdentifier]",
    ) -> set[int]:
        """Of the partners those that had an identifier of the scheme at a moment; one query.

        `now` are those of the scheme that they have now.

        Identifiers have no dates: what was stated or taken back since is read from the events.
        One without an event came with its partner.
        """
        asked = set(partners)
        found: dict[int, set[str]] = {}
        for identifier in now:
            found.setdefault(identifier.partner_id, set()).add(str(identifier))
        since = Event.objects.filter(
            subject_type=Partner._meta.label_lower,
            subject_id__in=asked,
            kind__in=["partner.identified", "partner.unidentified"],
            reason__startswith=f"{scheme} ",
            at__gt=at,
        )
        for event in since.order_by("-at", "-pk"):
            held = found.setdefault(event.subject_id, set())
            if event.kind == "partner.identified":
                held.discard(event.reason)
            else:
                held.add(event.reason)
        return {partner for partner, held in found.items() if held}

    def same_as(self, *identifiers: "PartnerIdentifier") -> Self:
        """Those that name the same organisation, written as the register or as IATI does."""
        ways = {way for identifier in identifiers for way in identifier.ways()}
        # The database says what a capital letter is, as it did for the stored ones.
        return self.filter(full__in=[Upper(Value(way)) for way in sorted(ways)])


class PartnerIdentifier(models.Model):
    """An identifier of a partner in a register, such as an org-id list, IATI or LEI."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=20, help_text="IATI, LEI, UNGC, or an org-id list code")
    value = models.CharField(max_length=120)
    # IATI puts the register's code before its number: both ways of writing meet here.
    full = models.GeneratedField(
        expression=Case(
            When(scheme="IATI", then=Upper("value")),
            default=Upper(Concat("scheme", Value("-"), "value")),
        ),
        output_field=TextField(),
        db_persist=True,
    )

    objects = PartnerIdentifierQuerySet.as_manager()
    history_of = "partner"

    class Meta:
        ordering = ["partner", "scheme", "value", "pk"]
        indexes = [models.Index(fields=["full"], name="partner_identifier_full")]
        constraints = [
            models.UniqueConstraint(
                F("scheme"),
                Lower("value"),
                name="partner_identifier_once",
                violation_error_message="A partner has this scheme and value already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"

    @classmethod
    def of_published(cls, identifier: str) -> Self:
        """What a published identifier says, as its register writes it; else ValidationError."""
        scheme = IdentifierScheme.objects.of_published(identifier)
        if scheme is None:
            text = f"{identifier} begins with no register that is known."
            raise ValidationError({"scheme": ValidationError(text, code="unknown_scheme")})
        found = cls(scheme=scheme.code, value=identifier.strip()[len(scheme.code) + 1 :].strip())
        found.clean()
        if not found.value:
            text = f"{identifier} names a register, and no number in it."
            raise ValidationError({"value": ValidationError(text, code="bad_identifier")})
        return found

    @classmethod
    def stated(cls, scheme: str, value: str, **of: Any) -> Self:
        """What somebody says it is, as its register writes it; else ValidationError."""
        identifier = cls(scheme=scheme.strip(), value=value.strip(), **of)
        identifier.clean_fields(exclude=["partner"])
        identifier.clean()
        return identifier

    def ways(self) -> set[str]:
        """How else the same identifier may have been written out, itself included."""
        ways = {self._written}
        if self.scheme == "IATI":
            with suppress(ValidationError):
                ways.add(self.of_published(self.value)._written)
        for alias, code in IdentifierScheme.ALIASES.items():
            ways |= {f"{alias}{way[len(code) :]}" for way in ways if way.startswith(f"{code}-")}
        return ways

    @property
    def written_out(self) -> str:
        """`full` before the row is stored."""
        return self._written.upper()

    @property
    def _written(self) -> str:
        return self.value if self.scheme == "IATI" else f"{self.scheme}-{self.value}"

    def clean(self) -> None:
        """Write it as its register does; refuse what no register can have given."""
        scheme = IdentifierScheme.objects.resolve(self.scheme)
        if scheme.is_deprecated:
            text = f"{scheme.code} is no longer in use: name the register that followed it."
            raise ValidationError({"scheme": ValidationError(text, code="deprecated_scheme")})
        self.scheme = scheme.code
        self.value = check_digits.checked(scheme.code, self.value)
