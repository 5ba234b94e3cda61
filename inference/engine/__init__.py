"""Resident models in one process: loading, batching, leaving. Plain Python, no Django."""

from inference.engine.engine import Engine, Resident
from inference.engine.errors import (
    EngineBusy,
    EngineClosed,
    EngineError,
    EngineFull,
    LoadFailed,
    ModelTooLarge,
    TimedOut,
)

__all__ = [
    "Engine",
    "EngineBusy",
    "EngineClosed",
    "EngineError",
    "EngineFull",
    "LoadFailed",
    "ModelTooLarge",
    "Resident",
    "TimedOut",
]
