"""Code for reading: highlighted by Pygments with classes, never with inline styles."""

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight as pygments_highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

FORMATTER = HtmlFormatter(nowrap=True)


def highlight(code: str, language: str) -> SafeString:
    """Return code as escaped HTML with token classes; an unknown language stays plain."""
    try:
        lexer = get_lexer_by_name(language, stripnl=True)
    except ClassNotFound:
        lexer = TextLexer(stripnl=True)
    return mark_safe(pygments_highlight(code, lexer, FORMATTER).rstrip("\n"))  # noqa: S308 escaped
