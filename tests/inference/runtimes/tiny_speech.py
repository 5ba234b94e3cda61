"""A tiny speech-to-text version: a random Whisper behind a voice detector that hears loudness."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models

from inference.runtimes.speech.config import SpeechConfig
from inference.runtimes.speech.network import whisper_shapes
from inference.runtimes.speech.voice import BINS, SPECTRUM, WIDTH, voice_shapes

WORDS = ("Ġyes", "Ġno", "Ġten", "Ġof", "Ġclubs", "a", "b", "c", "Ã", "©", ".", ",")
SPEECH: dict[str, Any] = {
    "runtime": "speech-to-text",
    "model_type": "whisper",
    "d_model": 16,
    "encoder_layers": 2,
    "encoder_attention_heads": 2,
    "encoder_ffn_dim": 24,
    "decoder_layers": 2,
    "decoder_attention_heads": 4,
    "decoder_ffn_dim": 24,
    "num_mel_bins": 16,
    "max_source_positions": 50,
    "max_target_positions": 32,
    "eos_token_id": len(WORDS),
    "decoder_start_token_id": len(WORDS) + 1,
    "no_timestamps_token_id": len(WORDS) + 2,
    "vocab_size": len(WORDS) + 3 + 51,
    "longest_seconds": 20,
    "voice_activity": {"least_silence": 0.3, "padding": 0.1},
}


def tiny_speech(folder: Path, **changes: Any) -> Path:
    """Write a servable version whose windows are one second long."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(SPEECH | changes))
    tokenizer = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(WORDS)}, merges=[]))
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(f"<|{name}|>", special=True) for name in ("end", "start", "no-times")]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    random = torch.Generator().manual_seed(7)
    shapes = whisper_shapes(SpeechConfig.read(folder))
    tensors = {name: torch.randn(shape, generator=random) / 4 for name, shape in shapes.items()}
    save_file(tensors | loudness_detector(), folder / "model.safetensors")
    return folder


def loudness_detector() -> dict[str, torch.Tensor]:
    """Return weights with which the voice network says how loud a frame is, without memory."""
    weights = {
        name: torch.full(shape, 1 / (shape[1] * shape[2])) if "conv" in name else torch.zeros(shape)
        for name, shape in voice_shapes().items()
        if not name.endswith("bias")
    }
    weights |= {
        name: torch.zeros(shape) for name, shape in voice_shapes().items() if "bias" in name
    }
    angle = torch.arange(BINS)[:, None] * torch.arange(SPECTRUM) * (2 * torch.pi / SPECTRUM)
    weights["voice.stft_conv.weight"] = torch.cat([angle.cos(), angle.sin()])[:, None]
    weights["voice.lstm_cell.weight_ih"][2 * WIDTH : 3 * WIDTH] = 20 / WIDTH
    gates = torch.tensor([10.0, -10.0, 0.0, 10.0]).repeat_interleave(WIDTH)
    weights["voice.lstm_cell.bias_ih"] = gates
    weights["voice.final_conv.weight"] = torch.full((1, WIDTH, 1), 13.0 / WIDTH)
    weights["voice.final_conv.bias"] = torch.tensor([-5.0])
    return weights
