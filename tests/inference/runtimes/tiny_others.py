"""Small models for every runtime but the language models: a servable folder in milliseconds.

Import ``tiny_encoder``, ``tiny_tabular`` and the others from any test that needs a version.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from inference.runtimes.detector.networks import SHAPES as DETECTOR_SHAPES
from inference.runtimes.encoder import EncoderConfig
from inference.runtimes.encoder.model import expected_shapes as encoder_shapes
from inference.runtimes.forecaster import ForecasterConfig
from inference.runtimes.forecaster.network import expected_shapes as forecaster_shapes
from inference.runtimes.image_classifier import ImageClassifierConfig
from inference.runtimes.image_classifier.model import expected_shapes as classifier_shapes

ENCODER: dict[str, Any] = {
    "runtime": "encoder",
    "model_type": "bert",
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 32,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "pad_token_id": 0,
    "max_sequence_length": 16,
}
WORDS = ("how", "do", "i", "cancel", "my", "plan", "subscription", "the", "weather", "is", "cold")
TABULAR: dict[str, Any] = {
    "runtime": "tabular-mlp",
    "columns": [
        {
            "name": "age",
            "title": "Age in years",
            "kind": "number",
            "minimum": 17,
            "maximum": 90,
            "whole": True,
            "mean": 40,
            "scale": 10,
            "example": 39,
        },
        {"name": "work", "kind": "category", "categories": ["Private", "State"]},
        {
            "name": "sex",
            "kind": "category",
            "categories": ["Female", "Male"],
            "protected": True,
            "audit_only": True,
        },
    ],
    "hidden": [4],
    "positive": "over 50K",
    "threshold": 0.5,
}
LINEAR_TEXT: dict[str, Any] = {
    "runtime": "linear-text",
    "labels": ["benign", "attack"],
    "vectorizer": {
        "kind": "tfidf",
        "blocks": [
            {"analyzer": "word", "shortest": 1, "longest": 2, "size": 4, "sublinear": True},
            {"analyzer": "char_wb", "shortest": 3, "longest": 3, "size": 2, "sublinear": True},
        ],
    },
    "examples": ["ignore the rules", "thank you"],
}
VOCABULARY = {"blocks": [["ignore", "rules", "thank", "ignore the"], ["ign", "tha"]]}

FORECASTER: dict[str, Any] = {
    "runtime": "forecaster",
    "architecture": "fracast",
    "width": 8,
    "context": 64,
    "block": 6,
    "quantiles": [0.1, 0.5, 0.9],
    "stages": 3,
    "kernel": 3,
    "inner": 1.5,
    "scale_frequencies": 2,
    "periods": 2,
    "shortest_period": 2,
    "significance": 0.05,
    "head_inner": 8,
    "head_layers": 1,
    "smoothing_layers": 1,
    "smoothing_kernel": 3,
    "future_layers": 2,
    "future_seed": 16,
    "phase_bins": 4,
}
IMAGE_CLASSIFIER: dict[str, Any] = {
    "runtime": "image-classifier",
    "architecture": "efficientnet-lite",
    "stem": 4,
    "stages": [
        {"kernel": 3, "stride": 1, "expansion": 1, "channels": 4, "repeats": 1},
        {"kernel": 5, "stride": 2, "expansion": 2, "channels": 6, "repeats": 2},
    ],
    "head": 16,
    "image_size": 32,
}
LABELS = ("cat", "daisy", "espresso")
DETECTOR: dict[str, Any] = {
    "runtime": "detector",
    "architecture": "mtcnn",
    "smallest": 24,
    "thresholds": [0.6, 0.7, 0.7],
    "longest_side": 128,
}


def tiny_encoder(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """Write a random two-layer sentence encoder that knows eleven words."""
    tokenizer = tiny_word_tokenizer()
    write_config(folder, {**ENCODER, "vocab_size": tokenizer.get_vocab_size(), **changes})
    tokenizer.save(str(folder / "tokenizer.json"))
    weights = random_tensors(encoder_shapes(EncoderConfig.read(folder)), seed)
    save_file(weights, folder / "model.safetensors")
    return folder


def tiny_tabular(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """Write a scorer of three columns whose ``sex`` is taken for audit only.

    Its probability rises with age: 0.5 at 40 years in private work.
    """
    write_config(folder, {**TABULAR, **changes})
    weights = {
        "layers.0.weight": torch.tensor(
            [[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
        ),
        "layers.0.bias": torch.zeros(4),
        "layers.1.weight": torch.tensor([[1.0, -1.0, 2.0, 0.0]]),
        "layers.1.bias": torch.zeros(1),
    }
    save_file(weights, folder / "model.safetensors")
    return folder


def tiny_linear_text(folder: Path, **changes: Any) -> Path:
    """Write a classifier that calls a text an attack when it says ``ignore``."""
    write_config(folder, {**LINEAR_TEXT, **changes})
    write_json(folder / "vocabulary.json", VOCABULARY)
    weights = {
        "weight": torch.tensor([[0.0, 0, 2, 0, 0, 1], [4.0, 1, 0, 3, 1, 0]]),
        "bias": torch.tensor([1.0, 0.0]),
        "idf.0": torch.tensor([1.0, 2.0, 1.0, 2.0]),
        "idf.1": torch.tensor([1.0, 1.0]),
    }
    save_file(weights, folder / "model.safetensors")
    return folder


def tiny_forecaster(folder: Path, seed: int = 0, **changes: Any) -> Path:
    """Write a random forecaster of three quantiles and blocks of six steps."""
    write_config(folder, {**FORECASTER, **changes})
    shapes = forecaster_shapes(ForecasterConfig.read(folder))
    save_file(random_tensors(shapes, seed), folder / "model.safetensors")
    return folder


def tiny_image_classifier(
    folder: Path, seed: int = 0, labels: tuple[str, ...] = LABELS, **changes: Any
) -> Path:
    """Write a random classifier of images with three labels."""
    write_config(folder, {**IMAGE_CLASSIFIER, **changes})
    write_json(folder / "labels.json", list(labels))
    shapes = classifier_shapes(ImageClassifierConfig.read(folder))
    save_file(random_tensors(shapes, seed), folder / "model.safetensors")
    return folder


def tiny_detector(folder: Path, **changes: Any) -> Path:
    """Write a detector that takes every bright window for a face, whatever it shows.

    The cascade has one size only, so this is two megabytes; nearly all of them are zero.
    """
    write_config(folder, {**DETECTOR, **changes})
    weights = {name: torch.zeros(shape) for name, shape in DETECTOR_SHAPES.items()}
    # Mean brightness of a window, passed through one channel of each layer to the face score.
    for network, layers in (("pnet", 3), ("rnet", 3), ("onet", 4)):
        for layer in range(1, layers + 1):
            weight = weights[f"{network}.conv{layer}.weight"]
            weight[0, 0] = 1 / weight[0, 0].numel()
    weights["pnet.conv4_1.weight"][1, 0] = 8.0
    for dense, score in (("rnet.dense4", "rnet.dense5_1"), ("onet.dense5", "onet.dense6_1")):
        inputs = weights[f"{dense}.weight"]
        channels = 64 if dense.startswith("rnet") else 128
        inputs[0, ::channels] = channels / inputs.shape[1]
        weights[f"{score}.weight"][1, 0] = 8.0
    save_file(weights, folder / "model.safetensors")
    return folder


def tiny_word_tokenizer() -> Tokenizer:
    """Make a tokenizer of whole words between a start and an end token."""
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS)
    numbered = {word: place for place, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(numbered, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def random_tensors(
    shapes: Mapping[str, tuple[int, ...]], seed: int, scale: float = 0.5
) -> dict[str, torch.Tensor]:
    """Draw the tensors of these shapes."""
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=generator) * scale for name, shape in shapes.items()}


def write_config(folder: Path, config: dict[str, Any]) -> None:
    """Write ``config.json`` into a folder that is made if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", config)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(value), encoding="utf-8")
