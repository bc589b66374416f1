"""Identifiers in files: kept as published, and the same however they are written."""

import pytest

from monitoring.exchange import iati_partners
from partnerships.models import Membership, Partnership
from registry.models import Partner, PartnerIdentifier
from registry.services.partners import register_partner
from tests.factories import (
    IdentifierSchemeFactory,
    PartnerFactory,
    PartnerIdentifierFactory,
    UserFactory,
)
from tests.monitoring.iati import activity, file_of, listed, take
from tests.moves import race, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
LEI = "213800KUD8LAJWSQ9D15"
PROVIDED = """<transaction><transaction-type code="3"/><transaction-date iso-date="2020-03-01"/>
  <value>5</value><provider-org ref="{}"><narrative>Trust</narrative></provider-org>
  </transaction>"""


@pytest.fixture(autouse=True)
def registers():
    for code in ("NL-KVK", "BE-BCE_KBO", "PL-REGON", "XM-DAC"):
        IdentifierSchemeFactory(code=code)
    IdentifierSchemeFactory(code="SE-BLV", is_deprecated=True)


def org(ref, name="Trust"):
    return f"""<participating-org role="4" ref="{ref}"><narrative>{name}</narrative>
      </participating-org>"""


def doubts(batch):
    return list(batch.findings.filter(stored=True).values_list("element", "code"))


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("KE-NGO-7", "unknown_scheme"),
        ("41114", "unknown_scheme"),
        ("Trust of the lake & sons / 7", "unknown_scheme"),
        ("SE-BLV-556698-6849", "deprecated_scheme"),
        ("PL-REGON-123456784", "bad_check_digits"),
        ("XI-LEI-213800KUD8LAJWSQ9D16", "bad_check_digits"),
        ("BE-BCE_KBO-٠٤٠٣٠١٩٢٦١", "bad_check_digits"),
        ("NL-KVK-", "bad_identifier"),
    ],
)
@pytest.mark.parametrize("whole", [org, PROVIDED.format])
def test_what_no_register_can_have_given_is_kept_as_published_and_listed(ref, code, whole):
    batch = take(activity(whole(ref.replace("&", "&amp;"))))

    assert Partnership.objects.exists()
    stored = PartnerIdentifier.objects.get(partner__name="Trust")
    assert (stored.scheme, stored.value) == ("IATI", ref)
    finding = batch.findings.get(code=code)
    assert finding.stored
    assert finding.reason.startswith(f"{ref} is kept as published. ")
    assert not listed(batch)
    trial = take(
        file_of(activity(whole(ref.replace("&", "&amp;")), identifier="XM-2")), is_dry_run=True
    )
    assert doubts(trial) == doubts(batch)


def test_what_its_register_may_have_given_is_kept_without_a_doubt():
    batch = take(activity(org("NL-KVK-41198890") + org(f"XI-LEI-{LEI}", "Bank")))

    assert doubts(batch) == []
    values = PartnerIdentifier.objects.filter(scheme="IATI").values_list("value", flat=True)
    assert {"NL-KVK-41198890", f"XI-LEI-{LEI}"} <= set(values)


@pytest.mark.parametrize(
    ("scheme", "value", "ref"),
    [
        ("NL-KVK", "41198890", "NL-KVK-41198890"),
        ("NL-KVK", "41198890", "nl-kvk-41198890"),
        ("IATI", "NL-KVK-41198890", "NL-KVK-41198890"),
        ("LEI", LEI, f"XI-LEI-{LEI}"),
        ("IATI", f"XI-LEI-{LEI}", f"xi-lei-{LEI.lower()}"),
        ("BE-BCE_KBO", "0403019261", "BE-BCE_KBO-0403.019.261"),
        ("SE-BLV", "556698-6849", "SE-BLV-556698-6849"),
        ("IATI", "Straße-1", "straße-1"),
    ],
)
def test_a_partner_is_found_however_its_identifier_is_written(scheme, value, ref):
    known = PartnerFactory(name="What it is called here")
    PartnerIdentifierFactory(partner=known, scheme=scheme, value=value)

    take(file_of(activity(org(ref)), activity(org(ref), identifier="XM-2")))

    assert Membership.objects.filter(partner=known).count() == 2
    assert not Partner.objects.filter(name="Trust").exists()
    assert known.identifiers.count() == 1


