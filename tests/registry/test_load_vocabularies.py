import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Country, Currency, GlobalIndicator, Goal, Target
from registry.vocabularies import load_vocabularies, vocabularies_loaded

pytestmark = pytest.mark.django_db

HEADER = "code,title_en,title_fr,title_es,title_ru,title_ar,title_zh-Hans"


@pytest.fixture
def write(tmp_path):
    def write(*lines, name="texts.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


def load(*args, **options):
    return call_command("load_vocabularies", *args, **options)


def test_loads_the_whole_framework():
    load()

    assert Goal.objects.count() == 17
    assert Target.objects.count() == 169
    assert GlobalIndicator.objects.count() == 248
    assert GlobalIndicator.objects.filter(repeat_of=None).count() == 231
    assert Country.objects.count() == 249
    repeat = GlobalIndicator.objects.get(code="13.1.1")
    assert (repeat.repeat_of.code, repeat.target.goal_id) == ("1.5.1", 13)


def test_lists_indicators_in_the_order_of_the_framework():
    load()

    codes = GlobalIndicator.objects.filter(target__goal=11).values_list("code", flat=True)
    assert list(codes)[4:9] == ["11.4.1", "11.5.1", "11.5.2", "11.5.3", "11.6.1"]


def test_stores_minor_units_as_iso_4217_has_them():
    load()

    known = dict(Currency.objects.values_list("code", "minor_units"))
    assert (known["USD"], known["JPY"], known["KWD"], known["XDR"]) == (2, 0, 3, None)


def test_second_run_changes_nothing():
    load()

    assert load() == "0 changes"


def test_restores_a_changed_row_and_counts_it_once():
    load()
    Target.objects.filter(code="6.1").update(label="Something else", kind="means")
    GlobalIndicator.objects.filter(code="11.5.1").update(repeat_of=None, label="Something else")

    assert load() == "2 changes (1 targets, 1 global indicators)"
    assert Target.objects.get(code="6.1").kind == "outcome"
    assert GlobalIndicator.objects.get(code="11.5.1").repeat_of.code == "1.5.1"


def test_keeps_primary_keys_of_rows_that_change():
    load()
    before = Country.objects.get(alpha2="KE").pk
    Country.objects.filter(alpha2="KE").update(name="Somewhere")

    load()

    assert Country.objects.get(alpha2="KE").pk == before
    assert Country.objects.get(alpha2="KE").name == "Kenya"


def test_dry_run_says_what_would_change_and_saves_nothing():
    line = load(dry_run=True)

    assert line.startswith("dry run, nothing saved: ")
    assert "17 goals, 169 targets, 248 global indicators" in line
    assert not Goal.objects.exists()


def test_second_load_only_reads():
    load()

    with CaptureQueriesContext(connection) as queries:
        load()

    written = ("INSERT", "UPDATE", "DELETE")
    assert not [query["sql"] for query in queries if query["sql"].startswith(written)]
    # one for each kind and its keys, eleven for each standard
    assert len(queries) <= 51


def test_a_failing_receiver_takes_the_whole_load_back():
    def refuse(**kwargs):
        raise RuntimeError("no dimensions today")

    vocabularies_loaded.connect(refuse)
    try:
        with pytest.raises(RuntimeError, match="no dimensions today"):
            load_vocabularies()
    finally:
        vocabularies_loaded.disconnect(refuse)

    assert not Goal.objects.exists()


def test_overlays_texts_and_keeps_them_on_a_plain_load(write):
    goals = write(HEADER, "6,Water,Eau,Agua,Вода,ماء,水")
    rest = write(HEADER, "6.A,Aid,,,,,", "6.1.1,Use,,,,,", name="rest.csv")

    line = load(texts=[goals, rest])
    assert line.endswith("3 texts)")
    assert load() == "0 changes"

    assert Goal.objects.get(pk=6).texts["zh-Hans"] == "水"
    assert Goal.objects.get(pk=6).label == "Water and sanitation"
    assert Target.objects.get(code="6.a").texts == {"en": "Aid"}
    assert GlobalIndicator.objects.get(code="6.1.1").texts == {"en": "Use"}


def test_overlaying_again_changes_nothing_and_an_empty_cell_wipes_nothing(write):
    path = write(HEADER, "6,Water,Eau,,,,")
    load(texts=[path])

    assert load(texts=[path]) == "0 changes"
    assert load(texts=[write(HEADER, "6,Waters,,,,,")]) == "1 changes (1 texts)"
    assert Goal.objects.get(pk=6).texts == {"en": "Waters", "fr": "Eau"}


def test_reads_a_file_with_byte_order_mark_and_quoted_line_breaks(write):
    load(texts=[write(HEADER, '"6","Wa', 'ter",,,,,', encoding="utf-8-sig")])

    assert Goal.objects.get(pk=6).texts == {"en": "Wa\nter"}


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((HEADER, "1,a,,,,,", "18,b,,,,,"), "row 3, column code: unknown code '18'"),
        ((HEADER, "1.1.1.1,b,,,,,"), "row 2, column code: unknown code '1.1.1.1'"),
        ((HEADER, "1,a,,,,,", "1,b,,,,,"), "row 3, column code: 1 stands in the file twice"),
        (("code,title_en,title_fr",), "row 1, column title_es: the column is missing"),
        ((HEADER + ",code",), "row 1, column code: the column stands there twice"),
        (("",), "row 1, column code: the column is missing"),
        ((HEADER, "1,a,b"), "row 2, column title_es: the row ends before"),
        ((HEADER, "1,a,,,,,,x"), "row 2, column title_zh-Hans: more cells"),
        ((HEADER, "1,a,\x00,,,,"), "row 2, column title_fr: contains a NUL"),
        ((HEADER, '1,"a"b,,,,,'), "not a CSV file"),
    ],
)
def test_refuses_a_faulty_file_and_saves_nothing(write, lines, problem):
    good = write(HEADER, "6,Water,,,,,", name="good.csv")
    bad = write(*lines)

    with pytest.raises(CommandError, match="texts.csv") as caught:
        load(texts=[good, bad])

    assert problem in str(caught.value)
    assert not Goal.objects.exists()


def test_refuses_text_that_is_not_utf_8(write):
    with pytest.raises(CommandError, match="not UTF-8"):
        load(texts=[write(HEADER, "6,Ägua,,,,,", encoding="latin-1")])


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="nowhere.csv: No such file"):
        load(texts=[tmp_path / "nowhere.csv"])


def test_overlays_the_official_files(refdata):
    files = [refdata / "sdg" / f"sdg_{kind}.csv" for kind in ("goals", "targets", "indicators")]

    assert load(texts=files).endswith("434 texts)")
    assert load(texts=files) == "0 changes"
    texts = {
        str(row.pk if model is Goal else row.code): row.texts.keys()
        for model in (Goal, Target, GlobalIndicator)
        for row in model.objects.all()
    }
    # The file has this one in English only.
    assert texts.pop("11.5.3") == {"en"}
    assert all(keys == {"en", "fr", "es", "ru", "ar", "zh-Hans"} for keys in texts.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT texts->>'en' FROM registry_goal WHERE number = 1")
        assert cursor.fetchone() == ("End poverty in all its forms everywhere",)
