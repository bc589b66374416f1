"""What is held on one person can be taken along and erased: afterwards nobody finds a trace."""

import io
import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.errors import DomainError, NotAllowed
from registry.models import (
    Affiliation,
    AuditEntry,
    Contact,
    Digest,
    Event,
    IdempotentAnswer,
    Invitation,
    Notice,
    Token,
    User,
)
from registry.services.people import ask_to_join
from registry.services.privacy import erase_person, export_person
from registry.traces import find_traces
from tests.factories import (
    PASSWORD,
    ContactFactory,
    DigestFactory,
    DueDiligenceFactory,
    InvitationFactory,
    JoinRequestFactory,
    PartnerFactory,
    TokenFactory,
    UserFactory,
)
from tests.moves import refused

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Wanjiru Njoroge-Smith", "wanjiru.njoroge@example.org"


@pytest.fixture
def person(client, api):
    """Somebody who has done everything that leaves something behind."""
    partner = PartnerFactory()
    user = UserFactory(name=NAME, email=EMAIL, manages=partner)
    admin = UserFactory(admin=True)
    ContactFactory(partner=partner, name=NAME, email=EMAIL.upper())
    InvitationFactory(email=EMAIL, partner=PartnerFactory())
    JoinRequestFactory(user=user)
    event = Event.objects.about(ask_to_join(PartnerFactory(), by=user, role="observer")).get()
    Notice.tell(event, [user])
    token = TokenFactory(user=user)
    client.force_login(user)
    client.post("/account/", {"name": f"Dr {NAME}"})
    user.refresh_from_db()
    # Somebody guessed at the password, and the person has a second factor.
    client_of_a_stranger = type(client)()
    client_of_a_stranger.post("/sign-in/", {"login": EMAIL, "password": "guessed"})
    Authenticator.objects.create(user=user, type="totp", data={})
    DigestFactory(user=user)
    api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    body = {"partner": PartnerFactory().pk, "role": "observer"}
    api.post("/api/v1/join-requests/", body, HTTP_IDEMPOTENCY_KEY="one")
    admin_client = type(api)()
    admin_client.force_authenticate(admin)
    admin_client.post(
        "/api/v1/affiliations/",
        {"email": EMAIL, "partner": PartnerFactory().pk, "role": "observer"},
        HTTP_IDEMPOTENCY_KEY="two",
    )
    client.force_login(admin)
    client.post(f"/admin/registry/user/{user.pk}/change/", {"name": NAME})
    LogEntry.objects.create(
        user=admin,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=NAME,
        action_flag=2,
    )
    return user


def test_the_person_is_everywhere_before(person):
    assert AccessAttempt.objects.exists()
    found = {trace.where for trace in find_traces([EMAIL, NAME])}

    assert {
        "registry_user",
        "registry_contact",
        "registry_invitation",
        "registry_idempotentanswer",
    } <= found


def test_after_erasure_nobody_finds_a_trace(person):
    before = AuditEntry.objects.filter(actor=str(person.key)).count()

    left = erase_person(person, by=person, reason="Asked to be forgotten.")

    assert left == []
    assert find_traces([EMAIL, NAME, "Njoroge", "wanjiru"]) == []
    assert AuditEntry.objects.filter(actor=str(person.key)).count() >= before, "the log stands"
    assert not Contact.objects.exists()
    assert not AccessAttempt.objects.exists()
    assert not Authenticator.objects.exists()
    assert not Digest.objects.exists()
    assert not Token.objects.filter(user=person).exists()
    assert not Affiliation.objects.filter(user=person).exists()
    assert not Notice.objects.filter(user=person).exists()
    assert not IdempotentAnswer.objects.exists()
    assert Invitation.objects.get().status == "withdrawn"
    person.refresh_from_db()
    assert (str(person), person.name, person.is_active) == ("erased person", "", False)
    assert person.email == f"{person.key}@erased.invalid"


def test_an_erased_person_cannot_get_in(person, api, client):
    token = TokenFactory(user=person)
    client.force_login(person)
    erase_person(person, by=person, reason="Asked to be forgotten.")

    api.credentials(HTTP_AUTHORIZATION=f"Token {token.secret}")
    assert api.get("/api/v1/me/").status_code == 401
    assert client.get("/account/").status_code == 302
    assert not User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_what_was_done_stays_done(person):
    partner = PartnerFactory()
    event = Event.log(partner, "verified", by=person)

    erase_person(person, by=UserFactory(admin=True), reason="Asked by letter.")

    event.refresh_from_db()
    assert event.by_id == person.pk
    assert Event.objects.about(person).filter(kind="user.erased").exists()


