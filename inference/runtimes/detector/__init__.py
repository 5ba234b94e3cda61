"""Cascaded detectors of the MTCNN family: boxes, scores and five landmarks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference.runtimes.base import Runtime, Schema, Signature
from inference.runtimes.config_file import read_config
from inference.runtimes.images import example_image, image_schema

LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """What a version looks for, and how thoroughly."""

    smallest: int
    shrink: float
    thresholds: tuple[float, ...]
    longest_side: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read and check ``config.json``; raises ``BadModel``."""
        config = read_config(folder, runtime="detector")
        config.choice("architecture", "mtcnn")
        thresholds = config.numbers("thresholds", most=3, low=0.05, high=1)
        if len(thresholds) != 3:
            raise config.bad("thresholds", "a list of three numbers")
        return cls(
            smallest=config.integer("smallest", 12, 512, default=40),
            shrink=config.number("shrink", 0.3, 0.85, default=0.709),
            thresholds=thresholds,
            longest_side=config.integer("longest_side", 64, 2048, default=1280),
        )


class DetectorRuntime(Runtime):
    """Serves ``detector`` versions."""

    name = "detector"
    loader = "inference.runtimes.detector.model.Detector"

    @classmethod
    def signature(cls, folder: Path) -> Signature:
        config = DetectorConfig.read(folder)
        return Signature(
            task="object-detection",
            input_schema=_input_schema(config),
            output_schema=_output_schema(),
            meters=("images",),
            example={"image": example_image(), "min_score": config.thresholds[-1]},
        )


def _input_schema(config: DetectorConfig) -> Schema:
    return {
        "type": "object",
        "title": "Image to search",
        "properties": {
            "image": image_schema(
                description="The picture to search. It is scaled down to at most "
                f"{config.longest_side} pixels a side; faces smaller than "
                f"{config.smallest} pixels are then not seen."
            ),
            "min_score": {
                "type": "number",
                "title": "Lowest score",
                "description": "Boxes scored lower are left out; the model itself drops those "
                f"below {config.thresholds[-1]:g}.",
                "minimum": 0,
                "maximum": 1,
                "default": config.thresholds[-1],
            },
        },
        "required": ["image"],
        "additionalProperties": False,
    }


def _output_schema() -> Schema:
    pixels: Schema = {"type": "number"}
    point: Schema = {"type": "array", "items": pixels, "minItems": 2, "maxItems": 2}
    box: Schema = {
        "type": "object",
        "properties": {
            "box": {
                "type": "array",
                "title": "Left, top, right and bottom edge in pixels",
                "items": pixels,
                "minItems": 4,
                "maxItems": 4,
            },
            "score": {"type": "number", "title": "Score", "minimum": 0, "maximum": 1},
            "landmarks": {
                "type": "object",
                "title": "Landmarks in pixels",
                "properties": dict.fromkeys(LANDMARKS, point),
                "required": list(LANDMARKS),
            },
        },
        "required": ["box", "score", "landmarks"],
    }
    size: Schema = {"type": "integer", "minimum": 1}
    return {
        "type": "object",
        "title": "Boxes",
        "properties": {
            "boxes": {"type": "array", "title": "Boxes, highest score first", "items": box},
            "width": size | {"title": "Width of the image in pixels"},
            "height": size | {"title": "Height of the image in pixels"},
        },
        "required": ["boxes", "width", "height"],
        "additionalProperties": False,
    }
