"""A whole version: from a WAV file to a transcript."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from jsonschema import Draft202012Validator
from safetensors.torch import load_file, save_file

from inference.runtimes.base import BadModel, Json, RunRequest, RunResult, RuntimeRefusal
from inference.runtimes.speech import SpeechRuntime
from inference.runtimes.speech.model import SpeechToText
from inference.runtimes.speech.transcript import Transcript
from tests.inference.runtimes.speech.sounds import silence, tone, wav
from tests.inference.runtimes.tiny_speech import SPEECH, WORDS, tiny_speech

SPOKEN = wav(silence(1), tone(0.8), silence(2), tone(0.6), silence(1))


def answer(model: SpeechToText, audio: str, **more: Any) -> RunResult:
    (result,) = model.run([RunRequest("1", {"audio": audio}, **more)])
    assert isinstance(result, RunResult), result
    return result


def test_finds_speech_and_writes_segments_inside_it(model: SpeechToText) -> None:
    result = answer(model, SPOKEN)

    first, second = result.output["speech"]
    assert (first["start"], first["end"]) == pytest.approx((0.9, 1.9), abs=0.05)
    assert (second["start"], second["end"]) == pytest.approx((3.7, 4.5), abs=0.05)
    assert result.output["seconds"] == 5.4
    assert result.output["segments"]
    for one in result.output["segments"]:
        inside = first if one["end"] <= first["end"] else second
        assert inside["start"] <= one["start"] <= one["end"] <= inside["end"]
    assert result.finish_reason == "stop"


def test_its_output_and_example_fit_their_schemas(model: SpeechToText, folder: Path) -> None:
    signature = SpeechRuntime.signature(folder)

    result = answer(model, signature.example["audio"])

    Draft202012Validator(signature.input_schema).validate(signature.example)
    Draft202012Validator(signature.output_schema).validate(result.output)
    Draft202012Validator(signature.output_schema).validate(answer(model, SPOKEN).output)
    assert (signature.task, signature.meters) == ("speech-recognition", ("audio_ms",))
    assert signature.streams


def test_measures_all_of_the_sound_silence_too(model: SpeechToText) -> None:
    assert answer(model, SPOKEN).usage == {"audio_ms": 5400}
    assert answer(model, wav(silence(2.5, rate=8000), rate=8000)).usage == {"audio_ms": 2500}


@pytest.mark.parametrize("quiet", [silence(15), tone(15) * 1e-4], ids=["none", "hum"])
def test_silence_gives_nothing_and_runs_no_decoder(model, monkeypatch, quiet) -> None:
    def never(*args: object) -> None:
        raise AssertionError("the decoder ran")

    monkeypatch.setattr(model, "_write", never)

    output = answer(model, wav(quiet)).output

    assert output == {"text": "", "segments": [], "speech": [], "seconds": 15.0}


def test_pieces_of_a_stream_are_the_text(model: SpeechToText) -> None:
    pieces: list[Json] = []

    result = answer(model, SPOKEN, emit=pieces.append)

    assert len(pieces) > 2
    assert "".join(piece["text"] for piece in pieces).strip() == result.output["text"]
    assert 0 < result.timings_ms["first_output"] < result.timings_ms["compute"]


def test_a_long_sound_is_written_window_by_window(model: SpeechToText) -> None:
    parts = [one for _ in range(5) for one in (tone(0.8), silence(2.5))]

    output = answer(model, wav(*parts)).output

    starts = [span["start"] for span in output["speech"]]
    assert starts == pytest.approx([0, 3.2, 6.5, 9.8, 13.1], abs=0.05)
    assert [one["start"] for one in output["segments"]] == sorted(
        one["start"] for one in output["segments"]
    )


def test_other_rates_and_two_channels_are_heard_alike(model: SpeechToText) -> None:
    wide = tone(0.8, rate=44_100).repeat(2)

    result = answer(model, wav(wide, rate=44_100, channels=2))

    assert result.output["speech"] == [{"start": 0.0, "end": pytest.approx(0.8)}]
    assert result.usage == {"audio_ms": 800}


def test_a_canceled_call_pays_for_the_windows_it_got(model: SpeechToText) -> None:
    heard: list[Json] = []

    result = answer(model, SPOKEN, emit=heard.append, is_canceled=lambda: len(heard) > 0)

    assert result.finish_reason == "canceled"
    assert result.usage["audio_ms"] == pytest.approx(1900, abs=50)
    assert len(heard) == 1


def test_a_call_canceled_before_it_began_pays_nothing(model: SpeechToText) -> None:
    result = answer(model, SPOKEN, is_canceled=lambda: True)

    assert (result.usage, result.output["text"]) == ({"audio_ms": 0}, "")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({}, "audio"),
        ({"audio": wav(silence(21))}, "audio"),
        ({"audio": "aGVsbG8="}, "audio"),
        ({"audio": SPOKEN, "language": "de"}, "language"),
    ],
)
def test_names_the_field_that_is_wrong_and_answers_the_others(model, value, field) -> None:
    refused, served = model.run([RunRequest("1", value), RunRequest("2", {"audio": SPOKEN})])

    assert isinstance(refused, RuntimeRefusal)
    assert refused.field == field
    assert isinstance(served, RunResult)


def test_knows_its_memory(model: SpeechToText, folder: Path) -> None:
    stored = load_file(folder / "model.safetensors").values()

    assert model.memory_bytes == sum(one.nbytes for one in stored)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"d_model": 15}, "encoder_attention_heads must be a divisor"),
        ({"vocab_size": 60}, "no_timestamps_token_id"),
        ({"model_type": "wav2vec2"}, "model_type"),
        ({"max_source_positions": 10**9}, "max_source_positions"),
        ({"suppress_tokens": [10**6]}, "suppress_tokens"),
        ({"voice_activity": 3}, "voice_activity"),
        ({"longest_seconds": 10**6}, "longest_seconds"),
        ({"example_audio": 3}, "example_audio"),
    ],
)
def test_refuses_a_config_out_of_bounds(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    folder = tiny_speech(tmp_path)
    (folder / "config.json").write_text(json.dumps(SPEECH | change))

    with pytest.raises(BadModel, match=says):
        SpeechRuntime.signature(folder)


@pytest.mark.parametrize("name", ["voice.conv1.weight", "model.decoder.embed_tokens.weight"])
def test_refuses_weights_that_are_not_whole(tmp_path: Path, name: str) -> None:
    folder = tiny_speech(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    tensors[name] = torch.zeros(3)
    save_file(tensors, folder / "model.safetensors")

    with pytest.raises(BadModel, match=name):
        SpeechToText.load(folder, device="cpu")


def test_text_of_a_new_window_is_set_apart_and_a_split_character_waits() -> None:
    shown: list[Json] = []
    words = {**dict(enumerate(WORDS)), 8: "\u00c3", 9: "\u00a9"}

    def decode(tokens) -> str:
        text = "".join(words[one] for one in tokens)
        return text.replace("\u00c3\u00a9", "é").replace("\u00c3", "\ufffd").replace("Ġ", " ")

    transcript = Transcript(decode, shown.append)
    for window in ((0, 8, 9), (5, 6)):
        transcript.begin_window()
        for token in window:
            transcript.hear(token)
    transcript.finish()

    assert [piece["text"] for piece in shown] == ["yes", "é", " a", "b"]
    assert transcript.text == "yesé ab"
