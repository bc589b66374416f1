"""Which needs and offers fit, and how well, as SQL: docs/models/catalogue.md says it in words.

Every step reads temporary tables of the step before, so that the planner knows how many rows
there are. Nothing here is done row by row.
"""

# What counts for how much; together 1.
TARGET, GOAL, COUNTRY, EVERYWHERE, REGION = 0.35, 0.15, 0.15, 0.12, 0.08
KIND, STAGE, TEXT = 0.15, 0.05, 0.30
THRESHOLD = 0.58  # below it nothing is proposed
COMPARED = 40  # candidates of a need whose texts are compared: the best by all the rest
KEPT = 10  # matches of a need that stand proposed at a time

LINKS = """
  ARRAY(SELECT l.target_id::int FROM partnerships_{0}_targets l
    WHERE l.{0}_id = {1} ORDER BY 1) AS targets,
  ARRAY(SELECT DISTINCT t.goal_id::int FROM partnerships_{0}_targets l
    JOIN registry_target t ON t.id = l.target_id WHERE l.{0}_id = {1} ORDER BY 1) AS goals,
  ARRAY(SELECT l.country_id::int FROM partnerships_{0}_countries l
    WHERE l.{0}_id = {1} ORDER BY 1) AS countries,
  ARRAY(SELECT DISTINCT c.sub_region FROM partnerships_{0}_countries l
    JOIN registry_country c ON c.id = l.country_id
    WHERE l.{0}_id = {1} AND c.sub_region <> '' ORDER BY 1) AS regions"""

PUBLIC = "('registered', 'active', 'completed', 'suspended', 'terminated', 'inactive')"

# Open needs that everybody sees. `%(needs)s` narrows to some of them; null is all.
WANTED = f"""
CREATE TEMP TABLE wanted ON COMMIT DROP AS
SELECT n.id, n.partner_id, n.partnership_id, n.kind, n.amount, n.currency_id, n.everywhere,
  n.stems, p.kind AS partner_kind, p.size AS partner_size, {LINKS.format("need", "n.id")}
FROM partnerships_need n JOIN registry_partner p ON p.id = n.partner_id
LEFT JOIN partnerships_partnership s ON s.id = n.partnership_id
WHERE n.status = 'open' AND (n.needed_by IS NULL OR n.needed_by >= %(today)s)
  AND (s.status IN {PUBLIC} OR s.id IS NULL AND p.status = 'verified')
  AND (%(needs)s::bigint[] IS NULL OR n.id = ANY(%(needs)s));
ANALYZE wanted;
"""

# Of a commitment: its own targets, else its partnership's; the partnership's countries.
OFFERED = f"""
CREATE TEMP TABLE offered ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY side, id) AS no, o.* FROM (
  SELECT 1 AS side, s.id, s.owner_id AS partner_id, NULL::bigint AS partnership_id, s.everywhere,
    s.kinds::text[] AS kinds, s.status AS stage, s.stems, '{{}}'::text[] AS for_kinds,
    '{{}}'::text[] AS for_sizes, NULL::numeric AS least, NULL::numeric AS most,
    NULL::text AS currency_id, {LINKS.format("solution", "s.id")}
  FROM partnerships_solution s JOIN registry_partner p ON p.id = s.owner_id
  WHERE s.status IN ('screened', 'piloted', 'scaling') AND p.status = 'verified'
  UNION ALL
  SELECT 2, f.id, f.partner_id, NULL, f.everywhere, '{{finance}}', '', f.stems,
    f.for_kinds::text[], f.for_sizes::text[], f.least, f.most, f.currency_id::text,
    {LINKS.format("fund", "f.id")}
  FROM partnerships_fund f JOIN registry_partner p ON p.id = f.partner_id
  WHERE f.opens_on <= %(today)s AND (f.closes_on IS NULL OR f.closes_on >= %(today)s)
    AND p.status = 'verified'
  UNION ALL
  SELECT 3, c.id, m.partner_id, c.partnership_id, s.level = 'global', ARRAY[c.kind::text], '',
    partnerships_stems(c.title || ' ' || s.title), '{{}}', '{{}}', NULL, NULL, NULL,
    of.targets, ARRAY(SELECT DISTINCT t.goal_id::int FROM registry_target t
      WHERE t.id = ANY(of.targets) ORDER BY 1),
    ARRAY(SELECT l.country_id::int FROM partnerships_partnershipcountry l
      WHERE l.partnership_id = s.id ORDER BY 1),
    ARRAY(SELECT DISTINCT r.sub_region FROM partnerships_partnershipcountry l
      JOIN registry_country r ON r.id = l.country_id
      WHERE l.partnership_id = s.id AND r.sub_region <> '' ORDER BY 1)
  FROM partnerships_commitment c JOIN partnerships_membership m ON m.id = c.membership_id
  JOIN registry_partner p ON p.id = m.partner_id
  JOIN partnerships_partnership s ON s.id = c.partnership_id
  CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT array_agg(l.target_id::int ORDER BY 1) FROM partnerships_commitment_targets l
      WHERE l.commitment_id = c.id),
    ARRAY(SELECT l.target_id::int FROM partnerships_partnership_targets l
      WHERE l.partnership_id = s.id ORDER BY 1)) AS targets) of
  WHERE c.status = 'open' AND s.status IN ('registered', 'active') AND p.status = 'verified'
    AND m.status = 'accepted' AND m.ended_on IS NULL AND coalesce(
      (SELECT max(d.due_on) FROM partnerships_duedate d WHERE d.commitment_id = c.id),
      c.due_on) >= %(today)s
) o;
ANALYZE offered;
"""

