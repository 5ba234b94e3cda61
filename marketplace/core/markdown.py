"""Texts of authors as HTML that can do no harm."""

from collections.abc import Iterable
from functools import lru_cache

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from marketplace.core.code import highlight

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("li", "ol", "p", "pre", "s", "span", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "code": {"class"},
    "span": {"class"},
}
SCHEMES = {"http", "https", "mailto"}


@lru_cache(maxsize=512)
def render_markdown(text: str, *, top_level: int = 2) -> SafeString:
    """Return CommonMark with tables as sanitized HTML.

    Headings are numbered anew from ``top_level`` without gaps, to stand below the page's
    own; images become links, since pages load nothing from elsewhere; raw HTML is shown
    as text.
    """
    tokens = _parser().parse(text)
    _number_headings(tokens, top_level)
    for token in tokens:
        if token.children:
            token.children = list(_without_images(token.children))
    html = _parser().renderer.render(tokens, _parser().options, {})
    clean = _clean(html)
    # What may scroll sideways must be reachable by keyboard.
    for tag in ("pre", "table"):
        clean = clean.replace(f"<{tag}>", f'<{tag} tabindex="0">')
    return mark_safe(clean)  # noqa: S308 sanitized by nh3


def plain_text(text: str) -> str:
    """Return the words of a Markdown text, without its marks."""
    return " ".join(strip_tags(render_markdown(text)).split())


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    options = {"html": False, "highlight": _highlighted}
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"])


def _highlighted(code: str, language: str, _attributes: str) -> str:
    return str(highlight(code, language))


def _number_headings(tokens: Iterable[Token], top_level: int) -> None:
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            written = int(token.tag[1])
            while above and above[-1] >= written:
                above.pop()
            above.append(written)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, top_level + len(above) - 1)}"


def _without_images(tokens: Iterable[Token]) -> Iterable[Token]:
    is_inside_link = False
    for token in tokens:
        if token.type in {"link_open", "link_close"}:
            is_inside_link = token.type == "link_open"
        if token.type != "image":
            yield token
            continue
        words = Token("text", "", 0, content=token.content or "image")
        if is_inside_link:
            yield words
        else:
            yield Token("link_open", "a", 1, attrs={"href": token.attrs.get("src", "")})
            yield words
            yield Token("link_close", "a", -1)


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
