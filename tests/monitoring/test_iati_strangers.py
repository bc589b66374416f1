"""What a stranger registers is no way into an imported partnership."""

import pytest

from partnerships.models import Membership, Partnership
from registry.models import Affiliation, Partner, PartnerIdentifier
from registry.services.partners import register_partner
from tests.factories import PartnerFactory, PartnerIdentifierFactory, UserFactory
from tests.monitoring.iati import activity, file_of, listed, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]
REPORTER = "XM-DAC-41999"
MONEY = """<transaction><transaction-type code="3"/><transaction-date iso-date="2020-03-01"/>
  <value>5</value><{tag} ref="KE-NGO-7"><narrative>Trust</narrative></{tag}></transaction>"""
MEMBER = '<participating-org role="4" ref="KE-NGO-7"><narrative>Trust</narrative>'


@pytest.fixture
def stranger():
    return UserFactory()


def register(stranger, name="Somebody", identifier="", scheme="IATI"):
    identifiers = [(scheme, identifier)] if identifier else []
    return register_partner(
        by=stranger,
        name=name,
        kind="civil_society",
        identifiers=identifiers,
        confirm_distinct=True,
    )


def test_the_identifier_of_the_reporter_gives_no_partnership(stranger):
    register(stranger, identifier=REPORTER.lower())

    batch = take(file_of(activity(), activity(identifier="XM-2")))

    assert listed(batch) == [("iati-activity", "partner_not_verified")] * 2
    assert REPORTER.lower() in batch.findings.filter(code="partner_not_verified").first().reason
    assert batch.status == "ready"
    assert not Partnership.objects.editable_by(stranger).exists()
    assert not Partnership.objects.exists()


@pytest.mark.parametrize(
    "inside",
    [
        f"{MEMBER}</participating-org>",
        MONEY.format(tag="provider-org"),
        MONEY.format(tag="receiver-org"),
    ],
)
def test_nor_does_that_of_another_organisation_and_other_activities_go_on(stranger, inside):
    squatter = register(stranger, identifier="KE-NGO-7")
    other = '<reporting-org ref="XM-8"><narrative>Only there</narrative></reporting-org>'

    batch = take(
        file_of(activity(inside, reporter=other), activity(identifier="XM-2", title="Good"))
    )

    assert listed(batch) == [("iati-activity", "partner_not_verified")]
    assert Partnership.objects.get().title == "Good"
    assert not Membership.objects.filter(partner=squatter).exists()
    assert not Partner.objects.filter(name="Only there").exists()
    for kind, row in batch.counts["elements"].items():
        assert row["stored"] + row["listed"] == row["in_file"], kind


@pytest.mark.parametrize("ref", ["", 'ref="KE-NGO-9"'])
def test_a_name_matches_nobody_who_is_not_verified(stranger, ref):
    namesake = register(stranger, name="Water Trust")
    org = f"""<participating-org role="2" {ref}><narrative>Water trust</narrative>
      </participating-org>"""

    take(activity(org))

    lead = Membership.objects.get(roles__contains=["lead"]).partner
    assert lead != namesake
    assert lead.name == "Water trust"
    assert not Partnership.objects.editable_by(stranger).exists()


def test_namesakes_who_are_not_verified_hide_no_verified_partner(stranger):
    known = PartnerFactory(name="Water Trust", country=None)
    register(stranger, name="Water Trust")

    take(
        activity(
            '<participating-org role="1"><narrative>Water Trust</narrative></participating-org>'
        )
    )

    assert Membership.objects.filter(partner=known).exists()


def test_once_an_admin_has_verified_it_the_same_file_goes_in(stranger):
    partner = register(stranger, identifier=REPORTER)
    content = file_of(activity())
    take(content)

    partner.verify(by=UserFactory(is_staff=True))
    again = take(content)

    assert again.counts["activities"] == {"created": 1}
    assert Membership.objects.get().partner == partner


def test_a_partner_of_an_earlier_file_is_found_although_nobody_verified_it():
    take(activity())

    take(activity(identifier="XM-2"))

    assert Partner.objects.count() == 1
    assert Partner.objects.get().status == "pending"
    assert not Affiliation.objects.exists()


def test_a_suspended_partner_does_not_come_back_by_a_file():
    partner = PartnerFactory(suspended=True)
    PartnerIdentifierFactory(partner=partner, value=REPORTER)

    batch = take(activity())

    assert listed(batch) == [("iati-activity", "partner_suspended")]
    assert not Partnership.objects.exists()
    assert PartnerIdentifier.objects.get().partner == partner
