"""The words of what workers answer, as plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """News of a prediction: ``started``, ``pieces`` from a place on, or ``final``.

    The row is the truth; a reply only says that it is worth reading, or carries pieces that
    will be there a moment later.
    """

    prediction_id: str
    event: str
    first: int = 0
    pieces: tuple[Any, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the body of the message."""
        return {
            "id": self.prediction_id,
            "event": self.event,
            "first": self.first,
            "pieces": list(self.pieces),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read the body of a message."""
        pieces = tuple(body.get("pieces", ()))
        return cls(str(body["id"]), str(body["event"]), int(body.get("first", 0)), pieces)
