"""What was typed into the panel, as the input of a call."""

import base64
from contextlib import closing

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from inference.trying.reading import input_from
from marketplace.core.errors import InvalidInput

ROW = {
    "properties": {
        "age": {"type": "integer", "title": "Age"},
        "job": {"type": ["string", "null"], "enum": ["Sales", "Tech", None]},
    }
}
SCORER = {
    "input_schema": {"properties": {"rows": {"type": "array", "items": ROW}}},
    "example": {"rows": [{"age": 39, "job": "Sales"}]},
}
DETECTOR = {
    "input_schema": {"properties": {"image": {"type": "string"}, "min_score": {"type": "number"}}},
    "example": {"image": "data:image/png;base64,AA=="},
}


def read(signature, **sent):
    with closing(RequestFactory().post("/", sent)) as request:
        return input_from(request, signature)


def problem_of(signature, **sent):
    with pytest.raises(InvalidInput) as caught:
        read(signature, **sent)
    return caught.value.problems[0].message


def test_fields_make_one_row():
    assert read(SCORER, **{"row.age": "41", "row.job": "Tech"}) == {
        "rows": [{"age": 41, "job": "Tech"}]
    }


@pytest.mark.parametrize("between", [",", "\t"])
def test_a_table_makes_many_rows_and_goes_before_the_fields(between):
    table = f"job{between} age\nTech{between}41\n{between}52\n"

    found = read(SCORER, table=table, **{"row.age": "1"})

    assert found == {"rows": [{"job": "Tech", "age": 41}, {"age": 52}]}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("age,salary\n1,2", "There is no column 'salary'. The first line names columns: age, job."),
        ("age,job\nold,Tech", "'old' is not a number."),
        ("age,job", "Give 1 to 64 rows below the line of column names."),
        ("age\n" + "1\n" * 65, "Give 1 to 64 rows below the line of column names."),
        ("age,job\n1,Tech,more", "A row has more cells than there are columns."),
        ("age,job\n1," + "x" * 140_000, "It cannot be read: field larger than field limit"),
    ],
)
def test_a_table_says_what_is_wrong_with_it(table, said):
    assert problem_of(SCORER, table=table).startswith(said)


def test_a_sample_stands_in_for_a_file():
    assert read(DETECTOR, sample="data:image/jpeg;base64,AAAA", min_score="0.5") == {
        "image": "data:image/jpeg;base64,AAAA",
        "min_score": 0.5,
    }


def test_a_file_goes_before_a_sample():
    file = SimpleUploadedFile("a.png", b"picture")

    found = read(DETECTOR, image=file, sample="data:image/jpeg;base64,AAAA")

    assert found["image"] == base64.b64encode(b"picture").decode()


SCRIBE = {
    "input_schema": {"properties": {"audio": {"type": "string"}}},
    "example": {"audio": "UklGRg=="},
}


def test_a_recording_is_read_from_a_file_first_and_from_the_example_else():
    file = SimpleUploadedFile("a.wav", b"RIFF")

    assert read(SCRIBE, audio=file, sample="data:audio/wav;base64,AAAA") == {"audio": "UklGRg=="}
    assert read(SCRIBE, sample="data:audio/wav;base64,AAAA") == {
        "audio": "data:audio/wav;base64,AAAA"
    }


def test_no_recording_or_one_too_large_says_what_to_choose(monkeypatch):
    monkeypatch.setattr("inference.trying.reading.LARGEST_SOUND", 3)

    assert problem_of(SCRIBE) == "Choose a WAV file, record one, or use the example."
    said = problem_of(SCRIBE, audio=SimpleUploadedFile("a.wav", b"RIFF"))
    assert said == "It has more than 10 MB; choose a shorter one."


def test_no_picture_says_what_to_choose():
    said = "Choose a JPEG, PNG or WebP file, or one of the examples."
    assert problem_of(DETECTOR) == said
