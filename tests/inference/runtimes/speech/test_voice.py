"""The voice network and the spans made of its probabilities."""

import pytest
import torch
import torch.nn.functional as F

from inference.runtimes.speech.config import VoiceConfig
from inference.runtimes.speech.spans import FRAME_SECONDS, Span, speech_spans, windows_of
from inference.runtimes.speech.voice import FRAMES_AT_ONCE, VoiceActivity, voice_shapes

USUAL = VoiceConfig(threshold=0.5, least_speech=0.25, least_silence=0.5, padding=0.0)


@pytest.fixture(scope="module")
def weights() -> dict[str, torch.Tensor]:
    random = torch.Generator().manual_seed(5)
    return {
        name: torch.randn(shape, generator=random) / 8 for name, shape in voice_shapes().items()
    }


def slow_probabilities(weights: dict[str, torch.Tensor], samples: torch.Tensor) -> list[float]:
    """Go frame by frame, as the package describes its own model."""
    cell = torch.nn.LSTMCell(128, 128)
    cell.load_state_dict(
        {
            name.removeprefix("voice.lstm_cell."): one
            for name, one in weights.items()
            if "lstm" in name
        }
    )
    padded = F.pad(samples, (64, -len(samples) % 512))
    found, state = [], None
    for start in range(64, len(padded), 512):
        frame = padded[start - 64 : start + 512]
        x = torch.cat([frame, frame[-65:-1].flip(0)])
        x = F.conv1d(x[None, None], weights["voice.stft_conv.weight"], stride=128)[0]
        x = (x[:129] ** 2 + x[129:] ** 2).sqrt()
        for place, stride in ((1, 1), (2, 2), (3, 2), (4, 1)):
            kernel, bias = weights[f"voice.conv{place}.weight"], weights[f"voice.conv{place}.bias"]
            x = F.conv1d(x[None], kernel, bias, stride=stride, padding=1)[0].relu()
        with torch.no_grad():
            state = cell(x[:, 0][None], state)
        last = state[0][0].relu() @ weights["voice.final_conv.weight"][0, :, 0]
        found.append(torch.sigmoid(last + weights["voice.final_conv.bias"]).item())
    return found


def test_hears_what_a_walk_frame_by_frame_hears(weights) -> None:
    samples = torch.randn(512 * 6 + 100, generator=torch.Generator().manual_seed(6)) / 4

    found = VoiceActivity(weights).probabilities(samples)

    assert found.tolist() == pytest.approx(slow_probabilities(weights, samples), abs=1e-5)
    assert len(found) == 7


def test_a_long_recording_is_heard_in_parts_that_join(weights, monkeypatch) -> None:
    samples = torch.randn(512 * 10, generator=torch.Generator().manual_seed(6)) / 4
    whole = VoiceActivity(weights).probabilities(samples)

    monkeypatch.setattr("inference.runtimes.speech.voice.FRAMES_AT_ONCE", 3)

    assert VoiceActivity(weights).probabilities(samples).tolist() == pytest.approx(whole.tolist())
    assert FRAMES_AT_ONCE * 576 * 4 < 8 << 20


def frames(*stretches: tuple[float, float]) -> list[float]:
    """Return probabilities that hold for so many seconds each."""
    return [p for p, seconds in stretches for _ in range(round(seconds / FRAME_SECONDS))]


def test_speech_begins_and_ends_with_its_probability() -> None:
    found = speech_spans(frames((0.01, 1.024), (0.9, 2.048), (0.02, 1.024)), 4.096, USUAL)

    assert found == [Span(pytest.approx(1.024), pytest.approx(3.072))]


def test_a_doubt_or_a_short_pause_does_not_end_it_and_a_click_does_not_begin_it() -> None:
    speech = frames((0.9, 0.512), (0.4, 0.512), (0.9, 0.512), (0.1, 0.32), (0.9, 0.512))
    click = frames((0.01, 2.048), (0.9, 0.096), (0.01, 0.512))

    found = speech_spans(speech + click, 10, USUAL)

    assert found == [Span(0, pytest.approx(2.368, abs=0.02))]


def test_padding_reaches_into_silence_but_never_over_a_neighbor_or_the_ends() -> None:
    close = VoiceConfig(threshold=0.5, least_speech=0.1, least_silence=0.2, padding=0.4)
    probabilities = frames((0.9, 0.512), (0.01, 0.512), (0.9, 0.512), (0.01, 0.192))

    first, second = speech_spans(probabilities, 1.728, close)

    assert (first.start, second.end) == (0.0, 1.728)
    assert first.end == pytest.approx(second.start)


def test_silence_has_no_spans() -> None:
    assert speech_spans(frames((0.1, 100)), 100, USUAL) == []
    assert windows_of([], [], 30) == []


def test_windows_join_what_fits_and_keep_long_pauses_out() -> None:
    spans = [Span(0, 10), Span(11, 25), Span(26, 31), Span(40, 41)]

    assert windows_of(spans, frames((0.9, 50)), 30) == [Span(0, 25), Span(26, 31), Span(40, 41)]


def test_speech_without_a_pause_is_cut_where_the_voice_is_weakest() -> None:
    probabilities = frames((0.9, 24.0), (0.6, 0.032), (0.9, 16.0))

    first, second = windows_of([Span(0, 40)], probabilities, 30)

    assert first.end == second.start == pytest.approx(24.0)
    assert second.end == 40


def test_windows_never_exceed_the_longest() -> None:
    windows = windows_of([Span(0, 500)], frames((0.9, 500)), 30)

    assert max(one.seconds for one in windows) <= 30
    assert sum(one.seconds for one in windows) == pytest.approx(500)
