"""The calls to copy work as pasted."""

import json
import shutil
import subprocess
import sys

import pytest

from inference.snippets import snippets, stream_snippets
from tests.conftest import api_of
from tests.factories.inference import speech_listing

pytestmark = pytest.mark.django_db(transaction=True)
SPEECH = {"audio": "AAAA"}
QUOTED = {
    "messages": [{"role": "user", "content": 'It\'s "quoted" \\ and $HOME é'}],
    "max_tokens": 3,
}


@pytest.fixture
def store(live_server, chat, as_alice):
    """A live store with a tiny chat model, and a key that may call it."""
    key = api_of(as_alice)._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    return live_server.url, str(chat.model_id), key


@pytest.fixture
def speech(live_server, harbor, acme, as_alice, tmp_path):
    """The same with a tiny model that hears."""
    listing = speech_listing(harbor, tmp_path / "speech", buyer=acme)
    key = api_of(as_alice)._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    return live_server.url, str(listing.model_id), key


def pasted(command, key, **options):
    done = subprocess.run(
        command,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "STOA_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def code_of(store, label, example=QUOTED):
    site, model, _ = store
    return next(one.code for one in snippets(site, model, example) if one.label == label)


def test_curl_works_as_pasted(store):
    answer = json.loads(
        pasted(["bash", "-c", code_of(store, "curl").replace("curl ", "curl -s ")], store[2])
    )

    assert answer["status"] == "succeeded"
    assert answer["input"] == QUOTED


def test_python_works_as_pasted(store):
    printed = pasted([sys.executable, "-c", code_of(store, "Python")], store[2])

    assert '"role": "assistant"' in printed
    assert printed.strip().endswith("USD")


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_javascript_works_as_pasted(store, tmp_path):
    script = tmp_path / "call.mjs"
    script.write_text(code_of(store, "JavaScript"))

    printed = pasted([shutil.which("node"), str(script)], store[2])

    assert "assistant" in printed
    assert "USD" in printed


def test_curl_sends_a_recording_as_pasted(speech, tmp_path):
    site, model, key = speech

    for one in (
        *snippets(site, model, {"audio": "AAAA"})[:1],
        *stream_snippets(*speech[:2], SPEECH),
    ):
        code = one.code.replace("curl ", "curl -s ")
        printed = pasted(["bash", "-c", code], key, cwd=tmp_path)

        answer = json.loads(printed.rstrip().rpartition("\n")[2].removeprefix("data: "))
        assert answer["status"] == "succeeded"
        assert answer["usage"]["audio_ms"] == 3290


def test_python_sends_a_recording_as_pasted(speech):
    site, model, key = speech

    printed = pasted([sys.executable, "-c", snippets(site, model, SPEECH)[1].code], key)

    assert '"seconds": 3.29' in printed


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_javascript_sends_a_recording_as_pasted(speech, tmp_path):
    site, model, key = speech
    script = tmp_path / "call.mjs"
    script.write_text(snippets(site, model, SPEECH)[2].code)

    assert "seconds: 3.29" in pasted([shutil.which("node"), str(script)], key)


def test_a_stream_arrives_in_events(store):
    site, model, key = store
    command = stream_snippets(site, model, QUOTED)[0].code.replace("curl ", "curl -s ")

    printed = pasted(["bash", "-c", command], key)

    assert printed.startswith("event: start\n")
    assert "event: output\n" in printed
    assert printed.rstrip().rpartition("event: ")[2].startswith("done\n")
