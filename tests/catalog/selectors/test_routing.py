"""Which version answers a call."""

from collections import Counter

import pytest

from catalog.errors import NoSuchModel, NoSuchVersion, VersionNotServable, VersionRetired
from catalog.models import Listing
from catalog.selectors import parse, resolve
from catalog.services.channels import point
from catalog.services.listings import quarantine_listing
from catalog.services.versions import publish_version, quarantine_version, retire_version
from catalog.types import VersionFileRef
from tests.factories.catalog import make_listing, make_version, published_listing


@pytest.fixture
def otter(harbor) -> Listing:
    return published_listing(
        organization=harbor, slug="otter", folder_or_files={"config.json": b"{}"}
    )


@pytest.mark.parametrize(
    ("model", "parts"),
    [
        ("harbor/otter", ("harbor", "otter", None, None)),
        ("harbor--otter", ("harbor", "otter", None, None)),
        ("harbor/otter@canary", ("harbor", "otter", "canary", None)),
        ("harbor/otter:1.0.0", ("harbor", "otter", None, "1.0.0")),
        ("a-b--c-d:v1+cpu", ("a-b", "c-d", None, "v1+cpu")),
    ],
)
def test_reads_every_form_of_a_model_name(model, parts):
    found = parse(model)

    assert (found.owner, found.name, found.channel, found.version) == parts


@pytest.mark.parametrize(
    "model",
    [
        "",
        "otter",
        "/",
        "harbor/",
        "harbor/otter:",
        "harbor/otter@",
        "a/b/c",
        "A/b",
        "a/b@c:d",
        "a/b:\x00",
        "harbor/otter\n",
        "../etc",
        "x" * 9999,
    ],
)
def test_refuses_what_is_not_a_model_name(model):
    with pytest.raises(NoSuchModel):
        parse(model)


def test_the_stable_channel_is_the_default(otter):
    version = otter.versions.get()

    route = resolve("harbor/otter", viewer=None)

    assert (route.version.id, route.version.digest) == (str(version.pk), version.digest)
    assert (route.listing_id, route.channel) == (str(otter.pk), "stable")
    assert route.signature == version.signature
    assert route.version.files == (
        VersionFileRef(
            "config.json", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", 2
        ),
    )


def test_a_pinned_number_or_digest_names_one_version(otter):
    old = otter.versions.get()
    new = make_version(otter, number="2.0.0")

    for wanted in (old.number, old.digest, old.digest[:12]):
        route = resolve(f"harbor/otter:{wanted}", viewer=None)
        assert (route.version.id, route.channel) == (str(old.pk), None)
    assert resolve("harbor--otter:2.0.0", viewer=None).version.id == str(new.pk)


@pytest.mark.parametrize("wanted", ["3.0.0", "0" * 12, "abc"])
def test_says_which_version_is_missing(otter, wanted):
    with pytest.raises(NoSuchVersion, match=f"harbor/otter has no version '{wanted}'"):
        resolve(f"harbor/otter:{wanted}", viewer=None)


def test_a_digest_shorter_than_twelve_is_too_short(otter):
    with pytest.raises(NoSuchVersion):
        resolve(f"harbor/otter:{otter.versions.get().digest[:11]}", viewer=None)


def test_an_empty_channel_is_no_version(otter, harbor):
    announced = make_listing(organization=harbor, slug="seal")

    with pytest.raises(NoSuchVersion, match="The channel 'canary' of harbor/otter is empty"):
        resolve("harbor/otter@canary", viewer=None)
    with pytest.raises(NoSuchModel):
        resolve(f"harbor/{announced.slug}", viewer=None)


def test_a_channel_shares_calls_by_weight(otter, as_hana):
    old, new = otter.versions.get(), make_version(otter)
    point(by=as_hana, listing=otter, targets=[(old, 80), (new, 20)])

    drawn = Counter(resolve("harbor/otter@stable", viewer=None).version.id for _ in range(300))

    assert set(drawn) == {str(old.pk), str(new.pk)}
    assert 20 <= drawn[str(new.pk)] <= 110


def test_a_quarantined_share_is_taken_by_the_others(otter, as_hana):
    old, new = otter.versions.get(), make_version(otter)
    point(by=as_hana, listing=otter, targets=[(old, 50), (new, 50)])

    quarantine_version(by=None, version=new, reason="Tampered")

    drawn = {resolve("harbor/otter", viewer=None).version.id for _ in range(20)}
    assert drawn == {str(old.pk)}


