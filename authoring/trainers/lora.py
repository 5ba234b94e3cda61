"""Trains a low-rank adapter of a ``causal-lm`` base on plain text.

Deterministic: the same base, corpus, recipe, thread count and torch give the same bytes.
"""

import hashlib
import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from inference.runtimes.causal_lm.cache import PromptAttention
from inference.runtimes.causal_lm.config import (
    LORA_RUNTIME,
    CausalLmConfig,
    LoraConfig,
    lora_names,
    target_name,
)
from inference.runtimes.causal_lm.loaded import CausalLm, LoraCausalLm
from inference.runtimes.causal_lm.perplexity import perplexity
from marketplace.core.errors import DomainError

RECORD = "training_record.json"


@dataclass(frozen=True, slots=True)
class LoraRecipe:
    """Everything that decides the result beside base and corpus."""

    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = ("q_proj", "v_proj")
    steps: int = 100
    rows: int = 2
    length: int = 256
    learning_rate: float = 2e-3
    largest_gradient: float = 1.0
    seed: int = 20_261_124


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One finished step, for whoever watches."""

    step: int
    steps: int
    loss: float
    tokens_seen: int


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How an adapter came to be, complete enough to make it again."""

    base_digest: str
    corpus: str
    corpus_sha256: str
    held_out_sha256: str
    corpus_tokens: int
    tokens_seen: int
    recipe: LoraRecipe
    perplexity_before: float
    perplexity_after: float
    final_loss: float
    wall_seconds: float
    hardware: str
    optimizer: str = "AdamW"
    schedule: str = "linear decay to zero"
    torch_version: str = torch.__version__
    threads: int = field(default_factory=torch.get_num_threads)


class CorpusTooShort(DomainError):
    """The corpus does not fill a single training window."""

    code = "authoring.corpus_too_short"
    status = 422
    title = "The corpus is too short"
    message = "The corpus has {tokens} tokens; training needs more than {window}."


@dataclass(slots=True)
class LowRankPair:
    """The trainable A and B of one projection; B begins at zero, so training begins at the base."""

    lora_a: Tensor
    lora_b: Tensor
    scale: float

    def __call__(self, inputs: Tensor) -> Tensor:
        return F.linear(F.linear(inputs, self.lora_a), self.lora_b) * self.scale


Pairs = dict[str, LowRankPair]


def train_lora(
    *,
    base_folder: Path,
    corpus: str,
    corpus_text: str,
    held_out_text: str,
    target: Path,
    recipe: LoraRecipe | None = None,
    base_digest: str | None = None,
    device: str = "cpu",
    on_step: Callable[[TrainingStep], None] | None = None,
) -> TrainingRecord:
    """Train an adapter of the base in ``base_folder`` and write its version folder to ``target``.

    ``corpus`` says in words what the text is. ``base_digest`` is the identity of the base
    version; without one, the digest of its ``model.safetensors`` stands for it.
    ``training_record.json`` lies beside the adapter.
    Raises ``BadModel`` for the base and ``CorpusTooShort``.
    """
    started = time.perf_counter()
    recipe = recipe or LoraRecipe()
    base = CausalLm.load_for_training(base_folder, device=device)
    tokens = torch.tensor(base.tokenizer.encode(corpus_text), device=device)
    if len(tokens) <= recipe.length:
        raise CorpusTooShort(tokens=len(tokens), window=recipe.length)
    pairs, loss = _train(base, tokens, recipe, on_step)
    digest = base_digest or _file_digest(base_folder / "model.safetensors")
    _write_adapter(target, pairs, base.decoder.config, recipe, digest)
    adapted = LoraCausalLm.load(target, device=device, base=base)
    record = TrainingRecord(
        base_digest=digest,
        corpus=corpus,
        corpus_sha256=_text_digest(corpus_text),
        held_out_sha256=_text_digest(held_out_text),
        corpus_tokens=len(tokens),
        tokens_seen=recipe.steps * recipe.rows * recipe.length,
        recipe=recipe,
        perplexity_before=round(perplexity(base, held_out_text), 4),
        perplexity_after=round(perplexity(adapted, held_out_text), 4),
        final_loss=round(loss, 4),
        wall_seconds=round(time.perf_counter() - started, 1),
        hardware=_hardware(device),
    )
    _write_json(target / RECORD, asdict(record))
    return record


