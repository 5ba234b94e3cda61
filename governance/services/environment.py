"""What a result was produced with."""

import platform
from importlib.metadata import version
from typing import Any

from inference.runtimes.registry import runtime_digest
from marketplace.core.canonical import json_digest

PACKAGES = ("torch", "numpy", "tokenizers", "safetensors", "pillow")


def environment() -> dict[str, Any]:
    """Return the facts that can change a result; ``digest`` covers all of them."""
    facts = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "device": "cpu",
        "runtime_digest": runtime_digest(),
        "packages": {name: version(name) for name in PACKAGES},
    }
    return {**facts, "digest": json_digest(facts)}
