"""Runtimes are found by name, and their sources have one digest."""

import subprocess
import sys

import pytest

from inference.runtimes import registry
from inference.runtimes.base import BadModel, LoadedModel, Runtime
from inference.runtimes.registry import loader_of, names, runtime_digest, runtime_named


@pytest.mark.parametrize("name", names())
def test_finds_every_runtime_under_its_own_name(name: str) -> None:
    runtime = runtime_named(name)

    assert issubclass(runtime, Runtime)
    assert runtime.name == name


@pytest.mark.parametrize("name", names())
def test_finds_the_loader_of_every_runtime(name: str) -> None:
    assert issubclass(loader_of(runtime_named(name)), LoadedModel)


def test_refuses_an_unknown_name_and_says_what_there_is() -> None:
    with pytest.raises(BadModel, match=r"'custom-code'; this platform has .*causal-lm"):
        runtime_named("custom-code")


def test_refuses_an_entry_that_is_not_a_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.RUNTIMES, "odd", "inference.runtimes.base.RunRequest")

    with pytest.raises(TypeError, match="not a Runtime"):
        runtime_named("odd")


def test_reads_signatures_without_importing_torch() -> None:
    program = (
        "import sys; from inference.runtimes.registry import *\n"
        "runtime_digest(); runtime_named('causal-lm'); runtime_named('causal-lm-lora')\n"
        "sys.exit('torch' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_digests_the_sources_and_the_version_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = runtime_digest.__wrapped__
    before = digest()
    monkeypatch.setattr(registry, "_torch_version", lambda: "0.0")

    assert len(before) == 64
    assert digest() != before


def test_digests_once() -> None:
    assert runtime_digest() is runtime_digest()
