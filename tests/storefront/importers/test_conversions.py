"""The conversions, tried on donors of a few numbers."""

import base64
import bz2
import gzip
import json
import os
import pickle
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from inference.runtimes.base import RunRequest, RunResult
from inference.runtimes.detector.networks import SHAPES
from inference.runtimes.registry import loader_of, runtime_named
from marketplace.storefront.importers import efficientnet, fracast, guardian, langid, minilm, mtcnn
from marketplace.storefront.importers.checkpoints import read_checkpoint
from marketplace.storefront.importers.errors import DonorUnreadable
from tests.inference.runtimes.tiny_others import (
    ENCODER,
    LINEAR_TEXT,
    VOCABULARY,
    tiny_encoder,
    tiny_forecaster,
)

LICENSE = "Copyright 2011 Marco Lui\n\nRedistribution ... views of the copyright holder.\n"


def put(folder: Path, **contents: bytes | str) -> dict[str, Path]:
    """Write donor members; ``__`` in a name stands for a dot."""
    folder.mkdir(exist_ok=True)
    members = {}
    for name, content in contents.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        members[path.name] = path
    return members


def run(folder: Path) -> RunResult:
    """Run the example of a converted version."""
    name = json.loads((folder / "config.json").read_text())["runtime"]
    runtime = runtime_named(name)
    model = loader_of(runtime).load(folder, device="cpu")
    (result,) = model.run([RunRequest("1", runtime.signature(folder).example)])
    assert isinstance(result, RunResult)
    return result


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def langid_source(tables: Any) -> str:
    packed = base64.encodebytes(bz2.compress(pickle.dumps(tables, 0))).decode()
    return f'"""{LICENSE}"""\nmodel=b"""\n{packed}"""\n'


def langid_tables() -> tuple[Any, ...]:
    moves = array("H", ([0] * 128 + [1] * 128) * 2)
    return array("d", [-9.0, -0.5]), array("d", [-1.0, -2.0]), ["en", "de"], moves, {1: (0,)}


def guardian_bundle() -> dict[str, Any]:
    words, characters = VOCABULARY["blocks"]
    return {
        "format": "svguardian-pure-1",
        "classes": LINEAR_TEXT["labels"],
        "benign": "benign",
        "threshold": 0.8,
        "coef": [[0, 0, 2, 0, 0, 1], [4, 1, 0, 3, 1, 0]],
        "intercept": [1, 0],
        "word": {
            "vocab": {term: place for place, term in reversed(list(enumerate(words)))},
            "idf": [1.0, 2.0, 1.0, 2.0],
            "ngram_range": [1, 2],
            "sublinear_tf": True,
        },
        "char": {
            "vocab": {term: place for place, term in enumerate(characters)},
            "idf": [1.0, 1.0],
            "ngram_range": [3, 3],
            "sublinear_tf": True,
        },
    }


def guardian_members(folder: Path, bundle: dict[str, Any]) -> dict[str, Path]:
    return put(
        folder,
        guardian__json__gz=gzip.compress(json.dumps(bundle).encode()),
        LICENSE="the license",
        NOTICE="the upstream notice",
    )


