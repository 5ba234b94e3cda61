"""Which device models are loaded on."""

from importlib import import_module
from typing import Any


def choose_device(wanted: str) -> str:
    """Return ``cpu`` or ``cuda`` for ``auto``, ``cpu`` or ``cuda``.

    Raises ``RuntimeError`` when ``cuda`` is wanted and there is none.
    """
    if wanted == "cpu":
        return "cpu"
    has_cuda = bool(_torch().cuda.is_available())
    if wanted == "cuda" and not has_cuda:
        raise RuntimeError("STOA_DEVICE is cuda, and this machine has no usable CUDA device.")
    return "cuda" if has_cuda else "cpu"


def describe_device(device: str) -> str:
    """Return the device's name for people: ``cpu``, or what the GPU calls itself."""
    return str(_torch().cuda.get_device_name(0))[:60] if device == "cuda" else device


def limit_threads(threads: int) -> None:
    """Bound the threads that one computation of the calling thread spreads over."""
    _torch().set_num_threads(threads)


def empty_device_cache(device: str) -> None:
    """Give memory of models that left back to the GPU."""
    if device == "cuda":
        _torch().cuda.empty_cache()


def _torch() -> Any:
    # By name: the engine is imported by processes that never load a model and have no torch.
    return import_module("torch")
