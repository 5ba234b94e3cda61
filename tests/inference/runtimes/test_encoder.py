"""The sentence encoder."""

from pathlib import Path
from typing import Any

import pytest
import torch

from inference.runtimes.base import BadModel, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.encoder import EncoderRuntime
from inference.runtimes.encoder.model import Encoder
from tests.inference.runtimes.tiny_others import tiny_encoder


def embed(folder: Path, *texts: str) -> RunResult:
    (result,) = Encoder.load(folder, device="cpu").run([RunRequest("1", {"texts": list(texts)})])
    assert isinstance(result, RunResult)
    return result


def refusal(folder: Path, value: Any) -> RuntimeRefusal:
    (result,) = Encoder.load(folder, device="cpu").run([RunRequest("1", {"texts": value})])
    assert isinstance(result, RuntimeRefusal)
    return result


def test_vectors_have_unit_length(tmp_path: Path) -> None:
    vectors = embed(tiny_encoder(tmp_path), "cancel my plan", "the weather is cold").output[
        "embeddings"
    ]

    lengths = [sum(number * number for number in vector) for vector in vectors]
    assert lengths == pytest.approx([1, 1], abs=1e-6)


def test_vectors_may_keep_their_length(tmp_path: Path) -> None:
    output = embed(tiny_encoder(tmp_path, normalize=False), "cancel my plan").output

    assert sum(number * number for number in output["embeddings"][0]) != pytest.approx(1, abs=1e-3)


def test_padding_does_not_change_a_vector(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    alone = embed(folder, "cancel").output["embeddings"][0]

    together = embed(folder, "how do i cancel my plan the weather is cold", "cancel").output

    assert together["embeddings"][1] == pytest.approx(alone, abs=1e-5)


def test_answers_keep_the_order_of_the_texts(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    texts = ["weather", "how do i cancel", "cold is", "my plan is the subscription"]

    output = embed(folder, *texts).output["embeddings"]

    for text, vector in zip(texts, output, strict=True):
        assert embed(folder, text).output["embeddings"][0] == pytest.approx(vector, abs=1e-5)


def test_counts_tokens_with_those_around_a_text(tmp_path: Path) -> None:
    result = embed(tiny_encoder(tmp_path), "cancel my plan", "weather")

    assert result.usage == {"input_tokens": 5 + 3}


def test_cuts_and_counts_at_the_limit_of_the_config(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path, max_sequence_length=4)

    result = embed(folder, "cancel my plan the weather is cold")

    assert result.usage == {"input_tokens": 4}
    assert result.output == embed(folder, "cancel my").output


def test_may_take_the_first_token_instead_of_the_mean(tmp_path: Path) -> None:
    mean = embed(tiny_encoder(tmp_path / "mean"), "cancel my plan").output
    first = embed(tiny_encoder(tmp_path / "cls", pooling="cls"), "cancel my plan").output

    assert mean != first


def test_agrees_with_the_layers_of_torch(tmp_path: Path) -> None:
    model = Encoder.load(tiny_encoder(tmp_path), device="cpu")
    weights = model._weights
    layer = torch.nn.TransformerEncoderLayer(
        16, 4, 32, dropout=0, activation="gelu", layer_norm_eps=1e-12, batch_first=True
    ).eval()
    name = "encoder.layer.0"
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    layer.load_state_dict(
        {
            "self_attn.in_proj_weight": torch.cat([weights[f"{part}.weight"] for part in parts]),
            "self_attn.in_proj_bias": torch.cat([weights[f"{part}.bias"] for part in parts]),
            "self_attn.out_proj.weight": weights[f"{name}.attention.output.dense.weight"],
            "self_attn.out_proj.bias": weights[f"{name}.attention.output.dense.bias"],
            "linear1.weight": weights[f"{name}.intermediate.dense.weight"],
            "linear1.bias": weights[f"{name}.intermediate.dense.bias"],
            "linear2.weight": weights[f"{name}.output.dense.weight"],
            "linear2.bias": weights[f"{name}.output.dense.bias"],
            "norm1.weight": weights[f"{name}.attention.output.LayerNorm.weight"],
            "norm1.bias": weights[f"{name}.attention.output.LayerNorm.bias"],
            "norm2.weight": weights[f"{name}.output.LayerNorm.weight"],
            "norm2.bias": weights[f"{name}.output.LayerNorm.bias"],
        }
    )
    hidden = torch.randn(2, 5, 16, generator=torch.Generator().manual_seed(3))
    mask = torch.ones(2, 1, 1, 5, dtype=torch.bool)

    with torch.no_grad():
        expected = layer(hidden)
        assert torch.allclose(model._layer(hidden, mask, name), expected, atol=1e-5)


@pytest.mark.parametrize("value", [None, "one text", [], ["text"] * 65, {"0": "text"}])
def test_refuses_what_is_not_a_list_of_texts(tmp_path: Path, value: Any) -> None:
    assert refusal(tiny_encoder(tmp_path), value).field == "texts"


@pytest.mark.parametrize("value", ["", 7, None, float("nan"), ["text"], "x" * 20_001, "\ud800"])
def test_names_the_text_that_is_wrong(tmp_path: Path, value: Any) -> None:
    assert refusal(tiny_encoder(tmp_path), ["fine", value]).field == "texts.1"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hidden_size": 10**9}, "hidden_size must be a whole number from 4 to 4096"),
        ({"hidden_size": 18}, "hidden_size must be a multiple of num_attention_heads"),
        ({"num_hidden_layers": 0}, "num_hidden_layers must be"),
        ({"num_hidden_layers": True}, "num_hidden_layers must be"),
        ({"max_sequence_length": 33}, "max_sequence_length must be"),
        ({"position_embedding_type": "relative"}, "position_embedding_type must be"),
        ({"hidden_act": "swish"}, "hidden_act must be one of gelu, gelu_new, relu"),
    ],
)
def test_refuses_absurd_configs(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadModel, match=reason):
        EncoderRuntime.signature(tiny_encoder(tmp_path, **change))


def test_refuses_more_layers_than_the_file_holds(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(
        config.replace('"num_hidden_layers": 2', '"num_hidden_layers": 3')
    )

    with pytest.raises(BadModel, match=r"encoder\.layer\.2.* is missing"):
        Encoder.load(folder, device="cpu")


def test_refuses_a_tokenizer_with_more_tokens_than_the_model(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="tokens beyond vocab_size"):
        Encoder.load(tiny_encoder(tmp_path, vocab_size=10), device="cpu")


def test_refuses_a_damaged_tokenizer(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')

    with pytest.raises(BadModel, match=r"tokenizer\.json cannot be read"):
        Encoder.load(folder, device="cpu")
