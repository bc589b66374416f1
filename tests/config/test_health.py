"""The health page says what Docker and load balancers need to know."""

import pytest


@pytest.mark.django_db(transaction=True)
def test_well_while_database_and_queue_answer(client):
    answer = client.get("/healthz/")

    assert answer.status_code == 200
    assert answer.content.decode().count("Working") == 2


@pytest.mark.django_db(transaction=True)
def test_not_well_when_the_queue_is_gone(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/healthz/", headers={"Accept": "application/json"})

    assert answer.status_code == 500
