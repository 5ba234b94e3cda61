"""Bases and licences of what is uploaded."""

import pytest

from authoring.types import RELATIONS
from catalog.models import Listing, Relation, Version
from catalog.services.versions import quarantine_version
from tests.factories.authoring import checked, failed_check, make_listing
from tests.factories.catalog import make_version, published_listing
from tests.inference.runtimes.tiny_models import tiny_lora
from tests.inference.runtimes.tiny_others import tiny_tabular


@pytest.fixture
def listing(as_hana) -> Listing:
    return make_listing(as_hana, task="text-generation")


@pytest.fixture
def base(elsewhere) -> Version:
    """Another author's published chat model."""
    listing = published_listing(
        organization=elsewhere, runtime="causal-lm", task="text-generation", slug="chat"
    )
    return listing.versions.get()


def refusal(by, listing, folder, **options) -> str:
    check = failed_check(checked(by, listing, folder, **options))
    assert check.kind == "structure"
    return check.summary


def test_relations_are_those_of_the_catalog() -> None:
    assert dict(Relation.choices) == RELATIONS


def test_an_adapter_needs_a_base(as_hana, listing, tmp_path) -> None:
    assert refusal(as_hana, listing, tiny_lora(tmp_path / "lora")) == (
        "An adapter needs a base. Name the version that it is loaded on."
    )


def test_the_base_is_of_the_runtime_that_the_adapter_needs(
    as_hana, harbor, listing, tmp_path
) -> None:
    other = make_version(listing, runtime="linear-text", number="0.1.0")

    summary = refusal(as_hana, listing, tiny_lora(tmp_path / "lora"), base_version=other)

    assert summary.endswith("runs on linear-text; the adapter needs causal-lm.")


def test_an_adapter_is_not_called_a_finetune(as_hana, listing, base, tmp_path) -> None:
    summary = refusal(
        as_hana, listing, tiny_lora(tmp_path / "lora"), base_version=base, relation="finetune"
    )

    assert summary == "State the relation to the base as adapter; it is loaded on it."


def test_what_is_no_adapter_does_not_say_so(as_hana, base, tmp_path) -> None:
    scorer = make_listing(as_hana, "scorer")

    summary = refusal(as_hana, scorer, tiny_tabular(tmp_path / "one"), base_version=base)

    assert summary.startswith("tabular-mlp is not an adapter. State another relation")


def test_the_base_is_the_one_that_the_adapter_was_trained_on(
    as_hana, listing, base, tmp_path
) -> None:
    folder = tiny_lora(tmp_path / "lora", base_digest="f" * 64)

    summary = refusal(as_hana, listing, folder, base_version=base)

    assert summary.startswith("config.json names the base ffffffffffff…; the base given is ")


def test_the_digest_of_the_bases_weights_names_it_too(
    as_hana, listing, elsewhere, tmp_path
) -> None:
    chat = published_listing(
        organization=elsewhere,
        runtime="causal-lm",
        task="text-generation",
        folder_or_files={"config.json": b"{}", "model.safetensors": b"weights"},
    )
    base = chat.versions.get()
    weights = base.files.get(path="model.safetensors").artifact_id
    folder = tiny_lora(tmp_path / "lora", base_digest=weights)

    submission = checked(as_hana, listing, folder, base_version=base, relation="adapter")

    assert submission.checks.get(kind="structure").state == "passed"


def test_a_licence_without_derivatives_is_kept(as_hana, listing, elsewhere, tmp_path) -> None:
    closed = published_listing(
        organization=elsewhere,
        runtime="causal-lm",
        task="text-generation",
        slug="closed",
        license_spdx="CC-BY-NC-ND-4.0",
    )

    summary = refusal(
        as_hana, listing, tiny_lora(tmp_path / "lora"), base_version=closed.versions.get()
    )

    assert summary.endswith(
        "is under CC-BY-NC-ND-4.0, which allows no derived models. "
        "Choose another base, or ask its author."
    )


def test_a_quarantined_base_is_not_built_on(as_hana, listing, base, tmp_path) -> None:
    quarantine_version(by=None, version=base, reason="It leaks.")

    summary = refusal(as_hana, listing, tiny_lora(tmp_path / "lora"), base_version=base)

    assert summary.endswith("is quarantined. Choose one that may be served.")


def test_another_authors_unpublished_version_is_not_built_on(
    as_hana, listing, base, tmp_path
) -> None:
    ready = make_version(base.listing, runtime="causal-lm", number="9.0.0", is_published=False)

    summary = refusal(as_hana, listing, tiny_lora(tmp_path / "lora"), base_version=ready)

    assert summary.endswith("is not published. Choose a published version.")