def test_a_name_written_by_hand_is_pointed_to(person):
    partner = PartnerFactory(summary=f"Founded by {person.name}.")

    left = erase_person(person, by=person, reason="Asked to be forgotten.")

    log, row = left
    assert (row.where, row.key, row.columns) == ("registry_partner", str(partner.pk), ("summary",))
    assert (log.where, log.columns) == ("registry_auditentry", ("after",))


def test_files_are_searched(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "long.txt").write_bytes(b"x" * 1_048_570 + EMAIL.upper().encode() + b"x")
    (tmp_path / "none.txt").write_bytes(b"nobody")

    assert [trace.key for trace in find_traces([EMAIL])] == ["a/long.txt"]


def test_wildcards_are_letters_and_short_words_are_left_out():
    ContactFactory(position="100%_sure")

    assert [t.where for t in find_traces(["100%_sure"])] == ["registry_contact"]
    assert find_traces(["1__%_sure", "%%%%%", "a", ""]) == []


def test_everything_held_on_a_person_is_handed_out_and_no_secret(person):
    stranger = UserFactory()
    document = json.dumps(export_person(person, by=person))

    assert EMAIL in document
    held = export_person(person, by=person)
    assert set(held["records"]) >= {
        "registry.affiliation.user",
        "registry.joinrequest.user",
        "registry.token.user",
        "registry.notice.user",
        "registry.event.by",
    }
    assert [row["name"] for row in held["contacts"]] == [NAME]
    assert len(held["invitations"]) == 1
    token = Token.objects.get(user=person)
    for secret in (person.password, token.digest, Invitation.objects.get().token_hash or "-" * 9):
        assert secret not in document
    assert stranger.email not in document


def test_what_belongs_to_others_is_not_handed_out_whole(person):
    """Rights end, and what one may read ends with them."""
    review = DueDiligenceFactory(reviewer=person, findings="Fines in three countries.")
    InvitationFactory(by=person, email="third@example.org")
    Event.log(review, "noted", by=person, reason="A reason for admins.")

    document = json.dumps(export_person(person, by=person))

    assert f'{{"id": "{review.pk}"' in document
    for private in ("Fines", "third@example.org", "A reason for admins"):
        assert private not in document


def test_a_service_account_has_no_data_of_its_own():
    account = UserFactory(service=True)

    with refused("people_only", NotAllowed):
        export_person(account, by=account)


def test_admins_are_told_where_a_name_still_stands(person):
    admin = UserFactory(admin=True)
    partner = PartnerFactory(summary=f"Founded by {person.name}.")

    erase_person(person, by=person, reason="Asked to be forgotten.")

    notice = Notice.objects.get(user=admin, kind="user.traces_left")
    assert f"registry_partner {partner.pk} (summary)" in notice.event.facts["traces"]


def test_only_the_person_and_admins_may(person):
    other = UserFactory(manages=Affiliation.objects.filter(user=person).first().partner)

    for act in (
        lambda: export_person(person, by=other),
        lambda: erase_person(person, by=other, reason="No."),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert export_person(person, by=UserFactory(admin=True))


def test_neither_twice_nor_a_service_account_nor_the_last_admin():
    admin, second = UserFactory.create_batch(2, admin=True)
    User.objects.filter(is_staff=True).exclude(pk__in=[admin.pk, second.pk]).update(is_staff=False)
    with refused("not_a_person"):
        erase_person(UserFactory(service=True), by=admin, reason="Gone.")
    erase_person(second, by=second, reason="Gone.")
    with refused("already_erased"):
        erase_person(second, by=admin, reason="Gone.")
    with refused("last_admin", DomainError):
        erase_person(admin, by=admin, reason="Gone.")


def test_commands_hand_out_erase_and_find(person):
    said = io.StringIO()
    call_command("export_person", EMAIL, stdout=said)
    assert json.loads(said.getvalue())["user"]["email"] == EMAIL
    with pytest.raises(CommandError, match="stands in"):
        call_command("find_traces", EMAIL, stdout=io.StringIO())

    call_command("erase_person", EMAIL, "--reason", "Asked by letter.", stdout=io.StringIO())

    said = io.StringIO()
    call_command("find_traces", EMAIL, NAME, stdout=said)
    assert "no trace" in said.getvalue()
    with pytest.raises(CommandError, match="Nobody"):
        call_command("export_person", EMAIL)


def test_an_expired_answer_of_others_that_names_the_person_goes_too(person):
    other = UserFactory()
    IdempotentAnswer.objects.create(
        user=other,
        route="/x",
        key="k",
        body_sha256="",
        standing=[],
        status_code=201,
        body=json.dumps({"email": EMAIL}),
        expires_at=timezone.now() + timedelta(hours=1),
    )

    assert erase_person(person, by=person, reason="Asked.") == []
