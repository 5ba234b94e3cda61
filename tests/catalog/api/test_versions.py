"""/api/v1/models/{owner}/{name}/versions and channels"""

import pytest

from catalog.models import ChannelMove, Listing
from marketplace.core.model_signing import verify_bundle
from tests.factories.catalog import SIGNATURE, make_listing, make_version, published_listing

URL = "/api/v1/models/harbor/otter"


@pytest.fixture
def otter(harbor) -> Listing:
    return published_listing(
        organization=harbor, slug="otter", folder_or_files={"config.json": b"{}"}
    )


def test_lists_what_anybody_may_see(client, otter, hana_api):
    make_version(otter, number="ready", is_published=False)

    public = client.get(f"{URL}/versions").json()["results"]
    own = hana_api.get(f"{URL}/versions").json()["results"]

    assert [one["number"] for one in public] == ["1.0.0"]
    assert [one["number"] for one in own] == ["ready", "1.0.0"]
    assert public[0]["files"] == [
        {
            "path": "config.json",
            "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            "size": 2,
        }
    ]


def test_versions_come_in_pages(client, otter):
    make_version(otter)

    first = client.get(f"{URL}/versions?limit=1").json()
    second = client.get(first["next"]).json()

    assert [one["number"] for one in first["results"] + second["results"]] == ["1.1.0", "1.0.0"]


def test_listing_versions_takes_few_queries(client, otter, django_assert_max_num_queries):
    for _ in range(4):
        make_version(otter, base=otter.versions.earliest("created_at"))

    with django_assert_max_num_queries(6):
        assert len(client.get(f"{URL}/versions").json()["results"]) == 5


def test_a_version_carries_a_signature_that_holds(client, otter):
    version = otter.versions.get()

    for name in ("1.0.0", version.digest, version.digest[:12]):
        answer = client.get(f"{URL}/versions/{name}").json()
        files = [(one["path"], one["sha256"]) for one in answer["files"]]
        assert verify_bundle(answer["bundle"], files) == answer["digest"] == version.digest
        assert answer["signature"] == SIGNATURE


@pytest.mark.parametrize("name", ["9", "0" * 12])
def test_says_which_version_is_missing(client, otter, name):
    response = client.get(f"{URL}/versions/{name}")

    assert (response.status_code, response.json()["code"]) == (404, "catalog.no_such_version")


def test_channels_are_public(client, otter):
    (channel,) = client.get(f"{URL}/channels").json()["results"]

    version = otter.versions.get()
    assert channel["name"] == "stable"
    assert channel["targets"] == [{"version": "1.0.0", "digest": version.digest, "weight": 100}]


def test_the_author_moves_a_channel_and_rolls_it_back(hana_api, otter):
    new = make_version(otter)
    targets = [
        {"version": "1.0.0", "weight": 75},
        {"version": new.digest[:12], "weight": 25},
    ]

    moved = hana_api.put(f"{URL}/channels/stable", {"targets": targets, "reason": "Canary"})
    back = hana_api.post(f"{URL}/channels/stable/rollback")

    assert moved.status_code == back.status_code == 200
    assert [(one["version"], one["weight"]) for one in moved.json()["targets"]] == [
        ("1.0.0", 75),
        ("1.1.0", 25),
    ]
    assert [(one["version"], one["weight"]) for one in back.json()["targets"]] == [("1.0.0", 100)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"targets": [{"version": "1.0.0", "weight": 99}]}, 422),
        ({"targets": [{"version": "1.0.0", "weight": 101}]}, 422),
        ({"targets": []}, 422),
        ({}, 422),
        ({"targets": [{"version": "9"}]}, 404),
    ],
)
def test_refuses_what_a_channel_cannot_point_at(hana_api, otter, body, status):
    response = hana_api.put(f"{URL}/channels/stable", body)

    assert response.status_code == status
    assert ChannelMove.objects.count() == 1


def test_nothing_to_roll_back_to_is_a_conflict(hana_api, otter):
    response = hana_api.post(f"{URL}/channels/stable/rollback")

    assert (response.status_code, response.json()["code"]) == (409, "request.conflict")


def test_outsiders_and_strangers_move_nothing(client, charlie_api, otter):
    body = {"targets": [{"version": "1.0.0"}]}

    assert charlie_api.put(f"{URL}/channels/stable", body).status_code == 403
    assert charlie_api.post(f"{URL}/channels/stable/rollback").status_code == 403
    assert client.put(f"{URL}/channels/stable", body, "application/json").status_code == 401
    assert ChannelMove.objects.count() == 1


def test_an_outsider_learns_nothing_of_a_draft(charlie_api, harbor):
    make_listing(organization=harbor, slug="draft")

    for path in ("versions", "versions/1", "channels", "lineage"):
        response = charlie_api.get(f"/api/v1/models/harbor/draft/{path}")
        assert (response.status_code, response.json()["code"]) == (404, "catalog.no_such_model")
