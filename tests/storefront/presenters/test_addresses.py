"""Addresses change one parameter at a time."""

from marketplace.storefront.presenters.addresses import Address

HERE = Address("/models/", (("q", "chat"), ("task", "a"), ("task", "b"), ("sort", "")))


def test_writes_what_has_a_value():
    assert str(HERE) == "/models/?q=chat&task=a&task=b"
    assert str(Address("/models/")) == "/models/"


def test_adds_and_takes_single_values():
    assert str(HERE.with_value("task", "c")) == "/models/?q=chat&task=a&task=b&task=c"
    assert str(HERE.without_value("task", "a")) == "/models/?q=chat&task=b"
    assert str(HERE.without("task", "q")) == "/models/"


def test_sets_a_value_in_place_of_others():
    assert str(HERE.having("task", "z")) == "/models/?q=chat&task=z"
    assert str(HERE.having("page", 2)) == "/models/?q=chat&task=a&task=b&page=2"


def test_escapes_values_and_keeps_slashes_readable():
    address = Address("/compare/").with_value("model", "a/b").with_value("model", "c&d=ü")

    assert str(address) == "/compare/?model=a/b&model=c%26d%3D%C3%BC"
