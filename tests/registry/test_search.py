"""Partners are found by name, acronym and identifier: in four scripts, misspelt too, best first."""

import pytest

from registry.models import FormerName, Partner
from tests.factories import PartnerFactory, PartnerIdentifierFactory, UserFactory

pytestmark = pytest.mark.django_db
NAMES = [
    "Kisima Water Trust",
    "Wasserwerke München",
    "Ørsted Fonden Æbletoft",
    "Électricité pour tous",
    "Фонд «Чистая вода»",
    "Ёлочный союз Йошкар-Олы",
    "مؤسّسة المياه والطاقة",
    "جمعية أصدقاء البيئة",
    "长江水资源管理中心",
    "北京能源研究院",
    "東京グリーン財団",
]


@pytest.fixture
def named():
    return {name: PartnerFactory(name=name) for name in NAMES}


def names_found(api, text, **query):
    answer = api.get("/api/v1/partners/", {"search": text, **query})
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kisima", "Kisima Water Trust"),
        ("TRUST kisima", "Kisima Water Trust"),
        ("wat", "Kisima Water Trust"),
        ("isim", "Kisima Water Trust"),
        ("ＫＩＳＩＭＡ", "Kisima Water Trust"),
        ("munchen", "Wasserwerke München"),
        ("MÜNCHEN", "Wasserwerke München"),
        ("werke", "Wasserwerke München"),
        ("orsted", "Ørsted Fonden Æbletoft"),
        ("aebletoft", "Ørsted Fonden Æbletoft"),
        ("electricite", "Électricité pour tous"),
        ("чистая", "Фонд «Чистая вода»"),
        ("ВОДА", "Фонд «Чистая вода»"),
        ("елочный", "Ёлочный союз Йошкар-Олы"),
        ("йошкар-ол", "Ёлочный союз Йошкар-Олы"),
        ("المياه", "مؤسّسة المياه والطاقة"),
        ("مياه", "مؤسّسة المياه والطاقة"),
        ("مؤسسة", "مؤسّسة المياه والطاقة"),
        ("اصدقاء", "جمعية أصدقاء البيئة"),
        ("البيئه", "جمعية أصدقاء البيئة"),
        ("水资源", "长江水资源管理中心"),
        ("资源管", "长江水资源管理中心"),
        ("水", "长江水资源管理中心"),
        ("能源", "北京能源研究院"),
        ("北京 研究院", "北京能源研究院"),
        ("グリーン", "東京グリーン財団"),
        ("源资", None),
    ],
)
def test_finds_what_is_written(api, named, text, name):
    assert names_found(api, text) == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("kisma water", "Kisima Water Trust"),
        ("kisimma", "Kisima Water Trust"),
        ("trsut kisima", "Kisima Water Trust"),
        ("wassrwerke", "Wasserwerke München"),
        ("electrictie", "Électricité pour tous"),
        ("чистоя вода", "Фонд «Чистая вода»"),
        ("Еолчный союз", "Ёлочный союз Йошкар-Олы"),
        ("йошкар ола", "Ёлочный союз Йошкар-Олы"),
        ("المياة والطاقه", "مؤسّسة المياه والطاقة"),
        ("أصدقا البيئة", "جمعية أصدقاء البيئة"),
        ("水资原", "长江水资源管理中心"),
        ("北京能园研究院", "北京能源研究院"),
    ],
)
def test_finds_what_is_misspelt(api, named, text, name):
    assert names_found(api, text)[:1] == [name]


def test_looks_for_similar_words_only_where_little_is_found(api):
    for n in range(5):
        PartnerFactory(name=f"Turkana {n}")
    PartnerFactory(name="Turkan sisters")
    PartnerFactory(name="Turkama brothers")

    assert "Turkama brothers" not in names_found(api, "turkana")
    assert "Turkama brothers" not in names_found(api, "turkan")  # six begin so
    assert names_found(api, "turkama")[0] == "Turkama brothers"
    assert len(names_found(api, "turkama")) > 1


