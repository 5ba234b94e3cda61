"""What the generated schema says, seen at the operations of accounts."""

import pytest
from drf_spectacular.generators import SchemaGenerator

pytestmark = pytest.mark.urls("tests.core.accounts_only")


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator(urlconf="tests.core.accounts_only").get_schema(public=True)


def test_every_operation_may_answer_with_a_problem(schema):
    for methods in schema["paths"].values():
        for operation in methods.values():
            problem = operation["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_operation_names_key_and_session(schema):
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"apiKey": []}, {"browserSession": []}]
    assert schema["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"


def test_posts_and_only_posts_take_an_idempotency_key(schema):
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            names = [one["name"] for one in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post")


def test_lists_are_cursor_pages(schema):
    operation = schema["paths"]["/api/v1/members"]["get"]

    content = operation["responses"]["200"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/PaginatedMemberList"}
    assert [one["name"] for one in operation["parameters"]] == ["cursor", "limit"]


def test_the_common_headers_are_described_once(schema):
    headers = schema["paths"]["/api/v1/members"]["get"]["responses"]["200"]["headers"]

    assert headers["RateLimit-Reset"] == {"$ref": "#/components/headers/RateLimit-Reset"}
    assert set(headers) == set(schema["components"]["headers"])
