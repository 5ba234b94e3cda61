"""What somebody typed, as words that no query language can mistake for its own."""

import re

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 16
LONGEST_WORD = 48
LONGEST_TEXT = 1_000


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text in lower case, few enough to search for."""
    found = (word[:LONGEST_WORD].lower() for word in WORD.findall(text[:LONGEST_TEXT]))
    return list(dict.fromkeys(found))[:MOST_WORDS]
