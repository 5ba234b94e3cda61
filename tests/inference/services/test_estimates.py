"""The most a call can use is known before it runs, and is never too little."""

import base64

import pytest

from catalog.types import Route, VersionRef
from inference.runtimes.causal_lm.request import Sampling, input_schema
from inference.services.estimates import estimate_quantities
from inference.services.predictions import create
from tests.factories.inference import HELLO, request_of


def route(*meters, schema=None):
    version = VersionRef(id="v", digest="d", runtime="r", files=())
    signature = {"meters": list(meters), "input_schema": schema or {}}
    return Route(version=version, listing_id="l", signature=signature, channel=None)


CHAT = route("input_tokens", "output_tokens", schema=input_schema(Sampling()))


def test_every_call_counts_as_a_request_and_computes():
    expected, maximum = estimate_quantities(route(), {}, timeout_seconds=30)

    assert expected == {"requests": 1, "compute_ms": 500}
    assert maximum == {"requests": 1, "compute_ms": 30_000}


def test_counts_a_token_for_each_byte_at_worst():
    value = {"messages": [{"role": "user", "content": "größer"}]}

    _, maximum = estimate_quantities(CHAT, value)

    assert maximum["input_tokens"] == len(b"user") + 8 + 2 * 16 + 256


def test_takes_the_output_that_was_asked_for():
    expected, maximum = estimate_quantities(CHAT, {"max_tokens": 9})

    assert (expected["output_tokens"], maximum["output_tokens"]) == (5, 9)


def test_takes_the_default_output_otherwise():
    assert estimate_quantities(CHAT, {})[1]["output_tokens"] == 256


@pytest.mark.parametrize(
    ("meter", "value", "maximum"),
    [
        ("rows", {"rows": [{}, {}, {}]}, 3),
        ("rows", {}, 1),
        ("images", {"image": "data:"}, 1),
        ("images", {"images": ["", ""]}, 2),
        ("pixels", {"image": ""}, 32_000_000),
        ("input_characters", {"texts": ["größer", "x"]}, 7),
        ("audio_ms", {"audio": "A" * 400}, 300),
        ("novel_meter", {}, 1),
    ],
)
def test_measures_by_meter(meter, value, maximum):
    assert estimate_quantities(route(meter), value)[1][meter] == maximum


def test_a_wav_file_is_not_taken_for_the_thinnest_sound_there_is():
    signature = {
        "meters": ["audio_ms"],
        "input_schema": {"properties": {"audio": {"contentMediaType": "audio/wav"}}},
    }
    guess = Route(version=None, listing_id="", signature=signature, channel=None)
    second = base64.b64encode(bytes(44 + 16_000)).decode()

    expected, most = estimate_quantities(guess, {"audio": second})

    assert (expected["audio_ms"], most["audio_ms"]) == (501, 1003)


@pytest.mark.django_db
def test_a_real_run_stays_within_its_estimate(as_alice, chat):
    version = chat.versions.get()
    guess = Route(version=None, listing_id="", signature=version.signature, channel=None)
    _, maximum = estimate_quantities(guess, HELLO)

    used = create(by=as_alice, request=request_of(chat, HELLO)).usage

    assert set(used) == set(maximum)
    assert all(used[meter] <= maximum[meter] for meter in used)
