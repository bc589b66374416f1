"""Goals, targets and indicators are found by code, and by words in six languages."""

import pytest
from django.db import connection

from registry.models import GlobalIndicator, Goal, Target
from registry.models.sdg import fold
from tests.factories import GlobalIndicatorFactory, GoalFactory, SdgEditionFactory, TargetFactory

pytestmark = pytest.mark.django_db

WATER = {
    "en": "Clean water for all people",
    "fr": "L’énergie de l’eau",
    "es": "Agua limpia y gestión",
    "ru": "Чистая вода для всех",
    "ar": "كفالة المِياه للجميع",
    "zh-Hans": "水资源管理",
}


@pytest.fixture(autouse=True)
def framework():
    GoalFactory(number=6, label="Water and sanitation", texts=WATER)
    GoalFactory(number=1, label="An end to poverty", texts={"en": "End poverty"})
    TargetFactory(code="6.1", label="Safe drinking water")
    TargetFactory(code="6.a", label="Aid for water")
    TargetFactory(code="6.10", label="Made up")
    GlobalIndicatorFactory(code="6.1.1", label="Use of safe drinking water")
    SdgEditionFactory()


def goals(q, language=""):
    return [goal.number for goal in Goal.objects.chosen(q, language)]


@pytest.mark.parametrize(
    "q",
    [
        "sanitation",
        "SANITATION water",
        "clean people",
        "energie",
        "ÉNERGIE",
        "gestion",
        "вода",
        "ЧИСТАЯ",
        "المياه",
        "مياه",
        "水资源",
        "资源",
        "agua вода",
    ],
)
def test_finds_words_in_every_script_and_with_or_without_marks(q):
    assert goals(q) == [6]


@pytest.mark.parametrize(("q", "number"), [("sanitaton", 6), ("poverti", 1), ("энергийя", None)])
def test_finds_words_that_are_nearly_right(q, number):
    assert goals(q) == ([number] if number else [])


@pytest.mark.parametrize("q", ["%", "_", "\\", "xyzzy", "water xyzzy", "zh-Hans"])
def test_finds_nothing_where_nothing_fits(q):
    assert goals(q) == []


def test_looks_in_one_language_only_when_asked():
    assert goals("agua", "es") == [6]
    assert goals("agua", "fr") == []
    assert goals("sanitation", "en") == []  # stands in our label, not in the official text


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("6", ["6.1", "6.10", "6.a"]),
        ("6.1", ["6.1"]),
        ("6.A", ["6.a"]),
        ("6.9", []),
    ],
)
def test_finds_targets_by_code_and_by_what_stands_above(q, codes):
    assert sorted(target.code for target in Target.objects.chosen(q)) == codes


def test_finds_goals_and_indicators_by_code():
    assert (goals("6"), goals("6.1"), goals("99"), goals("1000000")) == ([6], [], [], [])
    assert [row.code for row in GlobalIndicator.objects.chosen("6.1")] == ["6.1.1"]


@pytest.mark.parametrize("text", ["ÉnergiE", "Й ё", "مُحَمَّد أحمـد", "水 ＡＢ ﬁ", "Ωλ ß İ"])
def test_python_and_the_database_fold_alike(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_fold(%s)", [text])
        assert cursor.fetchone()[0].replace("i̇", "i") == fold(text).replace("i̇", "i")


def test_one_search_over_the_whole_framework(api, django_assert_num_queries):
    # goals, targets, indicators: does anything fit, and what; the edition
    with django_assert_num_queries(7):
        answer = api.get("/api/v1/sdg-search/", {"q": "water"}).json()

    shown = [(row["kind"], row["code"]) for row in answer["results"]]
    assert shown == [
        ("goal", "6"),
        ("target", "6.1"),
        ("target", "6.a"),
        ("global_indicator", "6.1.1"),
    ]
    assert (answer["edition"], answer["more"]) == ("2022.Q1.G.03", False)


def test_shows_the_official_text_in_the_language_asked_for(api):
    found = api.get("/api/v1/sdg-search/", {"q": "水", "language": "zh-Hans"}).json()["results"]

    assert [(row["label"], row["text"]) for row in found] == [
        ("Water and sanitation", "水资源管理")
    ]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"q": "water", "language": "tlh"}, "language"),
        ({"q": "water", "languages": "en"}, "languages"),
    ],
)
def test_refuses_a_question_that_is_none(api, query, attr):
    answer = api.get("/api/v1/sdg-search/", query)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)


@pytest.mark.parametrize("path", ["goals", "targets", "global-indicators"])
def test_each_list_is_searched_too(api, path):
    answer = api.get(f"/api/v1/{path}/", {"search": "drinking water"}).json()["results"]

    assert len(answer) == (0 if path == "goals" else 1)
    assert api.get(f"/api/v1/{path}/", {"search": "\0"}).status_code == 400
