"""/api/v1/models"""

import pytest

from catalog.models import Listing
from catalog.services.channels import point
from tests.factories.catalog import make_listing, make_version, published_listing

NEW = {"name": "Otter", "slug": "otter", "task": "text-generation", "license": "MIT"}


@pytest.fixture
def otter(harbor) -> Listing:
    return published_listing(
        organization=harbor, slug="otter", name="Otter", tags=["chat"], description="# Otter"
    )


def test_anybody_may_search(client, otter, harbor):
    published_listing(organization=harbor, name="Seal", task="forecasting")

    answer = client.get("/api/v1/models?q=otter&limit=1").json()

    assert (answer["total"], answer["page_count"], answer["next"]) == (1, 1, None)
    assert answer["facets"]["task"] == [
        {
            "value": "text-classification",
            "label": "Text classification",
            "count": 1,
            "is_selected": False,
        }
    ]
    (found,) = answer["results"]
    assert (found["model"], found["tags"], found["license"], found["is_callable"]) == (
        "harbor/otter",
        ["chat"],
        "Apache-2.0",
        True,
    )
    assert "description" not in found


def test_pages_are_linked_with_their_filters(client, harbor):
    for _ in range(3):
        published_listing(organization=harbor)

    first = client.get("/api/v1/models?author=harbor&limit=2").json()
    second = client.get(first["next"]).json()

    assert first["next"].endswith("/api/v1/models?author=harbor&limit=2&page=2")
    assert (len(second["results"]), second["next"]) == (1, None)
    assert second["previous"].endswith("page=1")


def test_several_values_of_a_facet_mean_any(client, harbor):
    for task in ("forecasting", "text-generation", "image-classification"):
        published_listing(organization=harbor, task=task)

    found = client.get("/api/v1/models?task=forecasting&task=text-generation").json()

    assert found["total"] == 2


@pytest.mark.parametrize("query", ["page=0", "limit=101", "sort=best", "task=" + "x" * 65])
def test_names_a_wrong_parameter(client, db, query):
    response = client.get(f"/api/v1/models?{query}")

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].partition(".")[0] == query.partition("=")[0]


def test_searching_takes_few_queries(client, harbor, django_assert_max_num_queries):
    for _ in range(5):
        published_listing(organization=harbor, tags=["a", "b"])

    with django_assert_max_num_queries(7):
        assert len(client.get("/api/v1/models").json()["results"]) == 5


def test_shows_a_model_with_its_texts(client, otter):
    answer = client.get("/api/v1/models/harbor/otter").json()

    assert (answer["id"], answer["description"]) == (str(otter.pk), "# Otter")
    assert answer["url"].endswith("/models/harbor/otter/")


def test_a_draft_is_shown_to_its_author_alone(client, harbor, hana_api, charlie_api):
    make_listing(organization=harbor, slug="draft")

    assert hana_api.get("/api/v1/models/harbor/draft").status_code == 200
    for api in (client, charlie_api):
        response = api.get("/api/v1/models/harbor/draft")
        assert (response.status_code, response.json()["code"]) == (404, "catalog.no_such_model")


def test_creates_a_draft(hana_api, harbor):
    response = hana_api.post("/api/v1/models", {**NEW, "tags": ["chat"], "languages": ["en"]})

    assert response.status_code == 201
    assert (response.json()["model"], response.json()["state"]) == ("harbor/otter", "draft")
    assert Listing.objects.get().organization == harbor


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "No Slug"}, "slug"),
        ({"task": "telepathy"}, "task"),
        ({"license": "WTF-9"}, "license"),
        ({"tags": ["no tag"]}, "tags.0"),
        ({"name": ""}, "name"),
        ({"languages": ["English please"]}, "languages"),
    ],
)
def test_names_the_wrong_field_of_a_new_model(hana_api, change, field):
    response = hana_api.post("/api/v1/models", {**NEW, **change})

    assert response.status_code == 422
    assert [one["field"] for one in response.json()["errors"]] == [field]
    assert not Listing.objects.exists()


def test_nobody_creates_without_a_key(client, db):
    response = client.post("/api/v1/models", NEW, content_type="application/json")

    assert response.status_code == 401
    assert not Listing.objects.exists()


def test_the_author_changes_a_model(hana_api, otter):
    response = hana_api.patch(
        "/api/v1/models/harbor/otter", {"summary": "New words", "license": "MIT"}
    )

    assert response.status_code == 200
    assert (response.json()["summary"], response.json()["license"]) == ("New words", "MIT")


def test_an_outsider_changes_nothing(charlie_api, otter):
    response = charlie_api.patch("/api/v1/models/harbor/otter", {"summary": "Mine now"})

    assert (response.status_code, response.json()["code"]) == (403, "request.forbidden")
    assert Listing.objects.get().summary == otter.summary


def test_lineage_names_the_relations(client, otter, elsewhere):
    derived = published_listing(organization=elsewhere, slug="mink")
    child = make_version(derived, number="2", base=otter.versions.get())

    answer = client.get("/api/v1/models/elsewhere/mink/lineage?version=2").json()

    assert [(one["model"], one["depth"]) for one in answer["nodes"]] == [
        ("harbor/otter", -1),
        ("elsewhere/mink", 0),
    ]
    assert answer["edges"] == [
        {
            "child_id": str(child.pk),
            "parent_id": str(otter.versions.get().pk),
            "relation": "adapter",
            "is_measured": False,
        }
    ]


def test_lineage_is_the_current_versions_unless_named(client, otter, as_hana):
    new = make_version(otter, number="2")
    point(by=as_hana, listing=otter, targets=[(new, 100)])

    answer = client.get("/api/v1/models/harbor/otter/lineage").json()

    assert [one["number"] for one in answer["nodes"]] == ["2"]
    assert client.get("/api/v1/models/harbor/otter/lineage?version=9").status_code == 404


def test_counts_every_facet_and_names_authors(client, otter):
    found = client.get("/api/v1/models?author=harbor").json()["facets"]

    names = ["task", "author", "price", "free", "license", "latency", "hardware", "language"]
    assert list(found) == names
    chosen = {"value": "harbor", "label": "Harbor", "count": 1, "is_selected": True}
    assert [one for one in found["author"] if one["is_selected"]] == [chosen]
