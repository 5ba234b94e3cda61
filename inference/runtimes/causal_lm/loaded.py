"""A resident language model, or an adapter on one, answering batches of chats."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch

from inference.runtimes.base import (
    BadModel,
    LoadedModel,
    RunRequest,
    RunResult,
    RuntimeRefusal,
)
from inference.runtimes.causal_lm.chat import ChatTokenizer
from inference.runtimes.causal_lm.config import read_causal_lm_config, read_lora_config
from inference.runtimes.causal_lm.generate import MOST_CACHED_TOKENS, Row, Stepper
from inference.runtimes.causal_lm.lora import read_adapter
from inference.runtimes.causal_lm.model import NO_ADAPTER, Adapter, Decoder
from inference.runtimes.causal_lm.request import Sampling, read_defaults, read_request
from inference.runtimes.causal_lm.sampling import Sampler
from inference.runtimes.causal_lm.text import TextStream
from inference.runtimes.causal_lm.weights import read_tensors

BATCH = {"cpu": 8, "cuda": 32}


class ChatModel(LoadedModel):
    """Answers chats with a decoder, through an adapter where there is one."""

    def __init__(
        self,
        decoder: Decoder,
        tokenizer: ChatTokenizer,
        defaults: Sampling,
        adapter: Adapter = NO_ADAPTER,
    ) -> None:
        self.decoder = decoder
        self.tokenizer = tokenizer
        self.adapter = adapter
        self.max_batch = BATCH[decoder.device.type]
        self._defaults = defaults

    def run(self, batch: Sequence[RunRequest]) -> list[RunResult | Exception]:
        """Generate for all requests together; each one leaves the batch when it is done."""
        rows = [self._row(request) for request in batch]
        stepper = Stepper(self.decoder, slots=max(1, len(rows)), adapter=self.adapter)
        accepted = [row for row in rows if isinstance(row, Row)]
        for row in accepted:
            stepper.add(row)
        try:
            while stepper.is_busy:
                stepper.step()
        except Exception as error:  # one failed pass ends all rows that were in it
            for row in accepted:
                if not row.has_left:
                    row.leave("failed", error)
        return [result_of(row) if isinstance(row, Row) else row for row in rows]

    def _row(self, request: RunRequest) -> Row | Exception:
        try:
            return self.row_for(request)
        except RuntimeRefusal as refusal:
            return refusal

    def row_for(self, request: RunRequest) -> Row:
        """Prepare a request for a stepper; raises ``RuntimeRefusal``."""
        wanted = read_request(request.input, self._defaults)
        prompt = self.tokenizer.encode_chat(wanted.messages)
        context = min(self.decoder.config.context, MOST_CACHED_TOKENS)
        if len(prompt) >= context:
            raise RuntimeRefusal(
                "messages",
                f"The messages are {len(prompt)} tokens long; with room for a reply "
                f"this model takes at most {context - 1}.",
            )
        return Row(
            prompt=prompt,
            room=min(len(prompt) + wanted.max_tokens, context),
            sampler=Sampler(wanted.sampling),
            stream=TextStream(self.tokenizer.decode, wanted.stops),
            emit=request.emit,
            is_canceled=request.is_canceled,
        )


class CausalLm(ChatModel):
    """A whole model, resident with its own weights."""

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        """Load the version in ``folder``; raises ``BadModel``."""
        return cls._read(folder, device=device, dtype=dtype_on(device), pack=True)

    @classmethod
    def load_for_training(cls, folder: Path, *, device: str) -> Self:
        """Load in 32-bit floats and unpacked, so that gradients pass through the weights."""
        return cls._read(folder, device=device, dtype=torch.float32, pack=False)

    @classmethod
    @torch.no_grad()
    def _read(cls, folder: Path, *, device: str, dtype: torch.dtype, pack: bool) -> Self:
        config = read_causal_lm_config(folder)
        tokenizer = ChatTokenizer(folder, vocab_size=config.vocab_size)
        defaults = read_defaults(folder)
        tensors = read_tensors(folder, config.tensor_shapes(), config.dtypes)
        decoder = Decoder(config, tensors, device=device, dtype=dtype, pack=pack)
        return cls(decoder, tokenizer, defaults)

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the weights."""
        return self.decoder.memory_bytes


class LoraCausalLm(ChatModel):
    """An adapter that shares the weights, the tokenizer and the template of its base."""

    @classmethod
    def load(cls, folder: Path, *, device: str, base: LoadedModel | None = None) -> Self:
        """Load the adapter in ``folder`` onto its resident ``base``; raises ``BadModel``."""
        if not isinstance(base, CausalLm):
            raise BadModel("An adapter of causal-lm needs its base, a causal-lm, to be resident.")
        adapter = read_adapter(folder, read_lora_config(folder), base.decoder)
        model = cls(base.decoder, base.tokenizer, read_defaults(folder), adapter)
        model._adapter_bytes = sum(change.nbytes for change in adapter.values())
        return model

    _adapter_bytes = 0

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the adapter alone."""
        return self._adapter_bytes


def dtype_on(device: str) -> torch.dtype:
    """Return the precision of a device, which is part of what a version answers.

    On the CPU 32-bit floats: where there are no bfloat16 instructions those are slower in
    batches, and everywhere less exact.
    """
    return torch.bfloat16 if device == "cuda" else torch.float32


def result_of(row: Row) -> RunResult | Exception:
    """Report a row that has left."""
    if row.error is not None or row.left_at is None:
        return row.error or RuntimeError("The row has not left its stepper.")
    timings = {"compute": (row.left_at - (row.started_at or row.left_at)) * 1000}
    if row.first_output_at is not None:
        timings["first_output"] = (row.first_output_at - row.added_at) * 1000
    return RunResult(
        output={"message": {"role": "assistant", "content": row.stream.text}},
        usage={
            "input_tokens": len(row.prompt) if row.started_at is not None else 0,
            "output_tokens": row.output_tokens,
            "requests": 1,
        },
        finish_reason=row.finish_reason or "stop",
        timings_ms=timings,
    )
