"""Whoever writes names and identifiers, and however: the search document follows."""

import io
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from registry.models import FormerName, Partner, PartnerIdentifier, PartnerSearch
from tests.factories import PartnerFactory, PartnerIdentifierFactory


def keys(partner):
    return PartnerSearch.objects.get(pk=partner.pk).keys


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.django_db
class TestFollows:
    def test_orm(self):
        partner = PartnerFactory(name="Old Name", acronym="ON")
        assert keys(partner) == ["old name", "on"]
        partner.amend(name="New Name")
        assert keys(partner) == ["new name", "on"]
        row = PartnerIdentifierFactory(partner=partner, scheme="XM-DAC", value="7")
        FormerName.objects.create(partner=partner, name="Née Ancienne")
        assert keys(partner) == ["new name", "on", "nee ancienne", "7", "xm dac 7"]
        row.delete()
        FormerName.objects.update(name="Other")
        assert keys(partner) == ["new name", "on", "other"]
        partner.former_names.all().delete()
        assert keys(partner) == ["new name", "on"]
        partner.delete()
        assert not PartnerSearch.objects.exists()

    def test_bulk(self):
        made = Partner.objects.bulk_create(
            PartnerFactory.build(name=f"N{n}", country=None) for n in range(3)
        )
        assert [keys(partner) for partner in made] == [["n0"], ["n1"], ["n2"]]
        Partner.objects.update(acronym="Same")
        assert [keys(partner)[1] for partner in made] == ["same"] * 3
        PartnerIdentifier.objects.bulk_create(
            PartnerIdentifier(partner=partner, scheme="S", value=f"v{n}")
            for n, partner in enumerate(made)
        )
        assert [keys(partner)[2] for partner in made] == ["v0", "v1", "v2"]

    def test_raw_sql(self):
        first, second = PartnerFactory(name="First"), PartnerFactory(name="Second")
        row = PartnerIdentifierFactory(partner=first, scheme="S", value="moves")
        sql("UPDATE registry_partner SET name = 'Premier' WHERE id = %s", first.pk)
        assert keys(first)[0] == "premier"
        sql("UPDATE registry_partneridentifier SET partner_id = %s", second.pk)
        assert keys(first) == ["premier"]
        assert keys(second) == ["second", "moves", "s moves"]
        sql("DELETE FROM registry_partneridentifier WHERE id = %s", row.pk)
        sql("DELETE FROM registry_partner WHERE id = %s", second.pk)
        assert not PartnerSearch.objects.filter(pk=second.pk).exists()

    def test_copy(self):
        partner = PartnerFactory(name="Copied")
        with connection.cursor() as cursor:
            cursor.copy_expert(
                "COPY registry_partneridentifier (partner_id, scheme, value) FROM STDIN",
                io.StringIO(f"{partner.pk}\tS\tone\n{partner.pk}\tS\ttwo\n"),
            )
        assert keys(partner) == ["copied", "one", "two", "s one", "s two"]

    def test_what_does_not_change_names_writes_nothing(self):
        partner = PartnerFactory()
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin, ctid FROM registry_partnersearch")
            before = cursor.fetchone()
            Partner.objects.filter(pk=partner.pk).update(summary="More", status="suspended")
            cursor.execute("SELECT xmin, ctid FROM registry_partnersearch")
            assert cursor.fetchone() == before


@pytest.mark.django_db(transaction=True)
def test_of_two_names_added_at_once_none_is_lost():
    partner = PartnerFactory(name="Contested")
    start = Barrier(2)

    def add(value):
        try:
            with transaction.atomic():
                sql("SELECT 1")
                start.wait(timeout=10)
                PartnerIdentifier.objects.create(partner=partner, scheme="S", value=value)
        finally:
            connection.close()

    threads = [Thread(target=add, args=(value,)) for value in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {"one", "two"} <= set(keys(partner))
