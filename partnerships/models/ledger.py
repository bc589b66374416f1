"""The ledger of risks and benefits as a document that members endorse."""

from typing import Any, NamedTuple

from django.db.models import Prefetch

from partnerships.models.agreements import Agreement
from partnerships.models.assent import Assent, assent_of
from partnerships.models.partnership import Partnership
from partnerships.models.risks import Benefit, Risk
from partnerships.models.sharing import Share, Sharing

TITLE = "Ledger of risks and benefits"


def with_shares(rows: Any) -> Any:
    """Risks or benefits with the shares that hold now, as `present`; three queries more."""
    shares = Share.objects.select_related("membership__partner")
    sharings = Sharing.objects.present().prefetch_related(Prefetch("shares", shares))
    return rows.prefetch_related(Prefetch("sharings", sharings, to_attr="present"))


def bearer(share: Share) -> str:
    return str(share.membership.partner) if share.membership else "the public and the users"


def ledger_text(partnership: Partnership) -> str:
    """What members endorse: all that was dealt out between them; who watches a risk and how it
    stands is not part of it and may change without asking them again."""
    risks = with_shares(partnership.risks.exclude(status=Risk.Status.CLOSED)).order_by("pk")
    benefits = partnership.benefits.exclude(status=Benefit.Status.DROPPED)
    parts = [TITLE, "Risks"]
    parts += [_risk(number, risk) for number, risk in enumerate(risks, start=1)]
    parts += ["Benefits"]
    counted = with_shares(benefits).order_by("pk")
    parts += [_benefit(number, benefit) for number, benefit in enumerate(counted, start=1)]
    return "\n\n".join(parts).replace("\r\n", "\n") + "\n"


def _risk(number: int, risk: Risk) -> str:
    lines = [
        f"{number}. {risk.get_category_display().capitalize()}: {risk.description}",
        f"Likelihood {risk.likelihood}, impact {risk.impact}.",
        f"Mitigation: {risk.mitigation.strip() or 'none stated'}",
        f"Carried by: {_divided(risk)}",
        f"Why: {risk.why_bearer.strip() or 'not stated'}",
    ]
    return "\n".join(lines)


def _benefit(number: int, benefit: Benefit) -> str:
    value = "no value stated"
    if benefit.value is not None:
        value = f"{benefit.currency_id} {benefit.value.normalize():f} as of {benefit.valued_on}"
    lines = [
        f"{number}. {benefit.get_kind_display().capitalize()}: {benefit.description}",
        f"Value: {value}",
        f"Gained by: {_divided(benefit)}",
        f"How agreed: {benefit.how_agreed.strip() or 'not stated'}",
    ]
    return "\n".join(lines)


def _divided(record: Any) -> str:
    said = [f"{bearer(share)} {share.percent.normalize():f} %" for share in record.shares_now]
    return "; ".join(said) or "not shared yet"


class LedgerState(NamedTuple):
    """What the members have endorsed of the ledger, and whether it was changed since."""

    binding: Agreement | None
    proposed: Agreement | None
    assent: Assent | None
    changed_since: bool


def ledger_is_visible(partnership: Partnership, user: Any) -> bool:
    """As its risks and benefits are: for insiders, and for all once a ledger binds."""
    if Partnership.objects.insider(user).filter(pk=partnership.pk).exists():
        return True
    binds = partnership.agreements.binding(Agreement.Kind.LEDGER).exists()
    return partnership.is_public() and binds


def ledger_state(partnership: Partnership, *, with_proposal: bool = True) -> LedgerState:
    """Proposals that do not bind are for insiders: others are shown what binds."""
    editions = partnership.agreements.filter(kind=Agreement.Kind.LEDGER)
    binding = editions.filter(status=Agreement.Status.BINDING).first()
    proposed = None
    if with_proposal:
        proposals = editions.filter(status=Agreement.Status.PROPOSED)
        proposed = proposals.order_by("-edition").first()
    last = proposed or binding
    return LedgerState(
        binding,
        proposed,
        assent_of(last) if last else None,
        bool(last and last.text != ledger_text(partnership)),
    )
