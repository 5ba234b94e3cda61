"""Files inside JSON: a data URI or bare base64, bounded before it is decoded."""

import base64
import binascii
import re
from dataclasses import dataclass

from inference.runtimes.base import Json, RuntimeRefusal


@dataclass(frozen=True, slots=True)
class EncodedKind:
    """What may be sent as text: ``noun`` in words, ``prefix`` of its data URIs."""

    noun: str
    prefix: re.Pattern[str]
    readable: str
    most_bytes: int

    @property
    def longest_text(self) -> int:
        """Return how many characters the largest file may take."""
        return self.most_bytes * 4 // 3 + 1024


def read_encoded(value: Json, kind: EncodedKind, *, field: str) -> bytes:
    """Return the bytes of a file sent as text; raises ``RuntimeRefusal`` naming ``field``."""
    if not isinstance(value, str) or not value:
        raise RuntimeRefusal(field, f"Give {kind.noun} as a data URI or as base64.")
    subject = "The " + kind.noun.partition(" ")[2]
    too_large = RuntimeRefusal(field, f"{subject} is larger than {kind.most_bytes} bytes.")
    if len(value) > kind.longest_text:
        raise too_large
    prefix = kind.prefix.match(value)
    if prefix is None and value.startswith("data:"):
        raise RuntimeRefusal(field, f"Only {kind.readable} in base64 can be read.")
    text = "".join(value[prefix.end() if prefix else 0 :].split())
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RuntimeRefusal(field, f"{subject} is not valid base64.") from None
    if len(content) > kind.most_bytes:
        raise too_large
    return content