def fracast_members(folder: Path, **changes: Any) -> dict[str, Path]:
    tiny = json.loads((tiny_forecaster(folder / "tiny") / "config.json").read_text())
    weights = load_file(folder / "tiny" / "model.safetensors")
    big = weights.pop("head.queries")
    scale = np.abs(big).max(axis=1, keepdims=True) / 127
    stored = {"q": np.round(big / scale).astype(np.int8), "s": scale}
    save_file({**weights, **stored}, folder / "model.int8.safetensors")
    model = {
        **fracast._REQUIRED,
        "d_model": tiny["width"],
        "W": tiny["context"],
        "horizon": tiny["block"],
        "quantiles": tiny["quantiles"],
        "n_stages": tiny["stages"],
        "kernel_size": tiny["kernel"],
        "ffn_mult": tiny["inner"],
        "scale_cond_dim": 2 * tiny["scale_frequencies"],
        "periodic_topk": tiny["periods"],
        "periodic_min_period": 2,
        "periodic_alpha": 0.05,
        "head_d_ff": tiny["head_inner"],
        "head_layers": 1,
        "head_fc_layers": 1,
        "head_fc_kernel": 3,
        "head_future_conv_layers": 2,
        "head_future_conv_seed": 16,
        "head_phase_bins": 4,
        **changes,
    }
    manifest = {"quant_map": {"head.queries": {"qweight": "q", "scale": "s", "axis": 0}}}
    members = put(
        folder,
        config__json=json.dumps({"model": model}),
        w8_manifest__json=json.dumps(manifest),
        LICENSE="the license",
    )
    return {**members, "model.int8.safetensors": folder / "model.int8.safetensors"}


def test_langid_becomes_a_classifier_that_answers(tmp_path: Path) -> None:
    members = put(tmp_path / "donor", langid__py=langid_source(langid_tables()))

    langid.convert(members, tmp_path / "made")

    german, _ = run(tmp_path / "made").output["results"]
    # One "ö" is two bytes in state 1: 2 x -0.5 - 2 for German, 2 x -9 - 1 for English.
    assert german[0]["label"] == "de"
    assert german[0]["score"] == pytest.approx(1 / (1 + np.exp(-16)), abs=1e-6)
    assert (tmp_path / "made" / "LICENSE").read_text() == LICENSE


def test_langids_pickle_may_hold_numbers_only(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    members = put(tmp_path / "donor", langid__py=langid_source([Bomb(), 1, 2, 3, 4]))

    with pytest.raises(DonorUnreadable, match=r"posix\.mkdir is not an array of numbers"):
        langid.convert(members, tmp_path / "made")

    assert not (tmp_path / "exploded").exists()
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("source", "reason"),
    [("model = None\n", "it holds no model"), (langid_source([1, 2]), "have five tables")],
)
def test_langid_says_what_it_lacks(source: str, reason: str) -> None:
    with pytest.raises(DonorUnreadable, match=reason):
        langid.read_model(source.encode())


def test_guardian_keeps_terms_in_the_order_of_its_weights(tmp_path: Path) -> None:
    members = guardian_members(tmp_path / "donor", guardian_bundle())

    guardian.convert(members, tmp_path / "made")

    vocabulary = json.loads((tmp_path / "made" / "vocabulary.json").read_text())
    assert vocabulary == VOCABULARY
    attack, refund = run(tmp_path / "made").output["results"]
    assert (attack[0]["label"], refund[0]["label"]) == ("attack", "benign")


def test_guardian_brings_its_notice_along(tmp_path: Path) -> None:
    members = guardian_members(tmp_path / "donor", guardian_bundle())

    guardian.convert(members, tmp_path / "made")

    notice = (tmp_path / "made" / "NOTICE").read_text()
    assert notice.startswith("SecureVector Guardian 1.4.0, by SecureVector.\nLicense: Apache-2.0.")
    assert notice.endswith("the upstream notice")
    assert (tmp_path / "made" / "LICENSE").read_text() == "the license"


def test_guardian_of_another_format_is_refused(tmp_path: Path) -> None:
    members = guardian_members(tmp_path / "donor", {**guardian_bundle(), "format": "other"})

    with pytest.raises(DonorUnreadable, match="its format is 'other'"):
        guardian.convert(members, tmp_path / "made")


def test_fracast_is_brought_back_from_eight_bits(tmp_path: Path) -> None:
    fracast.convert(fracast_members(tmp_path), tmp_path / "made")

    made = load_file(tmp_path / "made" / "model.safetensors")
    original = load_file(tmp_path / "tiny" / "model.safetensors")
    assert made.keys() == original.keys()
    assert np.abs(made["head.queries"] - original["head.queries"]).max() < 0.01
    assert len(run(tmp_path / "made").output["median"]) == 6


