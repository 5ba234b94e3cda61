"""Why the engine did not run a request."""


class EngineError(Exception):
    """The engine could not run a request that may be perfectly good."""


class EngineBusy(EngineError):
    """Too many requests wait for this version already."""


class EngineClosed(EngineError):
    """The engine is shutting down."""


class EngineFull(EngineError):
    """The models in use leave no memory for this one."""


class ModelTooLarge(EngineError):
    """The model alone needs more memory than the engine may use."""


class TimedOut(EngineError):
    """The request did not finish before its deadline."""


class LoadFailed(EngineError):
    """A version could not be loaded; ``reason`` is what its folder or its runtime raised."""

    def __init__(self, digest: str, reason: Exception) -> None:
        self.digest = digest
        self.reason = reason
        super().__init__(f"The version {digest[:12]} could not be loaded.")
