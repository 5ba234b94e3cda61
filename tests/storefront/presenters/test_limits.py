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


def test_limits_that_only_a_format_has_are_not_said():
    properties = {
        "seed": {"type": "integer", "maximum": 9_007_199_254_740_991},
        "image": {"type": "string", "maxLength": 14_000_000},
        "top_k": {"type": "integer", "maximum": 1000},
    }

    assert input_limits({"input_schema": {"properties": properties}}) == ["top_k: up to 1,000"]
