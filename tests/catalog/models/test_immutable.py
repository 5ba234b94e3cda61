"""Content is written once."""

import pytest

from accounts.models import Organization
from catalog.errors import ImmutableContent
from catalog.models import Artifact, Version, VersionFile
from tests.factories.catalog import make_listing, make_version


@pytest.fixture
def version(harbor: Organization) -> Version:
    listing = make_listing(organization=harbor)
    return make_version(listing, {"config.json": b"{}"}, number="1.0.0")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "2.0.0"),
        ("digest", "0" * 64),
        ("runtime", "causal-lm"),
        ("signature", {"input_schema": {}}),
        ("parameter_count", 7),
        ("size_bytes", 7),
        ("bundle", {}),
        ("notes", "Other notes"),
    ],
)
def test_refuses_to_save_changed_content_of_a_version(version, field, value):
    before = Version.objects.filter(pk=version.pk).values(field).get()
    setattr(version, field, value)

    with pytest.raises(ImmutableContent, match=f"A version is immutable; {field} cannot change"):
        version.save()

    assert Version.objects.filter(pk=version.pk).values(field).get() == before


def test_refuses_a_signature_changed_in_place(version):
    version.signature["input_schema"] = {"type": "array"}

    with pytest.raises(ImmutableContent):
        version.save(update_fields=["signature"])


def test_refuses_to_move_a_version_to_another_listing(version, harbor):
    version.listing = make_listing(organization=harbor)

    with pytest.raises(ImmutableContent, match="listing_id"):
        version.save()


def test_refuses_an_update_of_many_versions(version):
    with pytest.raises(ImmutableContent, match="digest"):
        Version.objects.filter(pk=version.pk).update(digest="0" * 64)

    assert Version.objects.get().digest == version.digest


def test_saves_what_is_not_content(version):
    version.state_reason = "Checked again"

    version.save()

    assert Version.objects.get().state_reason == "Checked again"


def test_saving_only_the_state_asks_nothing_about_content(version, django_assert_num_queries):
    with django_assert_num_queries(1):
        version.save(update_fields=["state"])


def test_an_artifact_keeps_its_size(version):
    artifact = Artifact.objects.get()
    artifact.size = 99

    with pytest.raises(ImmutableContent, match="artifact is immutable; size"):
        artifact.save()

    assert Artifact.objects.get().size == 2


def test_a_file_keeps_its_path(version):
    with pytest.raises(ImmutableContent, match="path"):
        VersionFile.objects.update(path="other.json")

    assert VersionFile.objects.get().path == "config.json"
