"""Full-text search over listings: one interface, a backend for each database."""

from catalog.search.backends import FullText, Text, full_text
from catalog.search.words import fold, words_of

__all__ = ["FullText", "Text", "fold", "full_text", "words_of"]
