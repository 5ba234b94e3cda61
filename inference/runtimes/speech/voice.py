"""Where somebody speaks: Silero's voice activity network, at 16 kHz.

The architecture is that of the ``silero-vad`` package's own description of its weights (MIT).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

FRAME = 512
# Each frame is heard with the end of the one before, and with its own end mirrored.
CONTEXT = 64
SPECTRUM, STRIDE = 256, 128
BINS = SPECTRUM // 2 + 1
WIDTH = 128
FRAMES_AT_ONCE = 2048
# Input and output channels and stride of each convolution; all reach over three steps.
CONVOLUTIONS = ((BINS, 128, 1), (128, 64, 2), (64, 64, 2), (64, WIDTH, 1))


def voice_shapes() -> dict[str, tuple[int, ...]]:
    """List the tensors of the network, with their shapes."""
    shapes: dict[str, tuple[int, ...]] = {
        "voice.stft_conv.weight": (2 * BINS, 1, SPECTRUM),
        "voice.lstm_cell.weight_ih": (4 * WIDTH, WIDTH),
        "voice.lstm_cell.weight_hh": (4 * WIDTH, WIDTH),
        "voice.lstm_cell.bias_ih": (4 * WIDTH,),
        "voice.lstm_cell.bias_hh": (4 * WIDTH,),
        "voice.final_conv.weight": (1, WIDTH, 1),
        "voice.final_conv.bias": (1,),
    }
    for place, (source, target, _) in enumerate(CONVOLUTIONS, start=1):
        shapes[f"voice.conv{place}.weight"] = (target, source, 3)
        shapes[f"voice.conv{place}.bias"] = (target,)
    return shapes


class VoiceActivity:
    """The network; it reads a recording as one sequence of frames."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self._weights = {name.removeprefix("voice."): one for name, one in weights.items()}
        self._memory = _lstm(self._weights)

    @torch.inference_mode()
    def probabilities(self, samples: Tensor) -> Tensor:
        """Return the probability of speech in each frame of samples [time]."""
        frames = _frames(samples)
        heard = torch.cat([self._hear(part) for part in torch.split(frames, FRAMES_AT_ONCE)])
        states, _ = self._memory(heard)
        final = self._weights["final_conv.weight"][:, :, 0]
        return F.linear(states.relu(), final, self._weights["final_conv.bias"]).sigmoid()[:, 0]

    def _hear(self, frames: Tensor) -> Tensor:
        """Turn frames [frames, samples] into features [frames, width]."""
        mirrored = F.pad(frames[:, None], (0, CONTEXT), mode="reflect")
        waves = F.conv1d(mirrored, self._weights["stft_conv.weight"], stride=STRIDE)
        features = (waves[:, :BINS] ** 2 + waves[:, BINS:] ** 2).sqrt()
        for place, (_, _, stride) in enumerate(CONVOLUTIONS, start=1):
            weight = self._weights[f"conv{place}.weight"]
            bias = self._weights[f"conv{place}.bias"]
            features = F.conv1d(features, weight, bias, stride=stride, padding=1).relu()
        return features[:, :, 0]


def _frames(samples: Tensor) -> Tensor:
    """Cut samples into overlapping frames [frames, context + frame], the last one padded."""
    padded = F.pad(samples, (CONTEXT, -len(samples) % FRAME))
    return padded.unfold(0, CONTEXT + FRAME, FRAME)


def _lstm(weights: dict[str, Tensor]) -> torch.nn.LSTM:
    lstm = torch.nn.LSTM(WIDTH, WIDTH, device=weights["lstm_cell.weight_ih"].device)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(lstm, f"{name}_l0").data = weights[f"lstm_cell.{name}"]
    return lstm.requires_grad_(False)
