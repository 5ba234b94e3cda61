"""Versions: identity, signature, states."""

import hashlib
import io

import pytest

from accounts.models import AuditEvent
from catalog.errors import DerivativesForbidden, IllegalTransition
from catalog.models import Artifact, LineageEdge, Version
from catalog.selectors import versions_of
from catalog.services import versions as services
from catalog.services.channels import point
from catalog.types import VersionFileRef
from marketplace.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from marketplace.core.model_signing import root_digest, verify_bundle
from marketplace.core.storage import put_blob
from tests.factories.catalog import (
    SIGNATURE,
    make_listing,
    make_version,
    published_listing,
    store_files,
)


def add(by, listing, **fields):
    given = {
        "number": "1.0.0",
        "runtime": "linear-text",
        "signature": SIGNATURE,
        "files": store_files({"config.json": b"{}", "model.safetensors": b"weights"}),
    }
    return services.add_version(by=by, listing=listing, **{**given, **fields})


def wrong_fields(error) -> list[str]:
    return [problem.field for problem in error.value.problems]


def test_the_digest_is_the_signed_manifests(as_hana, harbor):
    version = add(as_hana, make_listing(organization=harbor))

    files = [(file.path, file.artifact_id) for file in version.files.all()]
    assert version.digest == root_digest(files)
    assert verify_bundle(version.bundle, files) == version.digest
    assert (version.state, version.size_bytes) == ("ready", 9)


def test_the_files_are_those_stored(as_hana, harbor):
    version = add(as_hana, make_listing(organization=harbor))

    weights = version.files.get(path="model.safetensors").artifact
    assert weights.sha256 == hashlib.sha256(b"weights").hexdigest()
    assert weights.size == 7


def test_versions_share_equal_files(as_hana, harbor):
    listing = make_listing(organization=harbor)
    add(as_hana, listing, files=store_files({"config.json": b"{}", "a.json": b"1"}))

    add(as_hana, listing, number="2", files=store_files({"config.json": b"{}", "a.json": b"2"}))

    assert Artifact.objects.count() == 3


def test_records_the_digest_of_what_was_added(as_hana, harbor):
    version = add(as_hana, make_listing(organization=harbor))

    event = AuditEvent.objects.latest("id")
    assert (event.action, event.data) == (
        "version.add",
        {"digest": version.digest, "number": "1.0.0"},
    )


@pytest.mark.parametrize("number", ["", "v 1", "a" * 33, "../1", "deadbeefdeadbeef", "1:2", "1@2"])
def test_refuses_a_number_that_could_be_misread(as_hana, harbor, number):
    with pytest.raises(InvalidInput) as error:
        add(as_hana, make_listing(organization=harbor), number=number)

    assert wrong_fields(error) == ["number"]
    assert not Version.objects.exists()


def test_refuses_a_number_twice(as_hana, harbor):
    listing = make_listing(organization=harbor)
    add(as_hana, listing)

    with pytest.raises(InvalidInput, match=r"Version 1\.0\.0 is there already") as error:
        add(as_hana, listing, files=store_files())

    assert wrong_fields(error) == ["number"]
    assert Version.objects.count() == 1


def test_refuses_the_same_bytes_twice(as_hana, harbor):
    listing = make_listing(organization=harbor)
    add(as_hana, listing)

    with pytest.raises(InvalidInput, match=r"the very bytes of version 1\.0\.0") as error:
        add(as_hana, listing, number="2.0.0")

    assert wrong_fields(error) == ["files"]


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a\\b", "é.json", "a/./b", "x" * 201]
)
def test_refuses_paths_that_leave_the_folder(as_hana, harbor, path):
    blob = put_blob(io.BytesIO(b"1"))

    with pytest.raises(InvalidInput) as error:
        add(
            as_hana,
            make_listing(organization=harbor),
            files=[VersionFileRef(path, blob.sha256, blob.size)],
        )

    assert wrong_fields(error) == ["files.0.path"]
    assert not Version.objects.exists()


def test_refuses_bytes_that_are_not_stored(as_hana, harbor):
    files = [VersionFileRef("a.json", "0" * 64, 1), VersionFileRef("b.json", "zz", 1)]

    with pytest.raises(InvalidInput) as error:
        add(as_hana, make_listing(organization=harbor), files=files)

    assert wrong_fields(error) == ["files.0.sha256", "files.1.sha256"]


def test_refuses_no_files_and_one_path_twice(as_hana, harbor):
    listing = make_listing(organization=harbor)
    with pytest.raises(InvalidInput, match="at least one file"):
        add(as_hana, listing, files=[])

    with pytest.raises(InvalidInput) as error:
        add(as_hana, listing, files=store_files({"a.json": b"1"}) * 2)

    assert wrong_fields(error) == ["files.1.path"]


def test_an_outsider_may_not_add(as_charlie, harbor):
    with pytest.raises(NotFound):
        add(as_charlie, make_listing(organization=harbor))

    assert not Version.objects.exists()


def test_an_adapter_is_loaded_on_its_base(as_hana, as_charlie, harbor, elsewhere):
    base = published_listing(organization=harbor).versions.get()

    adapter = add(as_charlie, make_listing(organization=elsewhere), base=base)

    assert adapter.base == base
    edge = LineageEdge.objects.get()
    assert (edge.child, edge.parent, edge.relation) == (adapter, base, "adapter")


