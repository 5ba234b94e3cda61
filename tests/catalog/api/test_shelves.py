"""/api/v1/tasks, licenses, collections, authors"""

from catalog.services.collections import create_collection, set_items
from catalog.spdx import LICENSES
from tests.factories.catalog import make_listing, published_listing


def test_tasks_say_how_many_models_they_have(client, harbor):
    published_listing(organization=harbor, task="forecasting")
    make_listing(organization=harbor, task="forecasting")

    rows = client.get("/api/v1/tasks").json()["results"]

    found = {one["id"]: one for one in rows}
    assert found["forecasting"]["model_count"] == 1
    assert found["text-generation"] == {
        "id": "text-generation",
        "name": "Chat and text generation",
        "modality": "text",
        "model_count": 0,
    }


def test_licenses_say_what_they_allow(client, db):
    rows = client.get("/api/v1/licenses").json()["results"]

    found = {one["spdx_id"]: one for one in rows}
    assert set(found) == set(LICENSES)
    assert found["CC-BY-NC-4.0"]["allows_commercial_use"] is False


def test_collections_show_their_models(client, harbor):
    shelf = create_collection(by=None, slug="small", name="Small")
    set_items(by=None, collection=shelf, listings=[published_listing(organization=harbor)])

    (listed,) = client.get("/api/v1/collections").json()["results"]
    shown = client.get("/api/v1/collections/small").json()

    assert listed == shown
    assert [one["owner"] for one in shown["models"]] == ["harbor"]
    assert client.get("/api/v1/collections/none").status_code == 404


def test_an_author_is_shown_with_what_it_sells(client, harbor, acme):
    published_listing(organization=harbor)

    answer = client.get("/api/v1/authors/harbor").json()

    assert (answer["name"], answer["version_count"], len(answer["models"])) == ("Harbor", 1, 1)
    assert client.get("/api/v1/authors/acme").status_code == 404


def test_addresses_never_redirect(client, db):
    for path in ("models", "tasks", "licenses", "collections"):
        assert client.get(f"/api/v1/{path}/").status_code == 404
