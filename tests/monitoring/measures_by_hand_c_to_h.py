"""C1, C3, D4, E1 and H1 once more, from the tables by plain SQL, naive loops and fractions.

Imports no product code. Run by itself it prints them for the latest reports of a database, with
the arithmetic: `python -m tests.monitoring.measures_by_hand_c_to_h DATABASE_URL [P-2023-00013]`.
"""

import sys
from datetime import timedelta
from fractions import Fraction

from tests.monitoring.measures_by_hand import Report

SECTORS = {
    "public": {"national_government", "parliament", "local_government", "state_owned"},
    "private": {"large_company", "msme", "start_up", "financial"},
    "civil society": {"civil_society", "community", "union"},
    "knowledge": {"foundation", "academia"},
    "international": {"un_entity", "intergovernmental", "multilateral_bank"},
}
FAIR = ("ppp", "un_business")
TAKEN_BACK = "partnerships.agreement"


def moment(report):
    """The last moment of the reference date; the cut-off, if that was before."""
    return min(report.until - timedelta(microseconds=1), report.cutoff)


def registered(report, column):
    """Kind or level, as the last version that was registered or amended by then has it."""
    found = report.all(
        f"""SELECT document->'about'->>'{column}' FROM partnerships_partnershipversion
            WHERE partnership_id = %s AND why IN ('registered', 'amended')
            ORDER BY at <= %s DESC, CASE WHEN at <= %s THEN -number ELSE number END""",
        report.partnership, moment(report), moment(report),
    )  # fmt: skip
    now = f"SELECT {column} FROM partnerships_partnership WHERE id = %s"
    return (found or report.all(now, report.partnership))[0][0]


def sharing(report, what, key):
    """{partner or None: percent} that held at the moment, and since when."""
    at = moment(report)
    held = report.all(
        f"""SELECT id, held_from FROM partnerships_sharing WHERE {what}_id = %s
              AND held_from <= %s AND (held_until IS NULL OR held_until > %s)
            ORDER BY held_from DESC""",
        key, at, at,
    )  # fmt: skip
    if not held:
        return {}, None
    shares = {}
    for partner, percent in report.all(
        """SELECT m.partner_id, s.percent FROM partnerships_share s
           LEFT JOIN partnerships_membership m ON m.id = s.membership_id
           WHERE s.sharing_id = %s""",
        held[0][0],
    ):
        shares[partner] = shares.get(partner, 0) + Fraction(percent)
    return shares, held[0][1]


def risks(report):
    """Those not closed: number, words, likelihood × impact, since when they are as they are."""
    at = moment(report)
    found = []
    for key, created in report.all(
        """SELECT id, created_at FROM partnerships_risk
           WHERE partnership_id = %s AND created_at <= %s ORDER BY id""",
        report.partnership, at,
    ):  # fmt: skip
        noted = report.all(
            """SELECT held_from, status, category, description, likelihood, impact, mitigation,
                      why_bearer
               FROM partnerships_riskrating WHERE risk_id = %s AND held_from <= %s
               ORDER BY held_from, id""",
            key, at,
        )  # fmt: skip
        if not noted or noted[-1][1] == "closed":
            continue
        words = noted[-1][2:]
        since = created
        for held_from, _, *then in reversed(noted):
            if tuple(then) != tuple(words):
                break
            since = held_from
        found.append((key, words, words[2] * words[3], since, noted))
    return found


def editions(report):
    """Of the ledger: (proposed at, partners that had endorsed it), those taken back left out."""
    at = moment(report)
    found = report.all(
        """SELECT id, proposed_at FROM partnerships_agreement a
           WHERE partnership_id = %s AND kind = 'ledger' AND proposed_at <= %s
             AND NOT EXISTS (SELECT 1 FROM registry_event e WHERE e.subject_type = %s
               AND e.subject_id = a.id AND e.became = 'withdrawn' AND e.at <= %s)""",
        report.partnership, at, TAKEN_BACK, at,
    )  # fmt: skip
    said = """SELECT m.partner_id FROM partnerships_endorsement e
              JOIN partnerships_membership m ON m.id = e.membership_id
              WHERE e.agreement_id = %s AND e.endorsed_at <= %s"""
    return [(when, {row[0] for row in report.all(said, key, at)}) for key, when in found]


def c1(report):
    if registered(report, "kind") not in FAIR:
        return None
    listed, proposed = risks(report), editions(report)
    partners = {row[1] for row in report.members()}
    good = 0
    for key, words, _, since, noted in listed:
        shares, shared_since = sharing(report, "risk", key)
        bearers = {partner for partner in shares if partner is not None}
        yes = set()
        for when, endorsed in proposed:
            statuses = [row[1] for row in noted if row[0] <= when]
            was_closed = bool(statuses) and statuses[-1] == "closed"
            if shares and when >= max(since, shared_since) and not was_closed:
                yes |= endorsed
        good += bool(
            sum(shares.values()) == 100
            and words[4].strip()
            and words[5].strip()
            and bearers <= partners
            and bearers <= yes
        )
    return (good, len(listed)) if listed else None


