"""One tiny model for the whole package's tests, and short ways to ask it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inference.runtimes.base import RunRequest, RunResult
from inference.runtimes.causal_lm.loaded import CausalLm, ChatModel
from tests.inference.runtimes.tiny_models import tiny_causal_lm

Ask = Callable[..., RunResult]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the tiny model; tests that change files make their own."""
    return tiny_causal_lm(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="session")
def model(folder: Path) -> CausalLm:
    return CausalLm.load(folder, device="cpu")


def chat(text: str = "Tell me about the sea", **options: Any) -> dict[str, Any]:
    """Make an input with one user message."""
    return {"messages": [{"role": "user", "content": text}], "max_tokens": 16, **options}


def request(text: str = "Tell me about the sea", **options: Any) -> RunRequest:
    """Make a request with one user message."""
    return RunRequest(id=text, input=chat(text, **options))


def answer(model: ChatModel, asked: RunRequest) -> RunResult:
    """Run one request alone and return its result, which must not be an error."""
    (result,) = model.run([asked])
    assert isinstance(result, RunResult), result
    return result


def text_of(result: RunResult | Exception) -> str:
    """Return the reply's text."""
    assert isinstance(result, RunResult), result
    return str(result.output["message"]["content"])
