"""The pages by which anybody complains, and follows what they sent."""

import pytest
from django.urls import reverse

from partnerships.models import Complaint
from tests.factories import PartnershipFactory

pytestmark = pytest.mark.django_db
SAID = {"category": "fraud", "text": "A receipt that nobody wrote."}


def test_a_complaint_about_a_partnership_is_followed_by_its_code(client):
    partnership = PartnershipFactory(active=True)
    address = f"{reverse('complain')}?partnership={partnership.reference}"

    code = client.post(address, SAID).context["code"]

    assert Complaint.objects.get().partnership == partnership
    found = client.post(reverse("sent-message"), {"code": code.upper()})
    assert found.context["found"] == Complaint.objects.get()


@pytest.mark.parametrize("key", ["%00", "P-2020-%0000001", "²", "9" * 30, "P-1999-00001"])
def test_an_address_that_names_no_partnership_is_not_found(client, key):
    assert client.post(f"{reverse('complain')}?partnership={key}", SAID).status_code == 404
    assert not Complaint.objects.exists()