def test_a_quarantined_version_is_not_served(otter):
    version = otter.versions.get()
    quarantine_version(by=None, version=version, reason="A blob was tampered with")

    for model in ("harbor/otter", "harbor/otter:1.0.0", f"harbor/otter:{version.digest}"):
        with pytest.raises(VersionNotServable, match="A blob was tampered with") as error:
            resolve(model, viewer=None)
        assert error.value.status == 409
        assert error.value.data["pointer"] == "/models/harbor/otter/versions/"


def test_a_retired_version_is_gone_with_a_pointer(otter, as_hana):
    old = otter.versions.get()
    point(by=as_hana, listing=otter, targets=[(make_version(otter), 100)])
    retire_version(by=as_hana, version=old, reason="superseded by 1.1.0")

    with pytest.raises(VersionRetired, match=r"superseded by 1\.1\.0") as error:
        resolve("harbor/otter:1.0.0", viewer=None)

    assert (error.value.status, error.value.code) == (410, "catalog.version_retired")


def test_authors_call_their_own_before_anybody_else(harbor, as_hana, as_alice):
    draft = make_listing(organization=harbor, slug="seal")
    version = make_version(draft, number="1", is_published=False)

    assert resolve("harbor/seal:1", viewer=as_hana).version.id == str(version.pk)
    for viewer in (as_alice, None):
        with pytest.raises(NoSuchModel):
            resolve("harbor/seal:1", viewer=viewer)


def test_an_unpublished_version_of_a_public_model_is_not_there(otter, as_hana, as_alice):
    make_version(otter, number="2", is_published=False)

    assert resolve("harbor/otter:2", viewer=as_hana)
    with pytest.raises(NoSuchVersion):
        resolve("harbor/otter:2", viewer=as_alice)


def test_a_quarantined_model_answers_nobody(otter, as_hana, as_alice):
    quarantine_listing(by=None, listing=otter, reason="Stolen weights")

    with pytest.raises(VersionNotServable, match="Stolen weights"):
        resolve("harbor/otter", viewer=as_hana)
    with pytest.raises(NoSuchModel):
        resolve("harbor/otter", viewer=as_alice)


def test_an_adapter_carries_its_base(otter, as_charlie, elsewhere):
    base = otter.versions.get()
    derived = published_listing(organization=elsewhere, slug="mink")
    adapter = make_version(derived, number="lora", base=base)

    ref = resolve("elsewhere/mink:lora", viewer=None).version

    assert (ref.id, ref.base.id, ref.base.base) == (str(adapter.pk), str(base.pk), None)


def test_an_adapter_on_a_quarantined_base_is_not_served(otter, elsewhere):
    base = otter.versions.get()
    derived = published_listing(organization=elsewhere, slug="mink")
    make_version(derived, number="lora", base=base)
    quarantine_version(by=None, version=base, reason="Tampered")

    with pytest.raises(VersionNotServable, match=r"its base 1\.0\.0 is quarantined"):
        resolve("elsewhere/mink:lora", viewer=None)


def test_an_adapter_outlives_its_bases_retirement(otter, elsewhere, as_hana):
    base = otter.versions.get()
    derived = published_listing(organization=elsewhere, slug="mink")
    make_version(derived, number="lora", base=base)
    point(by=as_hana, listing=otter, targets=[(make_version(otter), 100)])
    retire_version(by=as_hana, version=base)

    assert resolve("elsewhere/mink:lora", viewer=None).version.base.id == str(base.pk)


def test_a_known_version_takes_two_queries(otter, django_assert_num_queries):
    resolve("harbor/otter", viewer=None)

    with django_assert_num_queries(2):
        resolve("harbor/otter", viewer=None)


def test_what_is_kept_in_memory_never_hides_a_change_of_state(otter, as_hana):
    resolve("harbor/otter:1.0.0", viewer=None)
    version = otter.versions.get()
    quarantine_version(by=None, version=version, reason="Tampered")
    with pytest.raises(VersionNotServable):
        resolve("harbor/otter:1.0.0", viewer=None)

    publish_version(by=None, version=version)

    assert resolve("harbor/otter:1.0.0", viewer=None).version.id == str(version.pk)