def test_fracast_of_another_design_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DonorUnreadable, match="share_stages is False"):
        fracast.convert(fracast_members(tmp_path, share_stages=False), tmp_path / "made")


def test_minilm_is_halved_and_keeps_its_answers(tmp_path: Path) -> None:
    donor = tiny_encoder(tmp_path / "donor", max_position_embeddings=256, max_sequence_length=256)
    (donor / "README.md").write_text("license: apache-2.0")
    weights = load_file(donor / "model.safetensors")
    extra = {"pooler.dense.weight": np.zeros((16, 16), np.float32)}
    save_file({**weights, **extra}, donor / "model.safetensors")

    minilm.convert({path.name: path for path in donor.iterdir()}, tmp_path / "made")

    before, after = (
        np.array(run(folder).output["embeddings"]) for folder in (donor, tmp_path / "made")
    )
    assert np.abs(before - after).max() < 0.01
    made = load_file(tmp_path / "made" / "model.safetensors")
    assert {values.dtype for values in made.values()} == {np.dtype(np.float16)}
    assert made.keys() == weights.keys()
    config = json.loads((tmp_path / "made" / "config.json").read_text())
    assert config["hidden_size"] == ENCODER["hidden_size"]


def test_mtcnn_joins_its_three_networks(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(2)
    members = put(tmp_path / "donor", LICENSE="the license")
    for network in ("pnet", "rnet", "onet"):
        members[f"{network}.pt"] = tmp_path / "donor" / f"{network}.pt"
        state = {
            name.removeprefix(f"{network}."): torch.randn(shape, generator=generator) / 9
            for name, shape in SHAPES.items()
            if name.startswith(network)
        }
        torch.save(state, members[f"{network}.pt"])

    mtcnn.convert(members, tmp_path / "made")

    made = load_file(tmp_path / "made" / "model.safetensors")
    assert made.keys() == SHAPES.keys()
    assert run(tmp_path / "made").usage == {"images": 1}


def test_efficientnet_names_classes_and_leaves_counters_out(tmp_path: Path) -> None:
    state = {"_fc.bias": torch.ones(3), "_bn0.num_batches_tracked": torch.tensor(7)}
    members = put(
        tmp_path / "donor",
        LICENSE="the license",
        synsets__txt="n1\nn2\nn3\n",
        lemmas__txt="n0\tnothing\nn1\tcrane\nn2\ttabby, tabby cat\nn3\tcrane\n",
    )
    members["efficientnet-lite0.pth"] = tmp_path / "donor" / "net.pth"
    torch.save(state, members["efficientnet-lite0.pth"])

    efficientnet.convert(members, tmp_path / "made")

    labels = json.loads((tmp_path / "made" / "labels.json").read_text())
    assert labels == ["crane (n1)", "tabby, tabby cat", "crane (n3)"]
    made = load_file(tmp_path / "made" / "model.safetensors")
    assert list(made) == ["_fc.bias"]
    assert made["_fc.bias"].dtype == np.float16


@pytest.mark.parametrize("content", [b"", b"no checkpoint", pickle.dumps(os.getcwd, 2)])
def test_a_checkpoint_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (path,) = put(tmp_path, bad__pt=content).values()

    with pytest.raises(DonorUnreadable, match=r"bad\.pt cannot be converted"):
        read_checkpoint(path)


def test_a_checkpoint_cannot_run_code(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    torch.save({"weight": Bomb()}, tmp_path / "bad.pt")

    with pytest.raises(DonorUnreadable):
        read_checkpoint(tmp_path / "bad.pt")

    assert not (tmp_path / "exploded").exists()


def test_a_conversion_writes_the_same_bytes_again(tmp_path: Path) -> None:
    members = guardian_members(tmp_path / "donor", guardian_bundle())

    guardian.convert(members, tmp_path / "one")
    guardian.convert(members, tmp_path / "two")

    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
