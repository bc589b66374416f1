"""Search by words, codes and names, in any script, best first.

A record that is searched has a *search document*, kept by triggers: the database's own
functions `registry_search_text`, `registry_search_query` and `registry_search_rank` say what
counts as the same text, what matches and how well. docs/models/search.md tells the rules.
"""

import re
import unicodedata
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import BooleanField, F
from django.db.models.expressions import RawSQL

RANKED = 1000  # of a term that matches more, the newest so many are ranked
WHOLE = 4000  # the least rank of just this name or code: see registry_search_rank
FEW = 5  # with fewer exact finds, none of them of just this name, similar words are looked for too
SHORTEST_TYPO = 4  # letters (3 characters of a script without blanks): shorter is like anything

_UNSPACED = (
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def words_in(text: str) -> list[str]:
    """The runs of letters and digits; empty for what nobody can search, such as `%`."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKD", text))


def may_be_misspelt(text: str) -> bool:
    """Whether it is long enough for a typo to be told from another word."""
    letters = "".join(words_in(text))
    unspaced = len(re.findall(_UNSPACED, letters))
    return len(letters) + (unspaced > 0) >= SHORTEST_TYPO


Row = TypeVar("Row", bound=models.Model)


# Of a `Ranking`: its order, and a setting for its statement. Documents are read all the time,
# so they are in memory, where the planner by itself reckons with a disk.
BEST_FIRST = "k2 DESC, k1 DESC"
IN_MEMORY = "SET LOCAL random_page_cost = 1.1; "


class SearchDocumentQuerySet(models.QuerySet[Any]):
    def matching(self, text: str, *, similar: bool = False) -> Self:
        """Documents with all the words (the last letters may be missing) or with the text
        somewhere inside; with `similar`, also those with a text of mostly the same letters."""
        condition, parameters = matches(text)
        if similar:
            condition = f"({condition} OR record_id IN ({alike_in(self.model)}))"
            parameters = [*parameters, text]
        return self.filter(RawSQL(condition, parameters, output_field=BooleanField()))

    def named(self, text: str) -> Self:
        """Documents with just this name or code."""
        condition = "keys @> ARRAY[registry_search_text(%s)]"
        return self.filter(RawSQL(condition, [text], output_field=BooleanField()))


class SearchDocument(models.Model):
    """What a record is found by: kept by triggers, whoever writes."""

    # The function of the database that says how well a document fits.
    ranked_by: ClassVar[str] = "registry_search_rank"

    keys = ArrayField(models.TextField(), help_text="whole names and codes; the name is the first")
    names = models.TextField(help_text="the keys, each on a line of its own")
    words = SearchVectorField()

    objects = SearchDocumentQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            GinIndex(fields=["keys"], fastupdate=False, name="%(class)s_keys"),
            GinIndex(fields=["words"], fastupdate=False, name="%(class)s_words"),
            GinIndex(
                OpClass(F("names"), name="gin_trgm_ops"), fastupdate=False, name="%(class)s_names"
            ),
        ]

    def __str__(self) -> str:
        return self.keys[0] if self.keys else ""


class SearchedQuerySet(models.QuerySet[Row]):
    """Rows that have a search document, by the relation that `document` names."""

    document: ClassVar[str] = "search_document"

    @property
    def documents(self) -> Any:
        relation: Any = self.model._meta.get_field(self.document)
        return relation.related_model._default_manager

    def found(self, text: str) -> Self:
        """Rows that match; where those are few, also those that are only spelt similarly."""
        exact = self.fitting(text)
        if not may_be_misspelt(text) or exact.has_enough(text):
            return exact
        return self.fitting(text, similar=True)

    def fitting(self, text: str, *, similar: bool = False) -> Self:
        """Rows that match; with `similar`, also those that are only spelt similarly."""
        if not words_in(text):
            return self.none()
        return self.filter(pk__in=self.documents.matching(text, similar=similar).values("pk"))

    def has_enough(self, text: str) -> bool:
        """Whether these exact finds are several, or one of them has just this name or code."""
        if len(self.order_by().values_list("pk")[:FEW]) == FEW:
            return True
        return self.filter(pk__in=self.documents.named(text).values("pk")).exists()

    def best(
        self, text: str, *, size: int, after: "Mark | None" = None, similar: bool = False
    ) -> "Ranking | None":
        """The best matches as SQL; None if there can be none. See `Ranking`."""
        if not words_in(text):
            return None
        try:
            sql, parameters = self.order_by().values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            return None
        return Ranking.of(
            self.documents.model, text, sql, parameters, size=size, after=after, similar=similar
        )


class Mark(NamedTuple):
    """After which row a page of a search begins, and which rows the first page had ranked.

    Rows that come in while somebody pages are newer than `high`, and push nothing out.
    """

    rank: int
    pk: int
    low: int
    high: int
    similar: bool


class Ranking(NamedTuple):
    """A page of a search as SQL: columns key, rank, low, high and how many were ranked."""

    sql: str
    parameters: list[Any]

    @classmethod
    def of(
        cls,
        document: type[SearchDocument],
        text: str,
        seen: str,
        parameters: Any,
        *,
        size: int,
        after: Mark | None,
        similar: bool,
    ) -> Self:
        condition, matching = matches(text, "d")
        within, under, beyond = "", "", ""
        span: list[int] = []
        last: list[int] = []
        if after:
            within, under = " AND seen.k1 BETWEEN %s AND %s", " AND seen.k1 <= %s"
            beyond = "WHERE (k2, k1) < (%s, %s)"
            span, last = [after.low, after.high], [after.rank, after.pk]
        top = span[1:]
        newest = _ranked(document, condition + within, "seen.k1 DESC")
        whole = _ranked(
            document, f"d.keys @> ARRAY[registry_search_text(%s)]{under}", "seen.k1 DESC"
        )
        asked = [text, text]
        values = [*parameters, *asked, *matching, *span, *asked, text, *top]
        alike, pool = "", "SELECT * FROM newest UNION SELECT * FROM whole"
        if similar:
            likest = "word_similarity(registry_search_text(%s), d.names) DESC, seen.k1 DESC"
            some = _ranked(document, f"d.record_id IN ({alike_in(document)}){under}", likest)
            alike, pool = f", alike AS ({some})", f"{pool} UNION SELECT * FROM alike"
            values += [*asked, text, *top, text]
        sql = f"""
WITH seen (k1) AS NOT MATERIALIZED ({seen}),
newest (k1, k2) AS MATERIALIZED ({newest}), whole AS ({whole}){alike},
pool (k1, k2) AS MATERIALIZED ({pool})
SELECT k1, k2, (SELECT coalesce(min(k1), 0) FROM newest), (SELECT max(k1) FROM pool),
  (SELECT count(*) FROM pool) FROM pool {beyond} ORDER BY k2 DESC, k1 DESC LIMIT {size}"""
        return cls(sql, [*values, *last])


def _ranked(document: type[SearchDocument], condition: str, order: str) -> str:
    """The first of the seen rows whose documents fit, with their ranks; the text comes twice
    in the parameters before the condition's."""
    return (
        f"SELECT k1, {document.ranked_by}(registry_search_text(%s), registry_search_query(%s),"
        " keys, names, words) FROM (SELECT seen.k1, d.keys, d.names, d.words FROM seen"
        f' JOIN "{document._meta.db_table}" d ON d.record_id = seen.k1'
        f" WHERE {condition} ORDER BY {order} LIMIT {RANKED}) fitting"
    )


def mark_of(row: Any, *, after: Mark | None, similar: bool) -> Mark:
    """Where the page after this row begins; what the first page ranked stays ranked."""
    key, rank, low, high = row[:4]
    if after:
        low, high = after.low, after.high
    return Mark(rank, key, low, high, similar)


def is_too_little(row: Any, text: str) -> bool:
    """Whether a first page, of which this is a row (None: it is empty), calls for typos."""
    if row is None:
        return may_be_misspelt(text)
    return row[4] < FEW and row[1] < WHOLE and may_be_misspelt(text)


def matches(text: str, table: str = "") -> tuple[str, list[Any]]:
    """The condition on a search document, as SQL and its parameters.

    A text inside a word is looked for from three letters on: for fewer, trigrams are no help.
    """
    at = f"{table}." if table else ""
    condition = f"{at}words @@ registry_search_query(%s)"
    if max(map(len, words_in(text)), default=0) < 3:
        return condition, [text]
    inside = f"{at}names LIKE '%%' || registry_search_text(%s) || '%%'"
    return f"({condition} OR {inside})", [text, text]


def alike_in(document: type[models.Model]) -> str:
    """The documents with a text of mostly the same letters as the parameter's."""
    return f"SELECT registry_search_alike('{document._meta.db_table}', %s)"