def rate(report, currency, day):
    """US dollars for one unit: the latest up to the day, loaded by the cut-off."""
    if currency == "USD":
        return Fraction(1)
    found = report.all(
        """SELECT usd FROM registry_exchangerate WHERE currency_id = %s AND "on" <= %s
             AND loaded_at <= %s ORDER BY "on" DESC, loaded_at DESC LIMIT 1""",
        currency, day, report.cutoff,
    )  # fmt: skip
    return Fraction(found[0][0]) if found else None


def benefits(report):
    """Shared and valued ones that are not dropped: (number, value, currency, day)."""
    at, found = moment(report), []
    for (key,) in report.all(
        """SELECT id FROM partnerships_benefit WHERE partnership_id = %s AND created_at <= %s""",
        report.partnership, at,
    ):  # fmt: skip
        noted = report.all(
            """SELECT status, value, currency_id, valued_on FROM partnerships_benefitvalue
               WHERE benefit_id = %s AND held_from <= %s ORDER BY held_from DESC, id DESC""",
            key, at,
        )  # fmt: skip
        if noted and noted[0][0] != "dropped" and noted[0][1] is not None:
            found.append((key, *noted[0][1:]))
    return [row for row in found if sharing(report, "benefit", row[0])[0]]


def side(weighted):
    """{partner: share of the whole}, of pairs of a weight and {partner: percent}."""
    whole = sum(weight for weight, _ in weighted)
    found = {}
    for weight, shares in weighted:
        for partner, percent in shares.items():
            found[partner] = found.get(partner, 0) + weight * percent / 100 / whole
    return found


def c3(report):
    if registered(report, "kind") not in FAIR:
        return None
    carried = [(Fraction(weight), sharing(report, "risk", key)[0])
               for key, _, weight, _, _ in risks(report)]  # fmt: skip
    carried = [pair for pair in carried if pair[1]]
    valued = benefits(report)
    several = len({currency for _, _, currency, _ in valued}) > 1
    got = []
    for key, value, currency, day in valued:
        usd = rate(report, currency, day) if several else Fraction(1)
        if usd is not None:
            got.append((Fraction(value) * usd, sharing(report, "benefit", key)[0]))
    if not carried or not sum(weight for weight, _ in got):
        return None
    risk, benefit = side(carried), side(got)
    return (
        1
        - sum(abs(risk.get(partner, 0) - benefit.get(partner, 0)) for partner in {*risk, *benefit})
        / 2
    )


def d4(report):
    promises = report.all(
        """SELECT id, amount, currency_id, committed_on FROM partnerships_commitment
           WHERE partnership_id = %s AND amount > 0 AND currency_id IS NOT NULL
             AND committed_on <= %s AND due_on <= %s AND created_at <= %s
             AND NOT (status = 'withdrawn' AND receiver_agreed AND withdrawn_on <= %s)""",
        report.partnership, report.on, report.on, report.cutoff, report.on,
    )  # fmt: skip
    promised = arrived = Fraction(0)
    for key, amount, currency, day in promises:
        usd = rate(report, currency, day)
        if usd is None:
            continue
        (delivered,) = report.one(
            """SELECT coalesce(sum(amount), 0) FROM partnerships_delivery
               WHERE commitment_id = %s AND currency_id = %s AND delivered_on <= %s
                 AND confirmed_at <= %s AND (ended_at IS NULL OR ended_at > %s)""",
            key, currency, report.on, report.cutoff, report.cutoff,
        )  # fmt: skip
        promised += Fraction(amount) * usd
        arrived += min(Fraction(delivered), Fraction(amount)) * usd
    return (arrived, promised) if promised else None


def e1(report):
    kinds = {row[2] for row in report.members()}
    if not kinds:
        return None
    found = sum(bool(kinds & of_sector) for of_sector in SECTORS.values())
    whole = 3 if registered(report, "level") in ("subnational", "community") else 5
    return min(found, whole), whole


def h1(report):
    at = moment(report)
    needs = report.all(
        """SELECT n.id, EXISTS (SELECT 1 FROM partnerships_match m WHERE m.need_id = n.id
               AND m.status = 'accepted' AND m.answered_at <= %s)
           FROM partnerships_need n WHERE n.partnership_id = %s AND n.created_at <= %s
             AND NOT (n.status = 'withdrawn' AND n.ended_on <= %s)""",
        at, report.partnership, at, report.on,
    )  # fmt: skip
    return (sum(accepted for _, accepted in needs), len(needs)) if needs else None


def share(found):
    """As a fraction; C3 is one already."""
    return Fraction(*found) if isinstance(found, tuple) else found


BY_HAND = {"C1": c1, "C3": c3, "D4": d4, "E1": e1, "H1": h1}


def main(url, *references):
    import psycopg2

    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (p.id) r.id, p.reference, p.title, r.reference_on
               FROM monitoring_report r JOIN partnerships_partnership p ON p.id = r.partnership_id
               WHERE r.kind = 'partnership' ORDER BY p.id, r.reference_on DESC, r.revision DESC"""
        )
        for key, reference, title, on in cursor.fetchall():
            if references and reference not in references:
                continue
            print(reference, title, on)  # noqa: T201
            for code, by_hand in BY_HAND.items():
                found = by_hand(Report(cursor, key))
                said = "no value" if found is None else f"{float(share(found)):.6f}"
                parts = " / ".join(map(str, found)) if isinstance(found, tuple) else found or ""
                print(f"  {code} {said}  {parts}")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
