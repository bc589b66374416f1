"""Rows as they stood at a moment, in SQL: from the log of changes, and from that of merges."""

from monitoring.aggregation.fragments import then
from monitoring.reports.kinds.cohort import Cohort


def before(table: str, *columns: str, at: str = "%(known)s") -> str:
    """A query of (id, held): what of the columns was changed after the moment, as it stood then.

    The first change after the moment says what was there before; a column that was not changed
    since is not in `held` (JSON), which `then` reads. Source: AuditEntry.objects.restore.
    """
    wanted = ", ".join(f"'{column}'" for column in columns)
    return f"""
SELECT a.row_id::bigint AS id, jsonb_object_agg(one.key, one.value ORDER BY a.id DESC) AS held
FROM registry_auditentry a CROSS JOIN LATERAL jsonb_each(a.before) one
WHERE a.table_name = '{table}' AND a.operation = 'update' AND a.at > {at}
  AND one.key IN ({wanted})
GROUP BY a.row_id
"""


# Whose a membership was at the cut-off, where a later merge of two records of one organisation
# (or the end of that merge) has moved it: the first such write says who held it before.
HOLDERS = """
SELECT DISTINCT ON (f.row_id) f.row_id AS membership_id, (f.before #>> '{}')::bigint AS partner_id
FROM registry_movedfield f JOIN registry_partnermerge g ON g.id = f.merge_id
WHERE f.model = 'partnerships.membership' AND f.field = 'partner_id'
  AND CASE f.together WHEN 'undone' THEN g.undone_at ELSE g.merged_at END > %(cutoff)s
ORDER BY f.row_id, f.id
"""
_MEMBERS = f"""
CREATE TEMPORARY TABLE report_member ON COMMIT DROP AS
WITH moved AS ({HOLDERS}),
stated AS ({before("registry_partner", "kind", "country_id", at="%(cutoff)s")})
SELECT m.id AS membership_id, m.partnership_id, p.id AS partner_id,
       {then("kind", "text", "p", "stated")} AS kind,
       {then("country_id", "bigint", "p", "stated")} AS country_id
FROM report_cohort c JOIN partnerships_membership m ON m.partnership_id = c.partnership_id
LEFT JOIN moved ON moved.membership_id = m.id
JOIN registry_partner p ON p.id = COALESCE(moved.partner_id, m.partner_id)
LEFT JOIN stated ON stated.id = p.id
WHERE c.is_running AND m.accepted_on <= %(reference)s AND m.created_at <= %(cutoff)s
  AND (m.ended_on IS NULL OR m.ended_on >= %(reference)s)
"""


def members(cohort: Cohort) -> None:
    """`report_member`: members of running partnerships on the reference date, with partners, and
    their kinds and countries as they were known at the cut-off."""
    cohort.make("report_member", _MEMBERS)
