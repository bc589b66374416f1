"""Pages on which an organisation is registered and its facts are kept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.models import Partner
from tests.factories import (
    NOON,
    CountryFactory,
    FocalPointFactory,
    FormerNameFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    StakeholderGroupFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NEW = "/partners/new/"


@pytest.fixture
def user(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def partner(client):
    partner = PartnerFactory(name="Tumaini Water Trust", pending=True)
    client.force_login(UserFactory(manages=partner))
    return partner


def test_registers_after_the_answers_were_checked(client, user):
    kenya, group = CountryFactory(alpha2="KE"), StakeholderGroupFactory()
    answers = {
        "name": "Tumaini Water Trust",
        "kind": "foundation",
        "country": kenya.pk,
        "countries": [kenya.pk],
        "groups": [group.pk],
        "scheme": "UNGC",
        "value": "9362",
    }

    page = client.post(NEW, {**answers, "step": "check"}).content.decode()
    assert "Check your answers" in page
    assert not Partner.objects.exists()
    assert "Tumaini" in client.post(NEW, {**answers, "step": "change"}).content.decode()
    answer = client.post(NEW, {**answers, "step": "register"})

    made = Partner.objects.get()
    assert answer.headers["Location"] == f"/partners/{made.pk}/edit/"
    assert (made.status, made.country, str(made.identifiers.get())) == (
        "pending",
        kenya,
        "UNGC 9362",
    )
    assert list(made.groups.all()) == [group]
    assert user.has_role(made.pk, "manager")


def test_possible_duplicates_are_shown_and_need_a_tick(client, user):
    there = PartnerFactory(name="Tumaini Water Trust")
    answers = {"name": "Tumaini Water Trusts", "kind": "union", "country": there.country.pk}

    for step in ("check", "register"):
        page = client.post(NEW, {**answers, "step": step}).content.decode()
        assert f'href="/partners/{there.pk}/"' in page
        assert "It is none of these" in page
        assert Partner.objects.count() == 1

    client.post(NEW, {**answers, "step": "register", "confirm_distinct": "1"})
    assert Partner.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Name: This field is required."),
        ({"name": "a\0b"}, "Null characters are not allowed."),
        ({"kind": "club"}, "Select a valid choice."),
        ({"country": "999999"}, "Select a valid choice."),
        ({"kind": "start_up", "size": "large"}, "The size contradicts the kind"),
        ({"scheme": "LEI", "value": "213800KUD8LAJWSQ9D16"}, "check digits do not match"),
        ({"scheme": "NOPE", "value": "1"}, "No register has the code NOPE."),
        ({"value": "1"}, "Say which register gave the number."),
        ({"parent": "Nobody"}, "No partner has this name."),
        ({"parent": "9" * 300}, "No partner has this name."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, user, change, words):
    answers = {"name": "New", "kind": "union", "city": "Kisumu", "step": "register", **change}

    page = client.post(NEW, answers).content.decode()

    assert words in page
    assert 'value="Kisumu"' in page
    assert "There is a problem" in page
    assert not Partner.objects.exists()


def test_a_taken_identifier_is_said_without_naming_a_hidden_partner(client, user):
    PartnerIdentifierFactory(partner=PartnerFactory(pending=True, name="Secret"), value="XM-1")
    answers = {"name": "New", "kind": "union", "scheme": "IATI", "value": "XM-1"}

    page = client.post(NEW, {**answers, "step": "register"}).content.decode()

    assert "Another partner has this identifier already." in page
    assert "Secret" not in page


def test_the_hub_says_what_is_there_and_what_is_not(client, partner):
    page = client.get(f"/partners/{partner.pk}/edit/").content.decode()

    assert "0 of 7 sections complete" in page
    assert page.count("Not started") == 5
    assert page.count("Incomplete") == 2


@pytest.mark.parametrize(
    ("section", "form", "stored"),
    [
        ("names", {"name": "Tumaini Wells", "kind": "union"}, {"name": "Tumaini Wells"}),
        ("places", {"city": "Kisumu", "level": "global"}, {"city": "Kisumu"}),
        ("links", {"website": "https://x.example/"}, {"website": "https://x.example/"}),
    ],
)
def test_a_section_is_saved_alone(client, partner, section, form, stored):
    form = {"version": 1, "country": partner.country_id, **form}

    answer = client.post(f"/partners/{partner.pk}/edit/{section}/", form)

    assert answer.status_code == 302, answer.content.decode()
    assert Partner.objects.filter(pk=partner.pk, version=2, **stored).exists()


@pytest.mark.parametrize("version", ["1", "", "x", "9" * 40])
def test_a_form_that_is_out_of_date_is_refused(client, partner, version):
    Partner.objects.filter(pk=partner.pk).update(version=2, city="Nairobi")

    page = client.post(
        f"/partners/{partner.pk}/edit/links/", {"version": version, "website": "https://x.example/"}
    ).content.decode()

    assert "changed by somebody else" in page
    assert Partner.objects.get().website == ""


def test_identifiers_former_names_and_logo_are_kept(client, partner):
    base = f"/partners/{partner.pk}"
    client.post(f"{base}/identifiers/", {"scheme": "UNGC", "value": "9362"})
    client.post(f"{base}/former-names/", {"name": "Well Fund", "until_on": "1999-05-01"})
    picture = SimpleUploadedFile("x.svg", b"\x89PNG\r\n\x1a\n")
    client.post(f"{base}/change-logo/", {"logo": picture})

    page = client.get(f"{base}/").content.decode()
    assert "9362" in page
    assert "Well Fund (until 1 May 1999)" in page
    assert f'src="{base}/logo/"' in page
    assert client.get(f"{base}/logo/")["X-Content-Type-Options"] == "nosniff"
    for path in ("identifiers", "former-names", "change-logo"):
        assert client.get(f"{base}/{path}/").status_code == 200

    client.post(f"{base}/former-names/{partner.former_names.get().pk}/remove/")
    client.post(f"{base}/change-logo/", {"remove": "1"})
    assert client.get(f"{base}/logo/").status_code == 404
    assert not partner.former_names.exists()


def test_a_logo_that_is_none_is_refused_with_the_reason(client, partner):
    svg = SimpleUploadedFile("x.png", b"<svg/>")

    page = client.post(f"/partners/{partner.pk}/change-logo/", {"logo": svg}).content.decode()

    assert "Send a PNG, JPEG, GIF or WebP image." in page


def test_the_public_page_shows_all_public_facts_and_no_reason(client):
    parent = PartnerFactory(name="Water Group")
    partner = PartnerFactory(
        kind="national_government",
        city="Kisumu",
        level="national",
        parent=parent,
        basis_override="esg",
        basis_reason="A secret programme.",
    )
    partner.groups.add(StakeholderGroupFactory())
    partner.countries.add(CountryFactory(alpha2="PE"))
    FormerNameFactory(partner=partner, name="Ministry of Wells")
    FocalPointFactory(partner=partner)
    PartnerFactory(name="Hidden daughter", parent=partner, pending=True)

    page = client.get(f"/partners/{partner.pk}/").content.decode()

    for words in ("Kisumu, Kenya", "Peru", "Group MGOS-01", "Ministry of Wells", "Water Group"):
        assert words in page
    assert "National focal point of" in page
    assert "secret programme" not in page
    assert "Hidden daughter" not in page
    assert "This organisation" not in page  # the workspace's navigation


@pytest.mark.parametrize(
    ("scheme", "value", "said"),
    [
        ("LEI", "213800KUD8LAJWSQ9D16", "The check digits do not match"),
        ("LEI", "213800", "18 letters or digits"),
        ("NO-SUCH", "1", "No register has the code NO-SUCH"),
    ],
)
def test_a_wrong_identifier_is_reported_when_the_answers_are_checked(
    client, user, scheme, value, said
):
    answers = {"name": "New one", "kind": "union", "scheme": scheme, "value": value}

    page = client.post(NEW, {**answers, "step": "check"}).content.decode()

    assert said in page
    assert "<h1>Register an organisation</h1>" in page


def test_what_is_not_stated_is_called_so(client, user):
    answers = {"name": "New one", "kind": "union", "size": "", "level": "", "step": "check"}

    page = client.post(NEW, answers).content.decode()

    assert "Check your answers" in page
    assert "-----" not in page


def test_the_manager_takes_a_slip_back_until_it_is_verified(client, partner):
    slip = PartnerIdentifierFactory(partner=partner)
    page = f"/partners/{partner.pk}/identifiers/"
    release = f"{page}{slip.pk}/release/"
    assert release in client.get(page).content.decode()
    Partner.objects.update(status="verified", verified_at=NOON)

    assert release not in client.get(page).content.decode()
    assert client.post(release).status_code == 403
    Partner.objects.update(status="pending")
    assert client.post(release).status_code == 302
    assert not partner.identifiers.exists()
