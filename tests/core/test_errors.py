import pytest

from marketplace.core.errors import (
    Conflict,
    DomainError,
    Fault,
    FieldProblem,
    InvalidInput,
    NotFound,
)


class Empty(DomainError):
    code = "shelf.empty"
    message = "The shelf {shelf!r} is empty."


def test_the_message_is_filled_from_what_is_known():
    refusal = Empty(shelf="A", retry_after=3)

    assert (refusal.detail, refusal.data, refusal.retry_after) == (
        "The shelf 'A' is empty.",
        {"shelf": "A"},
        3,
    )
    assert refusal.fault is Fault.CALLER


def test_a_message_with_a_gap_is_a_defect():
    with pytest.raises(KeyError):
        Empty()


def test_wrong_fields_are_listed_in_the_message():
    refusal = InvalidInput(
        [FieldProblem("a.b", "Too long."), FieldProblem("c", "Missing.", "gone")]
    )

    assert refusal.detail == "a.b: Too long.; c: Missing."
    assert refusal.problems[1].as_dict() == {"field": "c", "code": "gone", "message": "Missing."}


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(NotFound(kind="key"), 404), (Conflict(reason="Later."), 409), (InvalidInput([]), 422)],
)
def test_each_has_its_status(refusal, status):
    assert refusal.status == status
