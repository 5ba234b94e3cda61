from pathlib import Path

import pytest

from inference.runtimes.speech.model import SpeechToText
from tests.inference.runtimes.tiny_speech import tiny_speech


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_speech(tmp_path_factory.mktemp("speech") / "model")


@pytest.fixture(scope="session")
def model(folder: Path) -> SpeechToText:
    return SpeechToText.load(folder, device="cpu")
