"""Image classifiers of the EfficientNet-Lite family."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference.runtimes.base import BadModel, Runtime, Schema, Signature
from inference.runtimes.config_file import Section, read_config, read_json
from inference.runtimes.images import example_image, image_schema

_MOST_LABELS = 25_000


@dataclass(frozen=True, slots=True)
class Stage:
    """Several inverted bottlenecks of one width; the first of them may shrink the image."""

    kernel: int
    stride: int
    expansion: int
    channels: int
    repeats: int

    @classmethod
    def read(cls, section: Section) -> Self:
        """Read one entry of ``stages``."""
        kernel = section.integer("kernel", 1, 7)
        if kernel % 2 == 0:
            raise section.bad("kernel", "odd")
        return cls(
            kernel=kernel,
            stride=section.integer("stride", 1, 2),
            expansion=section.integer("expansion", 1, 8),
            channels=section.integer("channels", 1, 1024),
            repeats=section.integer("repeats", 1, 16),
        )


@dataclass(frozen=True, slots=True)
class ImageClassifierConfig:
    """Architecture, preparation of images and labels of a version."""

    stem: int
    stages: tuple[Stage, ...]
    head: int
    batch_norm_eps: float
    image_size: int
    crop: float
    mean: float
    scale: float
    labels: tuple[str, ...]
    top_k: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json`` and ``labels.json``; raises ``BadModel``."""
        config = read_config(folder, runtime="image-classifier")
        config.choice("architecture", "efficientnet-lite")
        labels = _read_labels(folder / "labels.json")
        return cls(
            stem=config.integer("stem", 1, 256),
            stages=tuple(map(Stage.read, config.sections("stages", most=12))),
            head=config.integer("head", 1, 8192),
            batch_norm_eps=config.number("batch_norm_eps", 1e-8, 1e-1, default=1e-3),
            image_size=config.integer("image_size", 16, 512),
            crop=config.number("crop", 0.1, 1.0, default=0.875),
            mean=config.number("mean", -255, 255, default=127),
            scale=config.number("scale", 1e-3, 1e3, default=128),
            labels=labels,
            top_k=config.integer("top_k", 1, len(labels), default=min(5, len(labels))),
        )


class ImageClassifierRuntime(Runtime):
    """Serves ``image-classifier`` versions."""

    name = "image-classifier"
    loader = "inference.runtimes.image_classifier.model.ImageClassifier"
    required_files = ("config.json", "model.safetensors", "labels.json")

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        config = ImageClassifierConfig.read(folder)
        return Signature(
            task="image-classification",
            input_schema=_input_schema(config),
            output_schema=_output_schema(config),
            meters=("images",),
            example={"image": example_image(), "top_k": config.top_k},
        )


def _read_labels(path: Path) -> tuple[str, ...]:
    labels = read_json(path)
    if not isinstance(labels, list) or not 0 < len(labels) <= _MOST_LABELS:
        raise BadModel(f"labels.json must hold a list of 1 to {_MOST_LABELS} labels.")
    if not all(isinstance(label, str) and 0 < len(label) <= 200 for label in labels):
        raise BadModel("labels.json must hold texts of 1 to 200 characters.")
    return tuple(labels)


def _input_schema(config: ImageClassifierConfig) -> Schema:
    return {
        "type": "object",
        "title": "Image to tag",
        "properties": {
            "image": image_schema(
                description="The picture to name. Its middle is looked at, "
                f"scaled to {config.image_size} by {config.image_size} pixels."
            ),
            "top_k": {
                "type": "integer",
                "title": "Labels to return",
                "description": "How many of the most likely labels are returned.",
                "minimum": 1,
                "maximum": len(config.labels),
                "default": config.top_k,
            },
        },
        "required": ["image"],
        "additionalProperties": False,
    }


def _output_schema(config: ImageClassifierConfig) -> Schema:
    return {
        "type": "object",
        "title": "Labels",
        "properties": {
            "labels": {
                "type": "array",
                "title": f"The most likely of {len(config.labels)} labels, most likely first",
                "items": {
                    "type": "object",
                    "properties": {
                        "label": {"type": "string", "title": "Label"},
                        "score": {"type": "number", "title": "Score", "minimum": 0, "maximum": 1},
                    },
                    "required": ["label", "score"],
                },
            }
        },
        "required": ["labels"],
        "additionalProperties": False,
    }
