"""Each example of the OpenAPI description is a body that the description itself allows."""

import jsonschema
import pytest
from drf_spectacular.generators import SchemaGenerator

from registry.api.examples import EXAMPLES


@pytest.fixture(scope="module")
def described():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_every_example_is_described_and_fits(described):
    found = 0
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for example in body.get("examples", {}).values():
                found += 1
                schema = {**body["schema"], "components": described["components"]}
                errors = jsonschema.Draft202012Validator(schema).iter_errors(example["value"])
                assert not [error.message for error in errors], (method, path)
                name = body["schema"]["$ref"].rpartition("/")[2]
                known = described["components"]["schemas"][name]["properties"]
                assert set(example["value"]) <= set(known), (method, path)

    assert found == len(EXAMPLES)
