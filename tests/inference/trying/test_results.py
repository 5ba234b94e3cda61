"""An answer for people, for each kind of task."""

from types import SimpleNamespace

from django.template.loader import render_to_string

from inference.trying.results import result_view

TEXTS = {"input_schema": {"properties": {"texts": {}}}, "task": "text-classification"}
ROWS = {
    "input_schema": {
        "properties": {
            "rows": {"items": {"properties": {"age": {"title": "Age"}, "gain": {}, "job": {}}}}
        }
    }
}


def shown(signature, sent, output, usage=None):
    version = SimpleNamespace(number="1.0.0", signature=signature)
    return result_view(
        SimpleNamespace(
            input=sent,
            output=output,
            status="succeeded",
            error=None,
            version=version,
            version_digest="0" * 64,
            cost_nano=280,
            currency="USD",
            is_test=False,
            timings_ms={"run": 12.3},
            usage=usage or {},
        )
    )


def test_each_of_several_texts_heads_its_chart():
    labels = [[{"label": "benign", "score": 0.9}], [{"label": "attack", "score": 0.8}]]

    view = shown(TEXTS, {"texts": ["Hello", "<b>"]}, {"results": labels})

    assert [one.caption for one in view.charts] == ["Hello", "<b>"]
    assert '<figcaption class="chart__caption">&lt;b&gt;</figcaption>' in view.charts[1].render()


def test_languages_have_names():
    signature = TEXTS | {"task": "language-identification"}
    labels = [[{"label": "de", "score": 1.0}, {"label": "xx", "score": 0.0}]]

    view = shown(signature, {"texts": ["Guten Tag"]}, {"results": labels})

    assert view.charts[0].rows == [("German", 1.0), ("xx", 0.0)]


def test_embeddings_are_compared_with_the_first():
    vectors = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]

    view = shown(TEXTS, {"texts": ["a", "b", "c"]}, {"embeddings": vectors})

    assert view.charts[0].title == "Similarity to “a”"
    assert view.charts[0].rows == [("b", 0.6), ("c", 0.0)]
    assert [(pair.label, pair.value) for pair in view.pairs] == [("Dimensions", "2")]


def test_one_embedding_is_compared_with_nothing():
    assert shown(TEXTS, {"texts": ["a"]}, {"embeddings": [[1.0]]}).charts == []


def test_rows_stand_beside_their_scores():
    sent = {"rows": [{"age": 39, "job": "Sales"}, {"age": 52, "job": None}]}
    scores = [{"probability": 0.7426, "decision": True}, {"probability": 0.1, "decision": False}]

    view = shown(ROWS, sent, {"rows": scores})

    assert view.rows.head == ["Decision", "Probability", "Age", "job"]
    assert view.rows.rows == [["Yes", "0.743", "39", "Sales"], ["No", "0.100", "52", ""]]


def test_a_picture_says_how_many_faces_it_has():
    box = {"box": [0, 0, 5, 5], "score": 0.99}
    signature = {"input_schema": {"properties": {"image": {}}}}
    words = [
        shown(
            signature,
            {"image": "data:image/png;base64,AA"},
            {"boxes": [box] * count, "width": 10, "height": 10},
        ).picture.words
        for count in (0, 1, 2)
    ]

    assert words == ["0 faces found", "1 face found", "2 faces found"]


def test_a_forecast_shows_history_bands_and_what_its_axes_measure():
    quantiles = {"0.1": [2.0], "0.9": [4.0]}
    output = {"median": [3.0], "quantiles": quantiles}

    drawn = shown({"input_schema": {}}, {"series": [1.0, None, 2.0]}, output).charts[0].render()

    for words in ("History", "Median", "80 % band", "Steps from the last value given", ">Value<"):
        assert words in drawn


def test_says_what_was_used_in_units():
    used = {"requests": 1, "input_tokens": 1200, "compute_ms": 14}

    facts = {pair.label: pair for pair in shown(TEXTS, {}, {}, used).facts}

    assert facts["Used"].value == "1 request, 1,200 input tokens, 14 ms of compute"
    assert (facts["Cost"].value, facts["Cost"].note) == ("$0.00000028", "test money")


SPEECH = {"input_schema": {"properties": {"audio": {}}}, "task": "speech-recognition"}


def test_a_transcript_has_its_recording_and_its_times():
    output = {
        "text": "<b>Ten</b> of clubs",
        "segments": [{"start": 1.0, "end": 62.46, "text": "<b>Ten</b> of clubs"}],
        "speech": [{"start": 0.5, "end": 2.0}, {"start": 60.0, "end": 62.5}],
        "seconds": 65.0,
    }

    view = shown(SPEECH, {"audio": "UklGRg=="}, output).transcript

    assert view.source == "data:audio/wav;base64,UklGRg=="
    assert [(line.start, line.end) for line in view.lines] == [("0:01.0", "1:02.5")]
    assert view.heard == "Speech in 4.0 of 65.0 seconds."
    html = render_to_string("inference/_transcript.html", {"transcript": view})
    assert 'src="data:audio/wav;base64,UklGRg=="' in html
    assert "&lt;b&gt;Ten&lt;/b&gt;" in html
    assert 'scope="col"' in html


def test_a_transcript_without_words_says_so():
    output = {"text": "", "segments": [], "speech": [], "seconds": 9.0}

    view = shown(SPEECH, {"audio": "data:audio/wav;base64,AA"}, output).transcript

    assert "No speech was found" in render_to_string(
        "inference/_transcript.html", {"transcript": view}
    )
