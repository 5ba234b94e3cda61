"""MTCNN: a face detector of three small networks."""

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
        package="facenet-pytorch",
        version="2.6.0",
        sha256="ecb82b27beb226d106f2219efe8f829b01b87a8595badd01545679bdb9f19cca",
        members=(
            Member(
                "pnet.pt",
                "facenet_pytorch/data/pnet.pt",
                28_570,
                "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
            ),
            Member(
                "rnet.pt",
                "facenet_pytorch/data/rnet.pt",
                403_147,
                "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
            ),
            Member(
                "onet.pt",
                "facenet_pytorch/data/onet.pt",
                1_559_269,
                "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
            ),
            Member(
                "LICENSE",
                "facenet_pytorch-2.6.0.dist-info/LICENSE.md",
                1_070,
                "9fac5781e1529f4dd1a045716e1859436038d2def9e108d101b6df20c5a11318",
            ),
        ),
    ),
)
PROVENANCE = Provenance(
    author="Zhang, Zhang, Li and Qiao (MTCNN); weights ported by David Sandberg and Tim Esler",
    source="MTCNN of facenet-pytorch",
    license="MIT",
    training_data="Third-party: WIDER FACE and CelebA, photographs of people from the web; both "
    "sets state research terms.",
    restrictions="Finds faces, does not recognize anyone. Not for identification, surveillance "
    "or inference of personal traits.",
    changes="Weights stored in half precision, the three networks in one file.",
)


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write the detector as a ``detector`` version folder into ``target``."""
    checkpoints = import_module("marketplace.storefront.importers.checkpoints")
    tensors = {
        f"{network}.{name}": values.astype(np.float16)
        for network in ("pnet", "rnet", "onet")
        for name, values in checkpoints.read_checkpoint(members[f"{network}.pt"]).items()
    }
    config = {
        "runtime": "detector",
        "architecture": "mtcnn",
        "smallest": 40,
        "shrink": 0.709,
        "thresholds": [0.6, 0.7, 0.7],
        "longest_side": 1280,
    }
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "config.json", config)
    write_tensors(target, tensors)
    copy_license(target, members["LICENSE"])
    write_notice(target, PROVENANCE, PINS)


IMPORTER = Importer("mtcnn", PINS, PROVENANCE, convert)