# Pairs worth a look: one target in common; or one goal, the kind of support, and the place.
PAIRED = """
CREATE TEMP TABLE paired ON COMMIT DROP AS
SELECT w.need, o.no FROM (SELECT id AS need, unnest(targets) AS target FROM wanted) w
JOIN (SELECT no, unnest(targets) AS target FROM offered) o USING (target)
UNION
SELECT w.need, o.no
FROM (SELECT id AS need, kind, goal, unnest(countries) AS country
  FROM wanted, unnest(goals) goal) w
JOIN (SELECT no, goal, kind, unnest(countries) AS country
  FROM offered, unnest(goals) goal, unnest(kinds) kind) o USING (goal, kind, country)
UNION
SELECT w.need, o.no FROM (SELECT id AS need, kind, unnest(goals) AS goal FROM wanted) w
JOIN (SELECT no, kind, unnest(goals) AS goal FROM offered, unnest(kinds) kind WHERE everywhere) o
USING (goal, kind);
"""

# What may not be: one's own offer, a fund for others, what was answered already.
FITTING = f"""
CREATE TEMP TABLE fitting ON COMMIT DROP AS
SELECT need, no, base FROM (
  SELECT w.id AS need, o.no, base,
    row_number() OVER (PARTITION BY w.id ORDER BY base DESC, o.no) AS rank
  FROM paired JOIN wanted w ON w.id = paired.need JOIN offered o ON o.no = paired.no
  CROSS JOIN LATERAL (SELECT
    CASE WHEN w.targets && o.targets THEN {TARGET} ELSE {GOAL} END
    + CASE WHEN w.countries && o.countries THEN {COUNTRY} WHEN o.everywhere THEN {EVERYWHERE}
      WHEN o.side = 1 AND w.regions && o.regions THEN {REGION} ELSE 0 END
    + CASE WHEN w.kind = ANY(o.kinds) THEN {KIND} ELSE 0 END
    + {STAGE} * CASE o.stage WHEN 'screened' THEN 0.5 WHEN 'piloted' THEN 0.8 ELSE 1 END AS base
  ) scored
  WHERE base >= {THRESHOLD - TEXT:.2f} AND o.partner_id <> w.partner_id
    AND (o.side = 1 OR w.kind = ANY(o.kinds)
      AND (w.countries && o.countries OR o.everywhere)
      AND (o.partnership_id IS NULL OR o.partnership_id IS DISTINCT FROM w.partnership_id)
      AND (o.for_kinds = '{{}}' OR w.partner_kind = ANY(o.for_kinds))
      AND (o.for_sizes = '{{}}' OR w.partner_size = ANY(o.for_sizes))
      AND (w.amount IS NULL OR w.currency_id IS DISTINCT FROM o.currency_id
        OR w.amount >= coalesce(o.least, 0) AND (o.most IS NULL OR w.amount <= o.most)))
    AND NOT EXISTS (SELECT FROM standing a
      WHERE a.need_id = w.id AND a.side = o.side AND a.offer_id = o.id AND a.answered)
) ranked WHERE rank <= {COMPARED};
ANALYZE fitting;
"""

# What was found before, of all needs or of these.
STANDING = """
CREATE TEMP TABLE standing ON COMMIT DROP AS
SELECT id, need_id, CASE WHEN solution_id IS NOT NULL THEN 1 WHEN fund_id IS NOT NULL THEN 2
    ELSE 3 END AS side, coalesce(solution_id, fund_id, commitment_id) AS offer_id, status,
  status IN ('accepted', 'declined') OR offer_answer = 'refused' AS answered, score, facts
FROM partnerships_match WHERE %(needs)s::bigint[] IS NULL OR need_id = ANY(%(needs)s);
ANALYZE standing;
"""

# A word weighs the more the fewer texts have it: ln((1 + texts) / texts that have it).
WEIGHED = """
CREATE TEMP TABLE weight ON COMMIT DROP AS
SELECT row_number() OVER () AS word, stem, weight FROM (
  SELECT stem, ln((1 + coalesce(c.of, (SELECT max(of) FROM partnerships_wordcount), 1))::float8
    / coalesce(c.texts, 1)) AS weight
  FROM (SELECT unnest(stems) AS stem FROM wanted UNION SELECT unnest(stems) FROM offered) all_stems
  LEFT JOIN partnerships_wordcount c USING (stem)
) weighed;
CREATE TEMP TABLE need_word ON COMMIT DROP AS
SELECT w.id AS need, v.word, v.stem, v.weight
FROM wanted w, unnest(w.stems) stem JOIN weight v USING (stem)
WHERE w.id IN (SELECT need FROM fitting);
CREATE TEMP TABLE offer_word ON COMMIT DROP AS
SELECT o.no, v.word, v.weight FROM offered o, unnest(o.stems) stem JOIN weight v USING (stem)
WHERE o.no IN (SELECT no FROM fitting);
CREATE TEMP TABLE need_norm ON COMMIT DROP AS
SELECT need, sqrt(sum(weight ^ 2)) AS norm FROM need_word GROUP BY need;
CREATE TEMP TABLE offer_norm ON COMMIT DROP AS
SELECT no, sqrt(sum(weight ^ 2)) AS norm FROM offer_word GROUP BY no;
ANALYZE weight, need_word, offer_word, need_norm, offer_norm;
"""

