"""Bounds of inputs in few words."""

import pytest

from marketplace.storefront.presenters.limits import input_limits


def test_names_lengths_counts_and_greatest_numbers():
    properties = {
        "texts": {"type": "array", "maxItems": 64},
        "text": {"type": "string", "maxLength": 20_000},
        "max_tokens": {"type": "integer", "maximum": 512},
        "temperature": {"type": "number", "maximum": 2},
        "stop": {},
    }

    assert input_limits({"input_schema": {"properties": properties}}) == [
        "texts: up to 64 items",
        "text: up to 20,000 characters",
        "max_tokens: up to 512",
    ]


@pytest.mark.parametrize("signature", [{}, {"input_schema": None}, {"input_schema": {}}])
def test_without_a_schema_there_is_nothing_to_say(signature):
    assert input_limits(signature) == []
