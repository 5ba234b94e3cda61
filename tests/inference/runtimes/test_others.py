"""What every runtime but the language models promises, tried on a tiny model of each."""

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import torch
from safetensors.torch import load_file, save_file

from inference.runtimes.base import BadModel, LoadedModel, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.registry import loader_of, runtime_named
from tests.inference.runtimes import tiny_others as tiny

MAKERS: dict[str, Callable[..., Path]] = {
    "detector": tiny.tiny_detector,
    "encoder": tiny.tiny_encoder,
    "forecaster": tiny.tiny_forecaster,
    "image-classifier": tiny.tiny_image_classifier,
    "linear-text": tiny.tiny_linear_text,
    "tabular-mlp": tiny.tiny_tabular,
}


@pytest.fixture(params=sorted(MAKERS))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return MAKERS[request.param](tmp_path / request.param)


def load(folder: Path, device: str = "cpu") -> LoadedModel:
    return loader_of(runtime_named(folder.name)).load(folder, device=device)


def example(folder: Path) -> dict[str, object]:
    return runtime_named(folder.name).signature(folder).example


def rewrite_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    path = folder / "model.safetensors"
    weights = {name: tensor.clone() for name, tensor in load_file(path).items()}
    change(weights)
    path.unlink()
    save_file(weights, path)


def test_schemas_are_valid_and_describe_every_input(folder: Path) -> None:
    signature = runtime_named(folder.name).signature(folder)

    jsonschema.Draft202012Validator.check_schema(signature.input_schema)
    jsonschema.Draft202012Validator.check_schema(signature.output_schema)
    assert signature.input_schema["additionalProperties"] is False
    for field in signature.input_schema["properties"].values():
        assert field["title"]
        assert field["description"]


def test_the_example_runs_and_answers_by_the_schema(folder: Path) -> None:
    signature = runtime_named(folder.name).signature(folder)
    jsonschema.validate(signature.example, signature.input_schema)

    (result,) = load(folder).run([RunRequest("one", signature.example)])

    assert isinstance(result, RunResult)
    jsonschema.validate(result.output, signature.output_schema)
    assert tuple(result.usage) == signature.meters
    assert result.timings_ms["compute"] > 0


def test_a_refused_request_does_not_disturb_its_batch(folder: Path) -> None:
    good = example(folder)
    model = load(folder)
    (alone,) = model.run([RunRequest("alone", good)])

    first, second, third = model.run(
        [RunRequest("1", good), RunRequest("2", {}), RunRequest("3", good)]
    )

    assert isinstance(second, RuntimeRefusal)
    assert isinstance(first, RunResult)
    assert isinstance(third, RunResult)
    assert isinstance(alone, RunResult)
    assert flat(first.output) == pytest.approx(flat(third.output), rel=1e-5, abs=1e-5)
    assert first.usage == alone.usage


def test_names_an_unknown_field(folder: Path) -> None:
    (result,) = load(folder).run([RunRequest("1", {**example(folder), "price": 0})])

    assert isinstance(result, RuntimeRefusal)
    assert result.field == "price"


def test_a_canceled_request_is_not_measured(folder: Path) -> None:
    request = RunRequest("1", example(folder), is_canceled=lambda: True)

    (result,) = load(folder).run([request])

    assert isinstance(result, RunResult)
    assert result.finish_reason == "canceled"
    assert set(result.usage.values()) == {0}


def test_an_empty_batch_has_no_results(folder: Path) -> None:
    assert load(folder).run([]) == []


def test_counts_the_memory_of_its_weights(folder: Path) -> None:
    stored = load_file(folder / "model.safetensors").values()
    largest = max(tensor.nbytes for tensor in stored)

    assert largest <= load(folder).memory_bytes <= sum(tensor.nbytes for tensor in stored) + 2000


def test_refuses_a_missing_tensor(folder: Path) -> None:
    last = sorted(load_file(folder / "model.safetensors"))[-1]
    rewrite_weights(folder, lambda weights: weights.pop(last))

    with pytest.raises(BadModel, match=f"{last} is missing"):
        load(folder)


def test_refuses_a_tensor_too_many(folder: Path) -> None:
    rewrite_weights(folder, lambda weights: weights.update(extra=torch.zeros(1)))

    with pytest.raises(BadModel, match="extra does not belong"):
        load(folder)


def test_refuses_a_tensor_of_another_shape(folder: Path) -> None:
    rewrite_weights(
        folder, lambda weights: weights.update({sorted(weights)[-1]: torch.zeros(1, 2, 3, 4, 5)})
    )

    with pytest.raises(BadModel, match=r"has shape \[1, 2, 3, 4, 5\], not"):
        load(folder)


def test_refuses_a_tensor_of_another_type(folder: Path) -> None:
    def to_integers(weights: dict[str, torch.Tensor]) -> None:
        last = sorted(weights)[-1]
        weights[last] = weights[last].to(torch.int64)

    rewrite_weights(folder, to_integers)

    with pytest.raises(BadModel, match="is I64, not"):
        load(folder)


def test_refuses_weights_that_are_not_finite(folder: Path) -> None:
    rewrite_weights(folder, lambda weights: weights[sorted(weights)[-1]].fill_(torch.nan))

    with pytest.raises(BadModel, match="not finite"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("config.json", "", "config.json cannot be read"),
        ("config.json", "[]", "must hold a JSON object"),
        ("config.json", '{"runtime": NaN}', "NaN is not a JSON number"),
        ("config.json", "[" * 100_000, "config.json cannot be read"),
        ("config.json", '{"runtime": "other"}', "runtime must be one of"),
        ("model.safetensors", "", "not a safetensors file"),
        ("model.safetensors", "\x08\0\0\0\0\0\0\0nonsense", "not a safetensors file"),
    ],
)
def test_refuses_damaged_files(folder: Path, name: str, content: str, reason: str) -> None:
    (folder / name).write_text(content)

    with pytest.raises(BadModel, match=reason):
        load(folder)


def test_refuses_missing_files(folder: Path) -> None:
    for name in runtime_named(folder.name).required_files:
        content = (folder / name).read_bytes()
        (folder / name).unlink()
        with pytest.raises(BadModel, match=f"{name} is missing"):
            load(folder)
        (folder / name).write_bytes(content)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_answers_alike_on_a_gpu(folder: Path) -> None:
    request = RunRequest("1", example(folder))
    (slow,) = load(folder).run([request])

    (fast,) = load(folder, device="cuda").run([request])

    assert isinstance(slow, RunResult)
    assert isinstance(fast, RunResult)
    assert flat(fast.output) == pytest.approx(flat(slow.output), rel=1e-3, abs=1e-3)


def flat(value: object) -> list[float]:
    """List the numbers of a JSON value in order."""
    if isinstance(value, dict):
        return [number for item in value.values() for number in flat(item)]
    if isinstance(value, list):
        return [number for item in value for number in flat(item)]
    return [float(value)] if isinstance(value, int | float) else []
