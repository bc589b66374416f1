"""Partners over REST: what is taken, what is refused with its field, and what is told to whom."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.models import Event, Partner
from tests.factories import (
    CountryFactory,
    FocalPointFactory,
    FormerNameFactory,
    IdentifierSchemeFactory,
    ImportBatchFactory,
    LanguageFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    StakeholderGroupFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/api/v1/partners/"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.fixture
def user(api):
    user = UserFactory()
    api.force_authenticate(user)
    return user


@pytest.fixture
def admin(api):
    admin = UserFactory(admin=True)
    api.force_authenticate(admin)
    return admin


def faults(answer):
    return answer.status_code, {(e["code"], e["attr"]) for e in answer.json()["errors"]}


def test_registers_with_all_facts_and_reads_them_back(api, user):
    CountryFactory(alpha2="KE"), CountryFactory(alpha2="PE")
    StakeholderGroupFactory(), LanguageFactory(code="sw"), IdentifierSchemeFactory(code="NO-BRC")
    parent = PartnerFactory(name="A parent of quite another name")
    sent = {
        "name": "Tumaini Water Trust",
        "acronym": "TWT",
        "kind": "foundation",
        "country": "KE",
        "city": "Kisumu",
        "level": "regional",
        "website": "https://twt.example/",
        "countries": ["KE", "PE"],
        "groups": ["MGOS-01"],
        "languages": ["sw"],
        "parent": parent.pk,
        "identifiers": [{"scheme": "NO-BRC", "value": "972417920"}],
    }

    made = api.post(URL, sent)

    assert made.status_code == 201, made.json()
    read = api.get(f"{URL}{made.json()['id']}/").json()
    assert {name: read[name] for name in sent} == sent
    assert (read["status"], read["sector"], read["reporting_basis"]) == (
        "pending",
        "knowledge",
        "results",
    )
    assert (read["former_names"], read["logo"]) == ([], "")


@pytest.mark.parametrize(
    "field",
    ["status", "verified_at", "basis_override", "basis_reason", "import_batch", "version"]
    + ["normal_name", "id", "created_at", "updated_at", "sector", "logo", "former_names"],
)
def test_no_field_of_the_model_is_injected(api, user, field):
    partner = PartnerFactory(pending=True)
    user.affiliations.create(partner=partner, role="manager")

    made = api.post(URL, {"name": "New", "kind": "union", field: "verified"})
    changed = api.patch(f"{URL}{partner.pk}/", {field: "verified"}, HTTP_IF_MATCH="*")

    assert faults(made) == faults(changed) == (400, {("unknown_field", field)})
    assert Partner.objects.get().version == 1


@pytest.mark.parametrize(
    ("change", "code", "attr"),
    [
        ({"country": "XX"}, "does_not_exist", "country"),
        ({"countries": ["KE", "XX"]}, "unknown_code", "countries"),
        ({"groups": ["MGOS-99"]}, "unknown_code", "groups"),
        ({"languages": ["english"]}, "unknown_code", "languages"),
        ({"parent": 999_999}, "does_not_exist", "parent"),
        ({"size": "large", "kind": "start_up"}, "size_contradicts_kind", "size"),
        ({"level": "galactic"}, "invalid_choice", "level"),
        ({"identifiers": [{"scheme": "LEI", "value": "1"}]}, "bad_check_digits", "value"),
        ({"identifiers": [{"scheme": "NOPE", "value": "1"}]}, "unknown_scheme", "scheme"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(api, user, change, code, attr):
    CountryFactory(alpha2="KE")

    answer = api.post(URL, {"name": "New", "kind": "union", **change})

    assert faults(answer) == (400, {(code, attr)})
    assert not Partner.objects.exists()


@pytest.mark.parametrize("text", ["nul \\u0000", "half \\ud800"])
def test_texts_that_no_database_holds_are_refused(api, user, text):
    body = f'{{"name": "New", "kind": "union", "city": "{text}"}}'

    answer = api.generic("POST", URL, body, content_type="application/json")

    assert answer.status_code == 400
    assert api.get(URL + "similar/?name=a%00b").status_code == 400


def test_possible_duplicates_are_listed_and_confirmed(api, user):
    there = PartnerFactory(name="Tumaini Water Trust")
    hidden = PartnerFactory(name="Tumaini Water Trusts", pending=True)
    sent = {"name": "Tumaini Water Trust Ltd", "kind": "msme", "country": "KE"}

    answer = api.post(URL, sent)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (409, "possible_duplicates")
    assert error["about"] == {"partners": [{"id": there.pk, "name": there.name}]}
    assert hidden.name not in answer.content.decode()
    assert api.post(URL, {**sent, "confirm_distinct": True}).status_code == 201


@pytest.mark.parametrize(("hidden", "about"), [(False, True), (True, False)])
def test_a_taken_identifier_points_to_the_other_only_if_one_may_see_it(api, user, hidden, about):
    owner = PartnerFactory(**({"pending": True} if hidden else {}))
    PartnerIdentifierFactory(partner=owner, value="XM-1")
    sent = {"name": "New", "kind": "union", "identifiers": [{"scheme": "IATI", "value": "xm-1"}]}

    answer = api.post(URL, sent)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (409, "partner_identifier_once")
    assert error.get("about") == ({"partner": owner.pk} if about else None)


def test_similar_ones_are_found_while_typing(api):
    partner = PartnerFactory(name="Tumaini Water Trust")
    PartnerFactory(name="Tumaini Water Trust", pending=True)
    other = PartnerIdentifierFactory(scheme="NL-KVK", value="41202535").partner

    def found(**asked):
        return [row["id"] for row in api.get(URL + "similar/", asked).json()]

    assert found(name="tumaini water", country="KE") == [partner.pk]
    assert found(identifier="NL-KVK-41202535") == [other.pk]
    assert faults(api.get(URL + "similar/", {"name": "x", "country": "XX"})) == (
        400,
        {("does_not_exist", "country")},
    )


@pytest.mark.parametrize("size", [1, 9])
def test_similar_ones_cost_one_query(api, django_assert_num_queries, size):
    PartnerFactory.create_batch(size, name="Tumaini Water Trust")

    with django_assert_num_queries(1):
        assert len(api.get(URL + "similar/", {"name": "Tumaini Water"}).json()) == size


def test_a_parent_is_shown_once_it_is_public(api):
    parents = [
        PartnerFactory(),
        PartnerFactory(pending=True),
        PartnerFactory(suspended=True),
        PartnerFactory(pending=True, import_batch=ImportBatchFactory()),
    ]

    shown = [
        api.get(f"{URL}{PartnerFactory(parent=parent).pk}/").json()["parent"] for parent in parents
    ]

    assert shown == [parents[0].pk, None, None, parents[3].pk]


def test_a_hidden_partner_cannot_be_named_as_parent(api, user):
    hidden = PartnerFactory(pending=True)

    answer = api.post(URL, {"name": "New", "kind": "union", "parent": hidden.pk})

    assert faults(answer) == (400, {("does_not_exist", "parent")})


@pytest.mark.parametrize("size", [1, 6])
def test_one_partner_costs_the_same_with_many_facts(api, django_assert_num_queries, size):
    partner = PartnerFactory(parent=PartnerFactory())
    FormerNameFactory.create_batch(size, partner=partner)
    PartnerIdentifierFactory.create_batch(size, partner=partner)

    # merged into another one (asked twice); partner with country and parent; identifiers;
    # countries; groups; languages; former names
    with django_assert_num_queries(8):
        read = api.get(f"{URL}{partner.pk}/").json()

    assert len(read["former_names"]) == len(read["identifiers"]) == size


def test_filters_by_place_group_and_language(api):
    kenya, women = CountryFactory(alpha2="KE"), StakeholderGroupFactory()
    partner = PartnerFactory(level="global")
    partner.countries.add(kenya), partner.groups.add(women)
    partner.languages.add(LanguageFactory(code="sw"))
    PartnerFactory()

    for query in ("active_in=KE", "stakeholder_group=MGOS-01", "language=sw", "level=global"):
        assert [row["id"] for row in api.get(f"{URL}?{query}").json()["results"]] == [partner.pk]


def test_a_logo_is_stored_under_our_name_and_sent_as_an_image(api, admin):
    partner = PartnerFactory()
    address = f"{URL}{partner.pk}/logo/"

    sent = api.post(
        address, {"logo": SimpleUploadedFile("../../x.html", PNG, "text/html")}, format="multipart"
    )
    read = api.get(address)

    assert sent.json()["logo"] == address
    assert read["Content-Type"] == "image/png"
    assert read["X-Content-Type-Options"] == "nosniff"
    assert b"".join(read.streaming_content) == PNG
    stored = Partner.objects.get().logo.name
    assert stored.startswith("logos/")
    assert "x.html" not in stored

    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_the_former_logo_goes_once_the_new_one_is_there(
    api, admin, django_capture_on_commit_callbacks
):
    partner = PartnerFactory()
    address = f"{URL}{partner.pk}/logo/"
    api.post(address, {"logo": SimpleUploadedFile("a", PNG)}, format="multipart")
    first = Partner.objects.get().logo.name

    with django_capture_on_commit_callbacks(execute=True):
        api.post(address, {"logo": SimpleUploadedFile("a", b"GIF89a")}, format="multipart")

    assert not default_storage.exists(first)
    assert default_storage.exists(Partner.objects.get().logo.name)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_an_image"),
        (b"<html>", "not_an_image"),
        (b"RIFF....WAVE", "not_an_image"),
        (b"", "empty"),
        (PNG + b"\0" * 512 * 1024, "too_large"),
    ],
)
def test_what_is_no_small_image_is_refused(api, admin, content, code):
    partner = PartnerFactory()
    upload = BytesIO(content)
    upload.name = "logo.png"

    answer = api.post(f"{URL}{partner.pk}/logo/", {"logo": upload}, format="multipart")

    assert faults(answer) == (400, {(code, "logo")})
    assert not Partner.objects.get().logo


def test_the_reason_of_an_override_is_nowhere_public(api, admin):
    partner = PartnerFactory(company=True)
    reason = "A secret programme."

    answer = api.post(f"{URL}{partner.pk}/override-basis/", {"basis": "results", "reason": reason})

    assert answer.json()["reporting_basis"] == "results"
    api.force_authenticate(None)
    for address in (URL, f"{URL}{partner.pk}/"):
        assert reason not in api.get(address).content.decode()
    assert Event.objects.about(partner).get().kind == "partner.basis_overridden"


def test_focal_points_are_listed_by_country_and_time(api):
    point = FocalPointFactory()
    past = FocalPointFactory(ended=True)
    hidden = FocalPointFactory(partner__country__alpha2="PE", partner__pending=True)

    def listed(**query):
        return {row["id"] for row in api.get("/api/v1/focal-points/", query).json()["results"]}

    assert listed() == {point.pk, past.pk}
    assert listed(country="KE", current="true") == {point.pk}
    assert listed(country="KE", current="false") == {past.pk}
    assert api.get(f"/api/v1/focal-points/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize("size", [1, 7])
def test_lists_of_facts_cost_one_query(api, django_assert_num_queries, size):
    for number in range(size):
        FocalPointFactory(ended=True)
        IdentifierSchemeFactory(code=f"KE-{number}", coverage=["KE"])
        StakeholderGroupFactory(code=f"MGOS-{number:02}")

    for path in ("focal-points/", "identifier-schemes/?country=KE", "stakeholder-groups/"):
        with django_assert_num_queries(1):
            assert len(api.get(f"/api/v1/{path}").json()["results"]) == size
