"""What counts as the same text, what matches and how well: of every search, in every script."""

from django.db import migrations

FORWARD = r"""
-- The same text whatever its accents, case, width and punctuation: small letters and digits,
-- one blank for everything else; characters of scripts without blanks stand alone.
CREATE FUNCTION registry_search_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(regexp_replace(translate(replace(replace(replace(
  regexp_replace(normalize(lower($1), NFKD),
    '[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]',
    '', 'g'),
  'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłđðıħىةکیə', 'olddihيهكيa'),
  '[^[:alnum:]\u0900-\u0eff\u1000-\u109f\u1780-\u17ff]+', ' ', 'g'));

CREATE FUNCTION registry_search_text(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(regexp_replace(regexp_replace(registry_search_plain($1),
  '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])',
  ' \1 ', 'g'), ' +', ' ', 'g'));

-- All the words, each with whatever letters may follow; characters that stand alone only in
-- the order in which they were written.
CREATE FUNCTION registry_search_query(text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE
PARALLEL SAFE AS $$
DECLARE
  unspaced text :=
    '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]';
  word text; part text; lexeme tsquery; phrase tsquery; found tsquery := '';
BEGIN
  FOREACH word IN ARRAY string_to_array(registry_search_plain($1), ' ') LOOP
    phrase := '';
    FOREACH part IN ARRAY string_to_array(registry_search_text(word), ' ') LOOP
      CONTINUE WHEN part = '';
      lexeme := quote_literal(part) || CASE WHEN part ~ unspaced THEN '' ELSE ':*' END;
      IF phrase = ''::tsquery THEN phrase := lexeme; ELSE phrase := phrase <-> lexeme; END IF;
    END LOOP;
    CONTINUE WHEN phrase = ''::tsquery;
    IF found = ''::tsquery THEN found := phrase; ELSE found := found && phrase; END IF;
  END LOOP;
  RETURN found;
END $$;

-- A whole name or code first, then names that begin so, then all the words, then the text
-- within a word, then similar texts; within each, the more of the name it is the better.
CREATE FUNCTION registry_search_rank(
  asked text, words_asked tsquery, keys text[], names text, words tsvector
) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN asked = ANY(keys) THEN 4000 + 999 * similarity(keys[1], asked)
  WHEN strpos(names, E'\n' || asked) > 0 THEN 3000 + 999 * similarity(keys[1], asked)
  WHEN words @@ words_asked THEN 2000 + 999 * similarity(keys[1], asked)
  WHEN strpos(names, asked) > 0 THEN 1000 + 999 * similarity(keys[1], asked)
  ELSE 999 * word_similarity(asked, names)
END::integer;

SELECT show_limit(); -- loads pg_trgm: before, its setting cannot be named

CREATE FUNCTION registry_search_alike(documents regclass, asked text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 50 SET pg_trgm.word_similarity_threshold = 0.5 AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT record_id FROM %s WHERE $1 <%% names', documents)
    USING registry_search_text(asked);
END $$;
"""

BACKWARD = """
DROP FUNCTION registry_search_alike(regclass, text);
DROP FUNCTION registry_search_rank(text, tsquery, text[], text, tsvector);
DROP FUNCTION registry_search_query(text);
DROP FUNCTION registry_search_text(text);
DROP FUNCTION registry_search_plain(text);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0018_audited_vocabularies")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
