"""Finds or registers the organisations of an activity, and makes them members."""

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Func, Q, Value, When
from django.db.models.functions import Concat, Lower, Trim

from monitoring.exchange.accounts import Accounts
from monitoring.exchange.iati_codes import CHANNELS, KINDS, ROLES
from monitoring.exchange.iati_values import LeftOut, code_of, narratives
from monitoring.exchange.trail import Trail
from partnerships.models import Membership, Partnership
from registry.errors import DomainError
from registry.models import Country, IdentifierScheme, Partner, PartnerIdentifier
from registry.services.partners import one_identity_at_a_time

SCHEME = "IATI"
NAME_LENGTH = 300


class Organisation(NamedTuple):
    """How an activity names an organisation."""

    ref: str
    name: str
    type: str
    country: str

    @classmethod
    def of(cls, element: Any) -> "Organisation":
        """Read it; else LeftOut. An identifier from a national register starts with its
        country."""
        ref = (element.get("ref") or "").strip()
        name = name_of(element)
        if not name:
            raise LeftOut("no_name", "The organisation has neither a name nor an identifier.")
        if len(ref) > 120:
            raise LeftOut("too_long", "The identifier is longer than 120 characters.")
        prefix = ref.split("-")[0].upper() if "-" in ref else ""
        country = prefix if len(prefix) == 2 and not prefix.startswith("X") else ""
        return cls(ref, name[:NAME_LENGTH], code_of(element, "type"), country)

    def kind(self) -> str:
        if self.type == "40":
            return CHANNELS.get(self.ref.upper()[:9], KINDS["40"])
        return KINDS.get(self.type, "")


def name_of(element: Any) -> str:
    """Some files put a description beside the name: the shortest text is the name."""
    ref = (element.get("ref") or "").strip()
    return " ".join(min(narratives(element), key=len, default=ref).split())


class NotPublic(DomainError):
    """An organisation has the identifier of a partner whom only its own people have vouched for.

    The whole activity waits: taken for that partner, it would hand the partnership to strangers.
    """

    def __init__(self, identifier: PartnerIdentifier) -> None:
        partner = identifier.partner
        is_pending = partner.status == Partner.Status.PENDING
        state = "not verified" if is_pending else partner.status
        text = (
            f"{identifier} is the identifier of {partner} (partner {partner.pk}), which is {state}."
        )
        super().__init__(f"partner_{state.replace(' ', '_')}", f"{text} An admin decides first.")


class Partners:
    """The partners of one activity: found by identifier, then by name and country, or new.

    Found is only who is public: verified, or taken over from a file before.
    """

    def __init__(self, trail: Trail, accounts: Accounts) -> None:
        self.trail = trail
        self.accounts = accounts
        self._known: dict[Organisation, Partner] = {}
        self._stated: dict[str, PartnerIdentifier] = {}

    def get(self, element: Any) -> Partner:
        organisation = Organisation.of(element)
        self._mention_cut(element)
        if organisation not in self._known:
            partner = self._find(organisation, element)
            self._known[organisation] = partner
            if organisation.ref and partner.status != Partner.Status.VERIFIED:
                self._mention_odd(organisation.ref, element)
        return self._known[organisation]

    def _mention_cut(self, element: Any) -> None:
        length = len(name_of(element))
        if length > NAME_LENGTH:
            reason = f"The name has {length} characters; {NAME_LENGTH} are kept."
            self.accounts.doubt(element, "shortened", reason)

    def _mention_odd(self, ref: str, element: Any) -> None:
        """A register that nobody knows or that is no more, or a number it cannot have given.

        An admin who verified the partner has looked at it.
        """
        try:
            PartnerIdentifier.of_published(ref)
        except ValidationError as error:
            odd: ValidationError = next(iter(error.error_dict.values()))[0]
            reason = f"{ref} is kept as published. {odd.messages[0]}"
            self.accounts.doubt(element, str(odd.code), reason)

    def find(self, element: Any) -> Partner | None:
        """The partner an element names, if there is one already."""
        organisation = Organisation.of(element)
        known = self._known.get(organisation)
        return known or self._identified(organisation.ref) or self._named(organisation)

    def _find(self, organisation: Organisation, element: Any) -> Partner:
        if partner := self._identified(organisation.ref):
            return partner
        partner = self._named(organisation)
        if partner is None:
            partner = self._register(organisation)
            self._identify(partner, organisation.ref)
        elif partner.import_batch_id:
            self._identify(partner, organisation.ref)
        else:
            # People vouched for its identifiers: a file of the same name adds none.
            kept = f" An admin may add {organisation.ref} to it." if organisation.ref else ""
            reason = f"Taken for {partner} by its name alone.{kept}"
            self.accounts.doubt(element, "matched_by_name", reason)
        return partner

    def _identified(self, ref: str) -> Partner | None:
        """Whose identifier it is, however its register, IATI or people have written it."""
        if not ref:
            return None
        asked = PartnerIdentifier(scheme=SCHEME, value=ref)
        for way in _lower(asked.ways()) & self._stated.keys():
            return self._stated[way].partner
        same = PartnerIdentifier.objects.same_as(asked)
        public = Partner.objects.public().values("pk")
        first = Case(When(partner__in=public, then=0), default=1)
        row = same.select_related("partner").order_by(first, "pk").first()
        if row and not Partner.objects.public().filter(pk=row.partner_id).exists():
            raise NotPublic(row)
        return row.partner if row else None

    def _named(self, organisation: Organisation) -> Partner | None:
        """The one public partner of that name, unless country or identifier say it is another."""
        same = Partner.objects.public().filter(_is_named(organisation.name))
        if organisation.country:
            country = Q(country__alpha2=organisation.country)
            same = same.filter(country | Q(country=None))
        if organisation.ref:
            register = IdentifierScheme.objects.of_published(organisation.ref)
            schemes = [SCHEME, register.own_code] if register else [SCHEME]
            same = same.exclude(identifiers__scheme__in=schemes)
        found = list(same[:2])
        return found[0] if len(found) == 1 else None

    def _register(self, organisation: Organisation) -> Partner:
        partner = Partner(
            name=organisation.name,
            kind=organisation.kind(),
            country=Country.objects.filter(alpha2=organisation.country).first(),
            import_batch=self.trail.batch,
        )
        return self.trail.create([partner])[0]

    def _identify(self, partner: Partner, ref: str) -> None:
        if ref:
            identifier = PartnerIdentifier(partner=partner, scheme=SCHEME, value=ref)
            self._stated.update(dict.fromkeys(_lower(identifier.ways()), identifier))

    def store_identifiers(self) -> None:
        """Keep them as they were published, also such as no register can have given.

        Last of all: people who register an organisation wait for whoever stores identifiers.
        """
        new = list({id(one): one for one in self._stated.values()}.values())
        if not new:
            return
        one_identity_at_a_time()
        for other in PartnerIdentifier.objects.same_as(*new).select_related("partner"):
            reason = f"{other} was stated for {other.partner} meanwhile: import the file again."
            raise LeftOut("stated_meanwhile", reason)
        self.trail.create(new)


