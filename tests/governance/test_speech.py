"""The suite for speech: what counts as a wrong word, and what it is fed."""

import pytest

from governance.services import evaluations
from governance.suites import SUITES, rows_of
from governance.suites.speech import word_errors, words_of
from inference.runtimes.sounds import read_sound
from inference.services.engines import stop_engine
from tests.factories.inference import speech_listing

SUITE = SUITES["sentences-read-aloud"]


def test_words_are_compared_as_they_are_said():
    assert words_of("And Mr. Dashwood's cold-hearted, then!") == [
        *("and", "mister", "dashwood's", "cold", "hearted", "then"),
    ]


@pytest.mark.parametrize(
    ("wanted", "found", "errors"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a c", 1),
        ("a b c", "a b b c d", 2),
        ("a b c", "", 3),
        ("", "a b", 2),
        ("kitten sat on mat", "sitting on the mat", 3),
    ],
)
def test_wrong_words_are_counted_by_the_fewest_changes(wanted, found, errors):
    assert word_errors(wanted.split(), found.split()) == errors


def test_every_row_is_a_sound_that_can_be_read():
    rows = rows_of(SUITE)

    seconds = [read_sound(SUITE.to_input(row)["audio"], longest_seconds=60).seconds for row in rows]

    assert [round(one, 1) for one in seconds] == [7.1, 3.0, 5.3, 6.0, 3.3, 20.0]
    assert [bool(row["text"]) for row in rows] == [True] * 5 + [False]


def test_errors_are_a_share_of_what_was_said_and_silence_is_counted_apart():
    rows = [{"name": "a", "text": "ten of clubs"}, {"name": "b", "text": ""}]

    scored = SUITE.score(rows, [{"text": "Tin of clubs."}, {"text": "Thank you."}])

    rate, invented = scored.metrics
    assert (rate.value, rate.n, rate.higher_is_better) == (pytest.approx(1 / 3), 3, False)
    assert invented.value == 2
    assert scored.report["recordings"][0]["wrong"] == 1


def test_a_version_that_hears_is_examined_and_gives_the_same_again(harbor, tmp_path):
    version = speech_listing(harbor, tmp_path / "speech").versions.get()

    first = evaluations.run_suite(version, SUITE)

    assert [metric["name"] for metric in first.metrics["metrics"]] == [
        *("word error rate", "words invented in silence"),
    ]
    assert first.metrics["metrics"][1]["value"] == 0
    assert evaluations.agrees(first, evaluations.reproduce(first))
    stop_engine()
