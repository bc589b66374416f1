"""Partners, their people, and exchange rates."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from monitoring.demo import ACCOUNTS, ADMIN, PASSWORD
from monitoring.demo.reading import key, moment, rows
from registry.models import (
    Affiliation,
    Country,
    Event,
    ExchangeRate,
    Partner,
    PartnerIdentifier,
    User,
)

JOINED = date(2022, 8, 1)
ROLES = Affiliation.Role
# Which partner and role the accounts have that can sign in.
HELD = {
    "lead@demo.example": ("tumaini", ROLES.MANAGER),
    "member@demo.example": ("kisima", ROLES.MANAGER),
    "evaluator@demo.example": ("tumaini", ROLES.EVALUATOR),
    "observer@demo.example": ("zawadi", ROLES.OBSERVER),
    "focal@demo.example": ("rivers", ROLES.MANAGER),
    "system@demo.example": ("tumaini", ROLES.EVALUATOR),
}


@dataclass
class People:
    """Who is there: partners by key, and each partner's people."""

    admin: User
    partners: dict[str, Partner]
    managers: dict[str, User] = field(default_factory=dict)
    evaluators: dict[str, User] = field(default_factory=dict)


def load_people() -> People:
    accounts = _load_accounts()
    people = People(admin=accounts[ADMIN], partners=_load_partners(accounts[ADMIN]))
    people.managers = _load_staff(people.partners, ROLES.MANAGER, accounts)
    people.evaluators = _load_staff(people.partners, ROLES.EVALUATOR, accounts)
    for email, (partner, role) in HELD.items():
        Affiliation.objects.get_or_create(
            user=accounts[email],
            partner=people.partners[partner],
            role=role,
            defaults={"since_at": moment(JOINED)},
        )
    return people


def load_rates() -> None:
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            currency_id=row["currency"],
            on=date.fromisoformat(row["on"]),
            usd=Decimal(row["usd"]),
            source="Made up for the demonstration, near the real ones",
            loaded_at=moment(date.fromisoformat(row["on"]), days=1),
        )
        for row in rows("rates.csv")
    )


def _load_accounts() -> dict[str, User]:
    """Accounts that can sign in. One hash for all: it is slow to make, and no secret."""
    secret = make_password(PASSWORD, salt="demonstration")
    users = [
        _user(
            email,
            _sentence(role.split(":")[0]),
            secret,
            is_staff=email == ADMIN,
            is_superuser=email == ADMIN,
            is_service=email.startswith("system"),
        )
        for email, _, role in ACCOUNTS
    ]
    created = User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in created
        if not user.is_service
    )
    return {user.email: user for user in created}


def _user(email: str, name: str, secret: str, **values: bool) -> User:
    return User(
        email=email,
        name=name,
        password="!demonstration" if values.get("is_service") else secret,
        key=key("user", email),
        joined_at=moment(JOINED),
        **values,
    )


def _load_staff(
    partners: dict[str, Partner], role: Affiliation.Role, accounts: dict[str, User]
) -> dict[str, User]:
    """One person per partner and role, who cannot sign in; an account where there is one."""
    named = {held: accounts[email] for email, held in reversed(HELD.items())}
    staff = {
        slug: named.get((slug, role))
        or _user(f"{role}@{slug}.example", f"{role.label}, {partner.name}"[:150], "!demonstration")
        for slug, partner in partners.items()
    }
    User.objects.bulk_create(user for user in staff.values() if user.pk is None)
    Affiliation.objects.bulk_create(
        Affiliation(user=user, partner=partners[slug], role=role, since_at=moment(JOINED))
        for slug, user in staff.items()
    )
    return staff


def _load_partners(admin: User) -> dict[str, Partner]:
    countries = dict(Country.objects.values_list("alpha2", "pk"))
    listed = rows("partners.csv")
    partners = [
        _partner(row, number, countries[row["country"]]) for number, row in enumerate(listed)
    ]
    by_key = dict(zip([row["key"] for row in listed], partners, strict=True))
    Partner.objects.bulk_create(partners)
    PartnerIdentifier.objects.bulk_create(
        PartnerIdentifier(partner=by_key[row["key"]], scheme=scheme, value=value)
        for row in listed
        if row["identifier"]
        for scheme, value in [row["identifier"].split(" ", 1)]
    )
    Event.objects.bulk_create(
        event for partner in partners for event in _partner_events(partner, admin)
    )
    return by_key


def _partner(row: dict[str, str], number: int, country: int) -> Partner:
    created = moment(JOINED, days=number % 20, hour=8 + number % 9)
    verified = None if row["status"] == "pending" else created + timedelta(days=4)
    changed = moment(date(2025, 3, 20)) if row["status"] == "suspended" else verified or created
    return Partner(
        name=row["name"],
        acronym=row["acronym"],
        kind=row["kind"],
        size=row["size"],
        country_id=country,
        summary=row["summary"],
        status=row["status"],
        website=f"https://{row['key']}.example/",
        verified_at=verified,
        created_at=created,
        updated_at=changed,
    )


def _partner_events(partner: Partner, admin: User) -> list[Event]:
    events = [_event(partner, "registered", "", "pending", partner.created_at, None)]
    if partner.verified_at:
        at = partner.verified_at
        events.append(_event(partner, "verified", "pending", "verified", at, admin))
    if partner.status == Partner.Status.SUSPENDED:
        at = partner.updated_at
        events.append(_event(partner, "suspended", "verified", "suspended", at, admin))
        events[-1].reason = "Pay rolls of 2024 were not shown on request."
    return events


def _event(
    partner: Partner, verb: str, was: str, became: str, at: datetime, by: User | None
) -> Event:
    return Event(
        kind=f"partner.{verb}",
        subject_type="registry.partner",
        subject_id=partner.pk,
        was=was,
        became=became,
        by=by,
        at=at,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
