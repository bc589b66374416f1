"""Another edition of the SDG framework keeps the codes that records use, and says what changed."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from registry.models import GlobalIndicator, Goal, SdgEdition, Target
from registry.vocabularies import SHIPPED
from tests.factories import IndicatorFactory

pytestmark = pytest.mark.django_db

FILES = ("goals.csv", "targets.csv", "global_indicators.csv")


@pytest.fixture
def folder(tmp_path):
    """The shipped edition, to be changed by a test."""
    for name in FILES:
        shutil.copy(SHIPPED / name, tmp_path / name)
    return tmp_path


def change(folder, name, *changes):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def later(folder):
    """13.2.2 is gone, 13.2.3 is new, 6.1.1 is of another tier."""
    row = next(
        line
        for line in (folder / FILES[2]).read_text(encoding="utf-8").splitlines(keepends=True)
        if line.startswith("13.2.2,")
    )
    change(folder, FILES[2], (row, "13.2.3,13.2,Made up,II,,\n"))
    tier = "6.1.1,6.1,Use of safely managed drinking water,"
    change(folder, FILES[2], (f"{tier}I", f"{tier}II"))
    return folder


def load(folder=None, edition="", **options):
    return call_command("load_vocabularies", framework=folder, edition=edition, **options)


def test_the_first_load_names_the_edition_that_ships():
    load()

    edition = SdgEdition.objects.get()
    assert (edition.version, edition.source, edition.changes) == ("2022.Q1.G.03", "shipped", {})


def test_a_later_edition_retires_codes_and_keeps_what_records_use(folder):
    load()
    used = GlobalIndicator.objects.get(code="13.2.2")
    indicator = IndicatorFactory(global_indicator=used)

    said = load(later(folder), "2026.Q1.G.01")

    assert said == "4 changes (3 global indicators, 1 editions)"
    indicator.refresh_from_db()
    assert indicator.global_indicator == used
    assert GlobalIndicator.objects.get(code="13.2.2").retired_in == "2026.Q1.G.01"
    assert not GlobalIndicator.objects.in_force().filter(code="13.2.2").exists()
    assert SdgEdition.objects.current().changes["global indicators"] == {
        "added": ["13.2.3"],
        "retired": ["13.2.2"],
        "changed": ["6.1.1"],
    }
    assert load(folder, "2026.Q1.G.01") == "0 changes"


def test_a_plain_load_does_not_go_back_to_the_edition_that_ships(folder):
    load()
    load(later(folder), "2026.Q1.G.01")

    assert load() == "0 changes"
    assert GlobalIndicator.objects.get(code="6.1.1").tier == "II"
    assert SdgEdition.objects.current().version == "2026.Q1.G.01"


def test_a_code_that_comes_back_is_in_force_again(folder):
    load()
    load(later(folder), "2026.Q1.G.01")
    for name in FILES:
        shutil.copy(SHIPPED / name, folder / name)

    load(folder, "2027.Q1.G.01")

    assert GlobalIndicator.objects.get(code="13.2.2").retired_in == ""
    changes = SdgEdition.objects.current().changes["global indicators"]
    assert (changes["brought back"], changes["retired"]) == (["13.2.2"], ["13.2.3"])


def test_dry_run_tells_and_saves_nothing(folder):
    load()

    said = load(later(folder), "2026.Q1.G.01", dry_run=True)
    assert said == "dry run, nothing saved: 4 changes (3 global indicators, 1 editions)"
    assert SdgEdition.objects.count() == 1


def test_the_api_tells_editions_and_what_is_retired(api, folder):
    load()
    load(later(folder), "2026.Q1.G.01")

    editions = api.get("/api/v1/sdg-editions/").json()["results"]
    assert [row["version"] for row in editions] == ["2026.Q1.G.01", "2022.Q1.G.03"]
    url = "/api/v1/global-indicators/?in_force=false"
    assert [row["code"] for row in api.get(url).json()["results"]] == ["13.2.2"]


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("goals.csv", "#26BDE2", "blue", "column colour: found 'blue'"),
        ("goals.csv", "\n6,", "\n18,", "column number: found '18'"),
        ("goals.csv", "\n6,", "\n5,", "what row 6 does not have"),
        ("targets.csv", "\n6.1,6,", "\n6.1,7,", "column code: found '6.1', expected a code under"),
        ("targets.csv", "\n6.1,6,", "\n6.1,77,", "column goal: found '77'"),
        ("targets.csv", "\n6.1,6,outcome,", "\n6.1,6,input,", "column kind: found 'input'"),
        ("targets.csv", "code,", "codes,", "row 1, column code"),
        ("global_indicators.csv", "\n6.1.1,6.1,", "\n6.1.1,6.99,", "column target: found '6.99'"),
        ("global_indicators.csv", "\n6.1.1,", "\n6.1.x,", "column code: found '6.1.x'"),
        ("global_indicators.csv", ",1.5.1,", ",1.5.9,", "column repeat_of: found '1.5.9'"),
    ],
)
def test_refuses_a_faulty_edition_and_saves_nothing(folder, name, old, new, problem):
    load()
    change(folder, name, (old, new))

    with pytest.raises(CommandError, match=name) as refused:
        load(folder, "2026.Q1.G.01")
    assert problem in str(refused.value)
    assert SdgEdition.objects.count() == 1
    assert (Goal.objects.count(), Target.objects.count()) == (17, 169)


@pytest.mark.parametrize("edition", ["newest", "2026/1", "2026" + "x" * 20])
def test_refuses_an_edition_without_a_year_in_its_name(folder, edition):
    with pytest.raises(CommandError, match="named by its year"):
        load(folder, edition)


def test_folder_and_name_go_together(folder):
    for arguments in ((folder, ""), (None, "2026.Q1.G.01")):
        with pytest.raises(CommandError, match="go together"):
            load(*arguments)
    with pytest.raises(CommandError, match="No such file"):
        load(folder / "nowhere", "2026.Q1.G.01")
