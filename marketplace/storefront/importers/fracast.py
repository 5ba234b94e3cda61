"""Fracast-0: a zero-shot forecaster, from the publisher's own eight-bit weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from inference.runtimes.config_file import read_object
from marketplace.storefront.importers.errors import DonorUnreadable
from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import (
    Array,
    copy_license,
    write_json,
    write_notice,
    write_tensors,
)

PINS = (
    Pin(
        package="fracast",
        version="0.1.0",
        sha256="54a2c442ffeb8e1763733d37415326df122e0580640d6c3d02211883429fb892",
        members=(
            Member(
                "config.json",
                "fracast/weights/config.json",
                1_338,
                "1d7d2cf831f51ae2c5c9bf4cb4d8d4a49ec0085d6d55010814a1aae2a777a5dc",
            ),
            Member(
                "model.int8.safetensors",
                "fracast/weights/model.int8.safetensors",
                113_228,
                "77beb5e5f17cf77525c4c1813fdaacfba586ac0b9d6f67a7ad4355de25b05544",
            ),
            Member(
                "w8_manifest.json",
                "fracast/weights/w8_manifest.json",
                4_944,
                "7ade15dcc72aa6d597f398c85d73333d93ee16ebb5128810110723e3f25704ee",
            ),
            Member(
                "LICENSE",
                "fracast-0.1.0.dist-info/licenses/LICENSE",
                10_194,
                "8962ed58d682377bb7441af767521d0a1e4157e29fcbbaf82e826cfca2ad09cd",
            ),
        ),
    ),
)
PROVENANCE = Provenance(
    author="RAWS Labs",
    source="Fracast-0",
    license="Apache-2.0",
    training_data="Third-party, open: GiftEvalPretrain, LOTSA, the Chronos and FEV sets and "
    "BOOM, with synthetic series of TinyCast.",
    restrictions="",
    changes="The published eight-bit weights written out as 32-bit numbers, the configuration "
    "renamed. The network that runs them was written anew for this platform.",
)
# What the network here can express; a release that asks for more must not be half understood.
_REQUIRED = {
    "family": "fracast",
    "periodic_phase": True,
    "periodic_harmonics": 1,
    "dilation_base": 2,
    "causal": True,
    "separable_conv": True,
    "share_stages": True,
    "scale_cond": "film",
    "recency_encoding": True,
    "head_kind": "gather",
    "head_output_mode": "direct",
    "head_future_conv": True,
}


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write the forecaster as a ``forecaster`` version folder into ``target``."""
    model = read_object(members["config.json"])["model"]
    for key, value in _REQUIRED.items():
        if model.get(key) != value:
            raise DonorUnreadable(what="fracast", reason=f"{key} is {model.get(key)!r}")
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "config.json", _config(model))
    write_tensors(target, _tensors(members))
    copy_license(target, members["LICENSE"])
    write_notice(target, PROVENANCE, PINS)


def _tensors(members: Mapping[str, Path]) -> dict[str, Array]:
    """Multiply eight-bit weights by the scale of each output; take the rest as it is."""
    stored = load_file(members["model.int8.safetensors"])
    restored: dict[str, Array] = {}
    for name, parts in read_object(members["w8_manifest.json"])["quant_map"].items():
        weight, scale = stored.pop(parts["qweight"]), stored.pop(parts["scale"])
        restored[name] = weight.astype(np.float32) * scale
    return restored | stored


def _config(model: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "runtime": "forecaster",
        "architecture": "fracast",
        "width": model["d_model"],
        "context": model["W"],
        "block": model["horizon"],
        "quantiles": model["quantiles"],
        "stages": model["n_stages"],
        "kernel": model["kernel_size"],
        "inner": model["ffn_mult"],
        "scale_frequencies": model["scale_cond_dim"] // 2,
        "periods": model["periodic_topk"],
        "shortest_period": model["periodic_min_period"],
        "significance": model["periodic_alpha"],
        "head_inner": model["head_d_ff"],
        "head_layers": model["head_layers"],
        "smoothing_layers": model["head_fc_layers"],
        "smoothing_kernel": model["head_fc_kernel"],
        "future_layers": model.get("head_future_conv_layers", 6),
        "future_seed": model.get("head_future_conv_seed", 128),
        "phase_bins": model.get("head_phase_bins", 16),
    }


IMPORTER = Importer("fracast", PINS, PROVENANCE, convert)
