"""The part of the try panel that takes a recording, in a real browser."""

import math
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from inference.runtimes.sounds import read_sound, wav_bytes
from tests.factories.inference import speech_listing
from tests.journeys.test_gallery_axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATUS = "[data-sound-status]"


@pytest.fixture
def page(chromium: Browser, live_server, harbor, tmp_path: Path) -> Iterator[Page]:
    listing = speech_listing(harbor, tmp_path / "speech")
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{live_server.url}{listing.get_absolute_url()}try/")
    yield page
    context.close()


def says(page: Page, words: str) -> None:
    page.wait_for_function(
        "words => document.querySelector('[data-sound-status]').textContent.includes(words)",
        arg=words,
    )


def sent(page: Page) -> str:
    """Return the chosen file in base64."""
    return page.evaluate(
        """async () => {
          const [file] = document.querySelector("#try-audio").files;
          const bytes = new Uint8Array(await file.arrayBuffer());
          return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
        }"""
    )


def choose(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files("#try-audio", file)


def test_the_example_is_ready_and_can_be_heard(page):
    assert page.is_checked("[data-sound-sample]")
    assert page.get_attribute("[data-sound-player]", "src").startswith("data:audio/wav;base64,")


def test_no_rule_of_accessibility_is_broken(page):
    assert violations(page) == []


def test_a_wav_file_is_taken_as_it_is_and_the_example_steps_back(page):
    content = wav_bytes(bytes(1600), rate=8000)

    choose(page, "memo.wav", content)

    says(page, "memo.wav will be sent")
    assert not page.is_checked("[data-sound-sample]")
    assert len(read_sound(sent(page), longest_seconds=1).samples) == 800


def test_another_sound_is_converted_to_what_models_read(page):
    wave = [math.sin(i / 5) / 2 for i in range(4_800)]
    stereo = struct.pack(f"<{2 * len(wave)}f", *(one for value in wave for one in (value, value)))
    head = struct.pack(
        "<4sI4s4sIHHIIHH",
        b"RIFF",
        36 + len(stereo),
        b"WAVE",
        b"fmt ",
        16,
        3,
        2,
        48_000,
        384_000,
        8,
        32,
    )

    choose(page, "float.wav", head + struct.pack("<4sI", b"data", len(stereo)) + stereo)

    says(page, "float.wav is ready to be sent")
    sound = read_sound(sent(page), longest_seconds=1)
    assert (sound.rate, len(sound.samples)) == (16_000, 1_600)
    assert 0.4 < abs(sound.samples).max() < 0.6


def test_what_is_no_sound_is_refused_before_it_is_sent(page):
    choose(page, "notes.txt", b"no sound at all")

    says(page, "notes.txt cannot be read as sound")
    assert page.evaluate("document.querySelector('#try-audio').files.length") == 0


def test_the_example_can_be_chosen_again(page):
    choose(page, "memo.wav", wav_bytes(bytes(1600), rate=8000))
    says(page, "memo.wav")

    page.check("[data-sound-sample]")

    says(page, "The example will be sent")
    assert page.evaluate("document.querySelector('#try-audio').files.length") == 0


def test_without_a_microphone_it_says_what_to_do(page):
    page.click("[data-sound-record]")

    says(page, "Choose a file")
    assert page.is_visible("[data-sound-record]")
    assert page.is_hidden("[data-sound-stop]")