def _lower(ways: set[str]) -> set[str]:
    return {way.lower() for way in ways}


def _is_named(name: str) -> Q:
    """The same words, as the database normalises names; punctuation at an end leaves a blank."""
    normal = Func(
        Lower(Value(name, output_field=CharField())),
        Value(r"[^[:alnum:]]+"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
        output_field=CharField(),
    )
    bare, blank = Trim(normal), Value(" ")
    return (
        Q(normal_name=bare)
        | Q(normal_name=Concat(bare, blank))
        | Q(normal_name=Concat(blank, bare))
        | Q(normal_name=Concat(blank, bare, blank))
    )


class Members:
    """The members of one partnership, while its activity is being imported."""

    def __init__(self, partnership: Partnership, partners: Partners) -> None:
        self.partnership = partnership
        self.partners = partners
        self.trail = partners.trail
        rows = partnership.memberships.select_related("partner").order_by("ended_on", "pk")
        # Those that have ended come first, so that a present membership has the last word.
        self._of = {row.partner_id: row for row in sorted(rows, key=lambda row: not row.ended_on)}

    def take(self, activity: Any, accounts: Accounts) -> Membership:
        """Make the activity's organisations members; returns that of the reporting one."""
        reporting = self.partners.get(activity.find("reporting-org"))
        roles = self._roles(activity, accounts)
        lead = _lead(roles, reporting)
        roles.setdefault(reporting, [] if lead == reporting else [Membership.Role.ADVISORY])
        if not any(Membership.Role.LEAD in row.roles for row in self._of.values()):
            roles[lead] = [Membership.Role.LEAD, *roles[lead]]
        for partner, held in roles.items():
            self._join(partner, held)
        return self._of[reporting.pk]

    def _roles(self, activity: Any, accounts: Accounts) -> dict[Partner, list[str]]:
        roles: dict[Partner, list[str]] = {}
        for element in activity.iterchildren("participating-org"):
            code = code_of(element, "role")
            if code not in ROLES:
                accounts.leave_out(element, "unknown_code", f"There is no role {code or '(none)'}.")
                continue
            try:
                held = roles.setdefault(self.partners.get(element), [])
            except LeftOut as left:
                accounts.leave_out(element, left.code, left.reason)
                continue
            accounts.store(element)
            if ROLES[code] not in held:
                held.append(ROLES[code])
        return roles

    def _join(self, partner: Partner, roles: list[str]) -> Membership:
        stored = self._of.get(partner.pk)
        if stored is None:
            return self._add(partner, roles)
        more = [role for role in roles if role not in stored.roles]
        if more and not stored.ended_on:
            self.trail.change(stored, roles=[*stored.roles, *more])
        return stored

    def _add(self, partner: Partner, roles: list[str]) -> Membership:
        since = self.partnership.starts_on
        row = Membership(
            partnership=self.partnership,
            partner=partner,
            roles=roles or [Membership.Role.ADVISORY],
            status=Membership.Status.ACCEPTED,
            invited_on=since,
            accepted_on=since,
            import_batch=self.trail.batch,
        )
        self._of[partner.pk] = self.trail.create([row])[0]
        return row

    def known(self, element: Any) -> Membership | None:
        """The member an element names, if it is one."""
        partner = self.partners.find(element)
        return self._of.get(partner.pk) if partner else None

    def funding(self, element: Any) -> Membership:
        """The member that provides money; named only there, it joins as a funder."""
        return self.known(element) or self._add(
            self.partners.get(element), [Membership.Role.FUNDING]
        )


def _lead(roles: dict[Partner, list[str]], reporting: Partner) -> Partner:
    """The accountable organisation, if there is exactly one; else the reporting one."""
    accountable = [p for p, held in roles.items() if Membership.Role.ACCOUNTABLE in held]
    return accountable[0] if len(accountable) == 1 else reporting
