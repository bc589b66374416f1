"""Partnerships are found by title, codes, summary and objectives, best first, in any script."""

from datetime import date

import pytest
from django.db import connection

from partnerships.models import Objective, Partnership, PartnershipSearch
from tests.factories import ObjectiveFactory, PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def found(api, text, **query):
    answer = api.get("/api/v1/partnerships/", {"search": text, **query})
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def made(title, **values):
    return PartnershipFactory(active=True, title=title, **{"summary": "None.", **values})


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("kiosks", "Kisima: water kiosks"),
        ("KIOSKS kisima", "Kisima: water kiosks"),
        ("kio", "Kisima: water kiosks"),
        ("iosk", "Kisima: water kiosks"),
        ("kisimma", "Kisima: water kiosks"),
        ("energie", "Énergie pour tous"),
        ("水资源", "长江水资源管理联盟"),
        ("资源管", "长江水资源管理联盟"),
        ("مياه", "شراكة المياه"),
        ("XM-DAC-41114-PROJECT-7", "Énergie pour tous"),
        ("settlements", "Kisima: water kiosks"),
        ("обучение", "Énergie pour tous"),
    ],
)
def test_is_found_by(api, text, title):
    kisima = made("Kisima: water kiosks", summary="Pumps for informal settlements.")
    made("Énergie pour tous", iati_identifier="XM-DAC-41114-PROJECT-7")
    made("长江水资源管理联盟")
    made("شراكة المياه")
    ObjectiveFactory(
        partnership=Partnership.objects.get(title="Énergie pour tous"), text="Обучение монтажников"
    )

    assert found(api, text) == [title]
    assert found(api, kisima.reference) == [kisima.title]


def test_a_word_of_the_title_comes_before_one_of_the_summary_and_that_before_an_objective(api):
    by_objective = made("Three")
    ObjectiveFactory(partnership=by_objective, text="Desalination for all")
    made("Two", summary="We pay for desalination.")
    made("One with desalination")
    made("Four")

    assert found(api, "desalination") == ["One with desalination", "Two", "Three"]


def test_pages_of_a_search_hold_each_row_once(api):
    for number in range(7):
        made(f"Ocean watch {number}")

    first = api.get("/api/v1/partnerships/", {"search": "ocean", "limit": 3}).json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    pages = [[row["title"] for row in page["results"]] for page in (first, second, third)]
    assert sorted(title for page in pages for title in page) == [
        f"Ocean watch {number}" for number in range(7)
    ]
    assert [len(page) for page in pages] == [3, 3, 1]


def test_drafts_are_found_by_their_own_people_only(api):
    draft = PartnershipFactory(title="Secret harbour")
    lead = draft.memberships.get().partner

    assert found(api, "harbour") == []
    api.force_authenticate(UserFactory(manages=lead))
    assert found(api, "harbour") == ["Secret harbour"]


def words(partnership):
    return PartnershipSearch.objects.get(pk=partnership.pk).words


def test_the_document_follows_whoever_writes():
    partnership = made("Old", summary="Wells.")
    objective = ObjectiveFactory(partnership=partnership, text="Pumps", measure="")
    assert all(word in words(partnership) for word in ("old", "wells", "pumps"))

    partnership.amend(title="New", summary="Dams.")
    Objective.objects.filter(pk=objective.pk).update(text="Turbines")
    assert all(word in words(partnership) for word in ("new", "dams", "turbines"))
    assert not any(word in words(partnership) for word in ("old", "wells", "pumps"))

    with connection.cursor() as cursor:
        cursor.execute("UPDATE partnerships_partnership SET summary = 'Canals'")
        cursor.execute("DELETE FROM partnerships_objective")
    assert "canals" in words(partnership)
    assert "turbines" not in words(partnership)

    made_at_once = Partnership.objects.bulk_create(
        Partnership(title=f"Bulk {n}", kind="ppp", level="global", starts_on=date(2024, 1, 1))
        for n in range(2)
    )
    assert all("bulk" in words(one) for one in made_at_once)
    partnership.delete()
    assert not PartnershipSearch.objects.filter(pk=partnership.pk).exists()


def test_odd_texts_find_nothing_and_break_nothing(api):
    made("Kisima")

    for text in ("%", "'", "&|!", "\\", "((", "a" * 200, "🙂"):
        assert found(api, text) == []
