"""What somebody typed, as words that no query language can mistake for its own."""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 16
LONGEST_WORD = 48
LONGEST_TEXT = 1_000


def fold(text: str) -> str:
    """Return text without accents, compatibility forms and null characters."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return plain.replace("\x00", " ")


def words_of(text: str) -> list[str]:
    """Return the distinct words of a text in lower case, few enough to search for."""
    found = (word[:LONGEST_WORD].lower() for word in WORD.findall(fold(text[:LONGEST_TEXT])))
    return list(dict.fromkeys(found))[:MOST_WORDS]
