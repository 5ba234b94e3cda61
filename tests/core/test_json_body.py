import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import InvalidInput
from marketplace.core.json_body import MalformedJson, StrictJsonParser, TooLarge, check, loads


def test_ordinary_json_is_read():
    assert loads(b'{"a": [1, 2.5, null, true, "\xc3\xa9"]}') == {"a": [1, 2.5, None, True, "é"]}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Expecting value"),
        (b"{", "Expecting property name"),
        (b"{'a': 1}", "Expecting property name"),
        (b"NaN", "NaN is not a JSON number"),
        (b"[Infinity]", "Infinity is not a JSON number"),
        (b"1e999", "1e999 is too large for a number"),
        (b'"\xff"', "Byte 1 is not UTF-8"),
        (b"9" * 5000, "4300 digits"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_other_bodies_are_refused_with_the_reason(body, reason):
    with pytest.raises(MalformedJson, match=reason):
        loads(body)


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (rb'{"a": {"b": ["x", "\u0000"]}}', "a.b.1", "NUL character"),
        (rb'{"a": "\ud800"}', "a", "half of a surrogate pair"),
        (rb'{"a": {"\u0000": 1}}', "a", "NUL character"),
        (rb'{"\udfff": 1}', "body", "half of a surrogate pair"),
        (rb'"\u0000"', "body", "NUL character"),
        (b'{"a": 9223372036854775808}', "a", "64 bits"),
        (b'{"a": -9223372036854775809}', "a", "64 bits"),
        (b"[" * 70 + b"]" * 70, ".".join("0" * 65), "deeper than 64"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_path(body, field, reason):
    with pytest.raises(InvalidInput, match=reason) as refusal:
        loads(body)

    assert refusal.value.problems[0].field == field


def test_the_largest_and_smallest_integers_are_fine():
    assert loads(b"[9223372036854775807, -9223372036854775808]") == [2**63 - 1, -(2**63)]


def test_a_body_over_the_limit_is_not_read_further(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    stream = io.BytesIO(b'"' + b"x" * 1000)

    with pytest.raises(TooLarge, match="up to 10 bytes"):
        StrictJsonParser().parse(stream)

    assert stream.tell() == 11


@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused(body):
    with suppress(MalformedJson, InvalidInput):
        loads(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_values_that_pass_can_be_written_in_utf8(value):
    try:
        check(value)
    except InvalidInput:
        return
    written = json.dumps(value, ensure_ascii=False)
    assert "\\u0000" not in written.replace("\\\\", "")
    written.encode()