def test_a_finetune_stands_on_its_own(as_hana, harbor):
    base = published_listing(organization=harbor).versions.get()

    version = add(as_hana, make_listing(organization=harbor), base=base, relation="finetune")

    assert version.base is None
    assert LineageEdge.objects.get().relation == "finetune"


def test_refuses_a_base_that_is_not_public(as_charlie, harbor, elsewhere):
    base = make_version(make_listing(organization=harbor))

    with pytest.raises(InvalidInput) as error:
        add(as_charlie, make_listing(organization=elsewhere), base=base)

    assert wrong_fields(error) == ["base"]
    assert not LineageEdge.objects.exists()


def test_refuses_a_base_whose_license_forbids_derivatives(as_charlie, harbor, elsewhere):
    base = published_listing(organization=harbor, license_spdx="CC-BY-ND-4.0").versions.get()

    with pytest.raises(DerivativesForbidden, match=r"CC-BY-ND-4\.0, which allows no derived"):
        add(as_charlie, make_listing(organization=elsewhere), base=base)

    assert not LineageEdge.objects.exists()


def test_an_author_may_derive_from_own_closed_model(as_hana, harbor):
    base = published_listing(organization=harbor, license_spdx="CC-BY-ND-4.0").versions.get()

    assert add(as_hana, make_listing(organization=harbor), base=base).base == base


@pytest.mark.parametrize(("base", "relation"), [(True, "cousin"), (False, "adapter")])
def test_refuses_a_relation_that_makes_no_sense(as_hana, harbor, base, relation):
    listing = published_listing(organization=harbor)

    with pytest.raises(InvalidInput) as error:
        add(
            as_hana,
            listing,
            number="2",
            base=listing.versions.get() if base else None,
            relation=relation,
        )

    assert wrong_fields(error) == ["relation"]


def test_publishing_sets_the_moment_once(as_hana, harbor):
    version = add(as_hana, make_listing(organization=harbor))
    services.publish_version(by=as_hana, version=version)
    first = version.published_at
    services.retire_version(by=as_hana, version=version, reason="Old")

    services.publish_version(by=as_hana, version=version)

    assert (version.state, version.published_at) == ("published", first)


def test_refuses_to_retire_what_a_channel_points_at(as_hana, harbor):
    version = published_listing(organization=harbor).versions.get()

    with pytest.raises(Conflict, match=r"The channel stable points at 1\.0\.0"):
        services.retire_version(by=as_hana, version=version)

    assert Version.objects.get().state == "published"


def test_retires_after_the_channel_moved(as_hana, harbor):
    listing = published_listing(organization=harbor)
    old = listing.versions.get()
    point(by=as_hana, listing=listing, targets=[(make_version(listing), 100)])

    services.retire_version(by=as_hana, version=old, reason="Superseded by 1.1.0")

    assert (old.state, old.state_reason) == ("retired", "Superseded by 1.1.0")


def test_only_the_operator_quarantines_and_restores(as_hana, harbor):
    version = published_listing(organization=harbor).versions.get()
    with pytest.raises(Forbidden):
        services.quarantine_version(by=as_hana, version=version, reason="No")

    services.quarantine_version(by=None, version=version, reason="Blob tampered with")
    with pytest.raises(Forbidden):
        services.publish_version(by=as_hana, version=version)
    assert Version.objects.get().state == "quarantined"

    services.restore_version(by=None, version=version)
    assert Version.objects.get().state == "published"


def test_restoring_what_is_not_quarantined_is_refused(as_hana, harbor):
    version = add(as_hana, make_listing(organization=harbor))

    with pytest.raises(Conflict):
        services.restore_version(by=None, version=version)

    assert version.state == "ready"


def test_publishing_twice_is_refused(as_hana, harbor):
    version = published_listing(organization=harbor).versions.get()

    with pytest.raises(IllegalTransition):
        services.publish_version(by=as_hana, version=version)


def test_a_discarded_draft_gives_its_number_and_its_bytes_free(as_hana):
    listing = make_listing(organization=as_hana.organization)
    draft = add(as_hana, listing)

    services.discard_version(by=as_hana, version=draft)
    again = add(as_hana, listing)

    assert (draft.state, again.state) == ("discarded", "ready")
    assert (again.number, again.digest) == (draft.number, draft.digest)
    assert list(versions_of(listing, viewer=as_hana)) == [again]
    event = AuditEvent.objects.get(action="version.discard")
    assert event.data["old"] == "ready"


@pytest.mark.parametrize("state", ["published", "retired", "quarantined"])
def test_only_a_draft_is_discarded(as_hana, harbor, state):
    version = published_listing(organization=harbor).versions.get()
    Version.objects.filter(pk=version.pk).update(state=state)
    version.refresh_from_db()

    with pytest.raises(IllegalTransition):
        services.discard_version(by=as_hana, version=version)

    assert Version.objects.get().state == state


def test_an_outsider_discards_nothing(as_hana, as_charlie):
    draft = add(as_hana, make_listing(organization=as_hana.organization))

    with pytest.raises(NotFound):
        services.discard_version(by=as_charlie, version=draft)

    assert Version.objects.get().state == "ready"