def test_the_number_of_another_organisation_in_the_same_register_makes_a_namesake_another():
    known = PartnerFactory(name="Trust", country=None)
    PartnerIdentifierFactory(partner=known, scheme="NL-KVK", value="41198890")

    take(activity(org("NL-KVK-41202535")))

    assert Partner.objects.filter(name="Trust").count() == 2
    assert not Membership.objects.filter(partner=known).exists()


def test_the_identifier_of_one_found_by_name_alone_is_left_to_an_admin_and_told():
    known = PartnerFactory(name="Trust", country=None)

    batch = take(activity(PROVIDED.format("NL-KVK-41202535")))

    assert Membership.objects.filter(partner=known).exists()
    assert not known.identifiers.exists()
    finding = batch.findings.get(code="matched_by_name")
    assert finding.stored
    assert "NL-KVK-41202535" in finding.reason


def test_a_stranger_who_states_the_registers_number_gets_no_partnership():
    stranger = UserFactory()
    squatter = register_partner(
        by=stranger, name="New", kind="union", identifiers=[("NL-KVK", "41198890")]
    )

    batch = take(activity(org("NL-KVK-41198890")))

    assert listed(batch) == [("iati-activity", "partner_not_verified")]
    assert "NL-KVK 41198890" in batch.findings.get(code="partner_not_verified").reason
    assert not Membership.objects.filter(partner=squatter).exists()


@pytest.mark.parametrize("ref", ["nl-kvk-41198890", "NL-KVK-41198890"])
def test_one_activity_names_an_organisation_in_several_ways(ref):
    named = org("NL-KVK-41198890") + org(ref, "The Trust") + PROVIDED.format(ref)

    batch = take(activity(named))

    assert not listed(batch)
    trust = Partner.objects.get(name="Trust")
    assert Partner.objects.count() == 2  # the reporter
    assert trust.identifiers.get().value == "NL-KVK-41198890"


def test_who_states_it_while_the_file_is_read_keeps_the_activity_out(monkeypatch):
    meanwhile = PartnerFactory(pending=True)

    def waited():
        PartnerIdentifierFactory(partner=meanwhile, scheme="NL-KVK", value="41198890")

    monkeypatch.setattr(iati_partners, "one_identity_at_a_time", waited)
    batch = take(activity(org("NL-KVK-41198890")))

    assert listed(batch) == [("iati-activity", "stated_meanwhile")]
    assert not Partnership.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_a_file_and_people_at_once_one_has_the_identifier():
    content, people = file_of(activity(org("NL-KVK-41198890"))), UserFactory.create_batch(3)
    ways = [("NL-KVK", "41198890"), ("IATI", "NL-KVK-41198890"), ("IATI", "nl-kvk-41198890")]
    calls = [
        lambda user=user, way=way: register_partner(
            by=user, name=f"Of {user.pk}", kind="union", identifiers=[way], confirm_distinct=True
        )
        for user, way in zip(people, ways, strict=True)
    ]

    outcomes = race(lambda: take(content), *calls)

    refusals = [one for one in outcomes if isinstance(one, Exception)]
    assert {one.code for one in refusals} == {"partner_identifier_once"}
    assert PartnerIdentifier.objects.exclude(value="XM-DAC-41999").count() == 1
    assert (len(refusals) == 3) == Partnership.objects.exists()


def test_nor_does_a_person_state_again_what_a_file_has_brought():
    take(activity(org(f"XI-LEI-{LEI}")))

    with refused("partner_identifier_once"):
        register_partner(by=UserFactory(), name="New", kind="union", identifiers=[("LEI", LEI)])