# The cosine of the two texts' weighed words, then the best of each need.
SCORED = f"""
CREATE TEMP TABLE alike ON COMMIT DROP AS
SELECT f.need, f.no, sum(n.weight * o.weight) AS common
FROM fitting f JOIN need_word n ON n.need = f.need
JOIN offer_word o ON o.no = f.no AND o.word = n.word GROUP BY f.need, f.no;
ANALYZE alike;
CREATE TEMP TABLE best ON COMMIT DROP AS
SELECT need, no, text, score FROM (
  SELECT *, row_number() OVER (PARTITION BY need ORDER BY score DESC, no) AS rank FROM (
    SELECT f.need, f.no, coalesce(a.common / n.norm / o.norm, 0)::numeric AS text,
      round((f.base + {TEXT} * coalesce(a.common / n.norm / o.norm, 0))::numeric, 3) AS score
    FROM fitting f LEFT JOIN alike a USING (need, no)
    LEFT JOIN need_norm n USING (need) LEFT JOIN offer_norm o USING (no)
  ) scored WHERE score >= {THRESHOLD}
) ranked WHERE rank <= {KEPT};
ANALYZE best;
"""

# What the explanation is made of; `proposal` has the columns of a match.
EXPLAINED = """
CREATE TEMP TABLE common ON COMMIT DROP AS
SELECT need, no, jsonb_agg(stem ORDER BY rank) AS words FROM (
  SELECT b.need, b.no, n.stem,
    row_number() OVER (PARTITION BY b.need, b.no ORDER BY n.weight DESC, n.stem) AS rank
  FROM best b JOIN need_word n ON n.need = b.need
  JOIN offer_word o ON o.no = b.no AND o.word = n.word
) ranked WHERE rank <= 5 GROUP BY need, no;
ANALYZE common;
CREATE TEMP TABLE proposal ON COMMIT DROP AS
SELECT b.need AS need_id, o.side, o.id AS offer_id, CASE o.side WHEN 1 THEN o.id END AS solution_id,
  CASE o.side WHEN 2 THEN o.id END AS fund_id, CASE o.side WHEN 3 THEN o.id END AS commitment_id,
  least(b.score, 1) AS score, o.partner_id AS offering_id, w.partner_id AS needing_id,
  jsonb_build_object(
    'targets', (SELECT coalesce(jsonb_agg(t.code ORDER BY t.id), '[]') FROM registry_target t
      WHERE t.id = ANY(w.targets) AND t.id = ANY(o.targets)),
    'goals', (SELECT coalesce(jsonb_agg(g ORDER BY g), '[]') FROM unnest(w.goals) g
      WHERE g = ANY(o.goals)),
    'place', CASE WHEN w.countries && o.countries THEN 'country'
      WHEN o.everywhere THEN 'everywhere' WHEN w.regions && o.regions THEN 'region' ELSE '' END,
    'countries', (SELECT coalesce(jsonb_agg(c.alpha2 ORDER BY c.alpha2), '[]')
      FROM registry_country c WHERE c.id = ANY(w.countries) AND c.id = ANY(o.countries)),
    'regions', (SELECT coalesce(jsonb_agg(r ORDER BY r), '[]') FROM unnest(w.regions) r
      WHERE r = ANY(o.regions)),
    'kind', CASE WHEN w.kind = ANY(o.kinds) THEN w.kind ELSE '' END,
    'stage', o.stage,
    'text', round(b.text, 2),
    'words', coalesce(c.words, '[]')
  ) AS facts
FROM best b JOIN wanted w ON w.id = b.need JOIN offered o ON o.no = b.no
LEFT JOIN common c ON c.need = b.need AND c.no = b.no;
ANALYZE proposal;
"""

# Words are counted over the needs and offers that are matched; once for all, each night.
COUNTED = """
DELETE FROM partnerships_wordcount;
INSERT INTO partnerships_wordcount (stem, texts, "of")
SELECT stem, count(*), (SELECT count(*) FROM wanted) + (SELECT count(*) FROM offered)
FROM (SELECT unnest(stems) AS stem FROM wanted UNION ALL SELECT unnest(stems) FROM offered) words
GROUP BY stem;
ANALYZE partnerships_wordcount;
"""

EMPTIED = """
DROP TABLE IF EXISTS wanted, offered, paired, standing, fitting, weight, need_word, offer_word,
  need_norm, offer_norm, alike, best, common, proposal
"""
