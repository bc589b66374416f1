"""Members as an amendment would have them: who is invited, whose roles change, who leaves."""

from typing import Any

from partnerships.models.documents import member_row
from partnerships.models.membership import Membership
from partnerships.models.proposed_rows import number_at, object_at, rows_at
from partnerships.models.proposed_sections import Proposed
from partnerships.models.sections import Section
from registry.models import Partner

LEAD = Membership.Role.LEAD.value


class ProposedMembers(Proposed):
    """Only what changes is named: `invite`, `roles` and `end`."""

    section = Section.MEMBERS

    def read(self, value: Any) -> None:
        given = object_at(value, self.path, ("invite", "roles", "end"), self.slips)
        accepted = self.was.memberships.accepted().select_related("partner").order_by("pk")
        self.accepted = {member.pk: member for member in accepted}
        self.invite: list[tuple[Partner, list[str]]] = []
        self.roles: dict[int, list[str]] = {}
        self.end: list[int] = []
        self._read_invited(given.get("invite", []))
        self._read_roles(given.get("roles", []))
        self._read_end(given.get("end", []))
        if not self.slips.found:
            self._hold_lead()

    def _read_invited(self, value: Any) -> None:
        path = f"{self.path}.invite"
        seen = set()
        for n, row in enumerate(rows_at(value, path, ("partner", "roles", "name"), self.slips)):
            number = number_at(row.get("partner"), f"{path}.{n}.partner", self.slips)
            roles = self._roles_at(row.get("roles"), f"{path}.{n}.roles")
            if number is None or not roles:
                continue
            partner = Partner.objects.filter(pk=number, status=Partner.Status.VERIFIED).first()
            if partner is None:
                self.slips.add(f"{path}.{n}.partner", "The number of a verified partner.")
            elif number in seen or self._is_here(number):
                self.slips.add(f"{path}.{n}.partner", "A member, or invited, already.")
            else:
                self.invite.append((partner, roles))
            if LEAD in roles:
                self.slips.add(f"{path}.{n}.roles", "The lead is one who has accepted.")
            seen.add(number)

    def _is_here(self, partner: int) -> bool:
        current = self.was.memberships.filter(partner=partner, ended_on=None)
        return current.exclude(status=Membership.Status.DECLINED).exists()

    def _read_roles(self, value: Any) -> None:
        path = f"{self.path}.roles"
        for n, row in enumerate(rows_at(value, path, ("membership", "roles"), self.slips)):
            member = self._member_at(row, f"{path}.{n}")
            roles = self._roles_at(row.get("roles"), f"{path}.{n}.roles")
            if member and roles:
                self.roles[member.pk] = roles

    def _read_end(self, value: Any) -> None:
        path = f"{self.path}.end"
        for n, row in enumerate(rows_at(value, path, ("membership",), self.slips)):
            member = self._member_at(row, f"{path}.{n}")
            if member and member.pk not in self.end:
                self.end.append(member.pk)

    def _member_at(self, row: dict[str, Any], path: str) -> Membership | None:
        number = number_at(row.get("membership"), f"{path}.membership", self.slips)
        if number is None:
            return None
        if number not in self.accepted:
            self.slips.add(f"{path}.membership", "Not a member now.")
        return self.accepted.get(number)

    def _roles_at(self, value: Any, path: str) -> list[str]:
        known = Membership.Role.values
        is_list = isinstance(value, list) and all(isinstance(role, str) for role in value)
        if not is_list or not value or set(value) - set(known) or len(set(value)) < len(value):
            self.slips.add(path, f"One or more of: {', '.join(known)}; each once.")
            return []
        return sorted(value)

    def _hold_lead(self) -> None:
        """Whatever changes, one member leads, and a partnership is not of one alone."""
        stay = [pk for pk in self.accepted if pk not in self.end]
        leads = [pk for pk in stay if LEAD in self.roles_of(pk)]
        if len(leads) != 1:
            self.slips.add(self.path, "Exactly one of the members who stay leads.")
        if len(stay) < 2:
            self.slips.add(self.path, "At least two members stay.")

    def roles_of(self, membership: int) -> list[str]:
        return self.roles.get(membership, self.accepted[membership].roles)

    def moves_the_lead(self) -> bool:
        return any(
            LEAD in roles and LEAD not in self.accepted[pk].roles
            for pk, roles in self.roles.items()
        )

    def after(self) -> Any:
        stay = [
            {"id": pk, **member_row(member.partner, self.roles_of(pk))}
            for pk, member in self.accepted.items()
            if pk not in self.end
        ]
        return [*stay, *(member_row(partner, roles) for partner, roles in self.invite)]

    def kept(self) -> Any:
        return {
            "invite": [{"partner": p.pk, "roles": roles} for p, roles in self.invite],
            "roles": [{"membership": pk, "roles": roles} for pk, roles in self.roles.items()],
            "end": [{"membership": pk} for pk in self.end],
        }
