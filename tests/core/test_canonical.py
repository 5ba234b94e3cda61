import pytest
from rfc8785 import CanonicalizationError

from marketplace.core.canonical import canonical_json, json_digest, sha256_hex, without_nul


def test_keys_are_sorted_and_space_is_left_out():
    assert canonical_json({"b": 1, "a": [1.0, "é", None]}) == '{"a":[1,"é",null],"b":1}'.encode()


def test_keys_are_sorted_by_utf16_code_units():
    # RFC 8785, section 3.2.3: a surrogate pair sorts before U+FB33.
    assert canonical_json({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


def test_the_order_in_which_keys_were_written_does_not_matter():
    assert json_digest({"a": 1, "b": 2}) == json_digest({"b": 2, "a": 1})
    assert json_digest({}) == sha256_hex(b"{}")


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf")])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(CanonicalizationError):
        json_digest({"n": value})


def test_a_digest_is_sixty_four_hexadecimal_characters():
    assert sha256_hex(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")
    assert len(sha256_hex(b"")) == 64


def test_nul_is_replaced_wherever_it_is():
    assert without_nul({"a\0": ["b\0c", {"d": 1, "e": None}]}) == {
        "a\ufffd": ["b\ufffdc", {"d": 1, "e": None}]
    }