def test_whole_codes_come_first_then_beginnings_then_words_then_parts_then_similar_ones(api):
    similar = PartnerFactory(name="Wafa sisters wfpo").name
    within = PartnerFactory(name="Newwfp group").name
    word = PartnerFactory(name="Friends of wfp").name
    begins = PartnerFactory(name="WFP workers").name
    acronym = PartnerFactory(name="World Food Programme", acronym="WFP").name
    identified = PartnerFactory(name="Somebody else")
    PartnerIdentifierFactory(partner=identified, scheme="IATI", value="wfp")

    found = names_found(api, "wfp")
    assert set(found[:2]) == {acronym, "Somebody else"}
    assert found[2] == begins
    assert set(found[3:5]) == {word, similar}  # words may go on
    assert found[5] == within


@pytest.mark.parametrize("text", ["XM-DAC-41114", "xm dac 41114", "41114", "xm-dac-411"])
def test_finds_by_identifier_however_it_is_punctuated(api, named, text):
    PartnerIdentifierFactory(
        partner=named["Kisima Water Trust"], scheme="IATI", value="XM-DAC-41114"
    )
    assert names_found(api, text) == ["Kisima Water Trust"]


@pytest.mark.parametrize(
    "text", ["Ancienne Société", "societe ancienne", "soceté ancienne", "旧名称"]
)
def test_finds_by_a_former_name(api, named, text):
    for name in ("Ancienne Société", "旧名称"):
        FormerName.objects.create(partner=named["Kisima Water Trust"], name=name)
    assert names_found(api, text) == ["Kisima Water Trust"]


@pytest.mark.parametrize(
    "text", ["%", "_", "'", '"', "\\", "&|!", "—", "()", ":*", "🙂", "%%%", "'; --"]
)
def test_punctuation_alone_finds_nothing(api, named, text):
    answer = api.get("/api/v1/partners/", {"search": text, "count": "true"}).json()
    assert (answer["results"], answer["next"], answer["count"]) == ([], None, 0)


@pytest.mark.parametrize(
    "text",
    [
        "kisima & !water",
        "kisima | (",
        "kisima:*",
        "'kisima",
        'kisima" water',
        "kisima%_water",
        "kisima\\water",
        "kisima <-> water",
        "  kisima\t\nwater  ",
    ],
)
def test_what_is_syntax_elsewhere_is_punctuation_here(api, named, text):
    assert names_found(api, text) == ["Kisima Water Trust"]


@pytest.mark.parametrize(
    "text", ["k", "к", "م", "长", "a" * 200, "水" * 200, "k " * 100, "1e5", "0x1F"]
)
def test_answers_short_long_and_odd_texts(api, named, text):
    assert isinstance(names_found(api, text), list)


@pytest.mark.parametrize(("text", "code"), [("a" * 201, "max_length"), ("a\0b", None)])
def test_refuses_what_is_no_text(api, text, code):
    answer = api.get("/api/v1/partners/", {"search": text})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "search"
    assert code in (None, answer.json()["errors"][0]["code"])


def test_one_letter_finds_what_begins_so(api, named):
    assert names_found(api, "k") == ["Kisima Water Trust"]
    assert names_found(api, "长") == ["长江水资源管理中心"]


def test_filters_narrow_a_search(api):
    wanted = PartnerFactory(name="Lake company", company=True)
    PartnerFactory(name="Lake society")
    assert names_found(api, "lake", kind="large_company") == [wanted.name]
    assert names_found(api, "lakke", kind="large_company") == [wanted.name]


def test_the_queryset_finds_the_same(named):
    rows = Partner.objects.visible_to(UserFactory(admin=True))
    assert [p.name for p in rows.chosen(q="资源管")] == ["长江水资源管理中心"]
    assert [p.name for p in rows.chosen(q="kisimma", kind=["civil_society"])] == [
        "Kisima Water Trust"
    ]
    assert not rows.chosen(q="%").exists()
    assert rows.chosen(q="").count() == len(NAMES)