def _train(
    base: CausalLm,
    tokens: Tensor,
    recipe: LoraRecipe,
    on_step: Callable[[TrainingStep], None] | None,
) -> tuple[Pairs, float]:
    """Take all steps; return the pairs and the mean loss of the last tenth of the steps."""
    generator = torch.Generator().manual_seed(recipe.seed)
    pairs = _fresh_pairs(base.decoder.config, recipe, tokens.device, generator)
    weights = [weight for pair in pairs.values() for weight in (pair.lora_a, pair.lora_b)]
    optimizer = torch.optim.AdamW(weights, lr=recipe.learning_rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: 1 - done / recipe.steps)
    losses: list[float] = []
    for step in range(1, recipe.steps + 1):
        loss = _loss(base, pairs, _windows(tokens, recipe, generator))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(weights, recipe.largest_gradient)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if on_step is not None:
            seen = step * recipe.rows * recipe.length
            on_step(TrainingStep(step, recipe.steps, losses[-1], seen))
    last = losses[-max(1, recipe.steps // 10) :]
    return pairs, sum(last) / len(last)


def _fresh_pairs(
    config: CausalLmConfig, recipe: LoraRecipe, device: torch.device, generator: torch.Generator
) -> Pairs:
    pairs = {}
    for layer in range(config.layers):
        for target in recipe.targets:
            rows, columns = config.target_shape(target)
            drawn = torch.empty(recipe.rank, columns).uniform_(-1, 1, generator=generator)
            pairs[target_name(layer, target)] = LowRankPair(
                lora_a=(drawn * columns**-0.5).to(device).requires_grad_(),
                lora_b=torch.zeros(rows, recipe.rank, device=device, requires_grad=True),
                scale=recipe.alpha / recipe.rank,
            )
    return pairs


def _windows(tokens: Tensor, recipe: LoraRecipe, generator: torch.Generator) -> Tensor:
    """Draw windows of one token more than is trained on, since each predicts the next."""
    starts = torch.randint(len(tokens) - recipe.length, (recipe.rows,), generator=generator)
    return torch.stack([tokens[start : start + recipe.length + 1] for start in starts.tolist()])


def _loss(base: CausalLm, pairs: Pairs, windows: Tensor) -> Tensor:
    inputs, wanted = windows[:, :-1], windows[:, 1:]
    positions = torch.arange(inputs.shape[1], device=inputs.device)[None]
    states = base.decoder.forward(inputs, positions, PromptAttention(), pairs)
    scores = base.decoder.logits(states)
    return F.cross_entropy(scores.flatten(0, 1).float(), wanted.flatten())


def _write_adapter(
    target: Path, pairs: Pairs, base: CausalLmConfig, recipe: LoraRecipe, base_digest: str
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    config = LoraConfig(recipe.rank, recipe.alpha, recipe.targets, base_digest)
    tensors = {}
    for layer in range(base.layers):
        for name in config.targets:
            pair = pairs[target_name(layer, name)]
            for key, weight in zip(
                lora_names(layer, name), (pair.lora_a, pair.lora_b), strict=True
            ):
                tensors[key] = weight.detach().to("cpu", torch.float16).contiguous()
    save_file(tensors, target / "model.safetensors", metadata={"format": "pt"})
    _write_json(target / "config.json", _adapter_config(config))


def _adapter_config(config: LoraConfig) -> dict[str, object]:
    return {
        "runtime": LORA_RUNTIME,
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_digest": config.base_digest,
        "r": config.rank,
        "lora_alpha": config.alpha,
        "target_modules": list(config.targets),
        "bias": "none",
    }


def _hardware(device: str) -> str:
    if device == "cuda":
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {torch.backends.cpu.get_cpu_capability()}"


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
