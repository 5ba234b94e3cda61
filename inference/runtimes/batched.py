"""What the runtimes that answer a whole batch at once have in common."""

import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from inference.runtimes.base import (
    Json,
    LoadedModel,
    RunRequest,
    RunResult,
    RuntimeRefusal,
)

Prepared = TypeVar("Prepared")
Answer = tuple[Json, dict[str, int]]


class BatchedModel(LoadedModel, Generic[Prepared]):
    """Checks each input alone, then computes all accepted inputs together."""

    meters: tuple[str, ...] = ("requests",)

    @abstractmethod
    def prepare(self, request: RunRequest) -> Prepared:
        """Check one input and bring it into computable form; raises ``RuntimeRefusal``."""

    @abstractmethod
    def compute(self, inputs: list[Prepared]) -> list[Answer]:
        """Return the output and the usage for each of several prepared inputs."""

    def run(self, batch: Sequence[RunRequest]) -> list[RunResult | Exception]:
        """Run a batch; a refused or canceled request does not disturb the others."""
        started = time.perf_counter()
        places: dict[int, Prepared] = {}
        results: list[RunResult | Exception] = []
        for place, request in enumerate(batch):
            results.append(RunResult({}, dict.fromkeys(self.meters, 0), "canceled"))
            if request.is_canceled():
                continue
            try:
                places[place] = self.prepare(request)
            except RuntimeRefusal as refusal:
                results[place] = refusal
        answers = self.compute(list(places.values())) if places else []
        timings = {"compute": (time.perf_counter() - started) * 1000}
        for place, (output, usage) in zip(places, answers, strict=True):
            results[place] = RunResult(output, usage, timings_ms=dict(timings))
        return results
