"""The docs portal's pages: Markdown files of ``docs/guide``, rendered and searchable."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin

from marketplace.core.code import highlight
from marketplace.core.errors import NotFound

GUIDE = Path(settings.BASE_DIR) / "docs" / "guide"
WORD = re.compile(r"\w+")
SNIPPET_LETTERS = 180


@dataclass(frozen=True, slots=True)
class Chapter:
    """A group of pages."""

    title: str
    pages: tuple[str, ...]


CHAPTERS = (
    Chapter("Start", ("quickstart", "concepts")),
    Chapter("Buy", ("calling-models", "streaming", "async-and-webhooks", "cost", "keys-and-teams")),
    Chapter("Sell", ("publishing", "runtimes", "pricing-your-model")),
    Chapter("Trust", ("evidence", "data-use")),
    Chapter("Operate", ("running", "scaling-out", "commands")),
    Chapter("Reference", ("api", "errors")),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of a page's table of contents."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A rendered page."""

    slug: str
    title: str
    html: SafeString
    headings: Sequence[Heading]
    text: str

    @property
    def url(self) -> str:
        """Return the page's address."""
        return f"/docs/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that holds the words looked for, with a passage around the first."""

    page: GuidePage
    passage: str
    score: int


def _fence(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    language = token.info.strip() or "text"
    code = highlight(token.content, language)
    opening = f'<pre class="code" tabindex="0"><code data-language="{escape(language)}">'
    return f"{opening}{code}</code></pre>\n"


def _table(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    # What may scroll sideways must be reachable by keyboard.
    return '<table tabindex="0">\n'


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.use(anchors_plugin, min_level=2, max_level=3)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("table_open", _table)
    return parser


@lru_cache(maxsize=64)
def guide_page(slug: str) -> GuidePage:
    """Return a page of the portal; raises ``NotFound``."""
    if slug not in {name for chapter in CHAPTERS for name in chapter.pages}:
        raise NotFound(kind="such page in the docs")
    source = (GUIDE / f"{slug}.md").read_text().replace("{{ site_url }}", settings.SITE_URL)
    tokens = _markdown().parse(source)
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    return GuidePage(
        slug=slug,
        title=_title(tokens),
        html=mark_safe(html),  # noqa: S308 - our own files; raw HTML in them is escaped
        headings=list(_headings(tokens)),
        text=" ".join(token.content for token in tokens if token.type in {"inline", "fence"}),
    )


def _title(tokens: Sequence[Token]) -> str:
    return next(token.content for token in tokens if token.type == "inline")


def _headings(tokens: Sequence[Token]) -> list[Heading]:
    return [
        Heading(str(token.attrs["id"]), following.content)
        for token, following in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]


def all_pages() -> list[GuidePage]:
    """Return every page, in reading order."""
    return [guide_page(slug) for chapter in CHAPTERS for slug in chapter.pages]


def neighbors(slug: str) -> tuple[GuidePage | None, GuidePage | None]:
    """Return the pages before and after one."""
    pages = all_pages()
    place = next(i for i, page in enumerate(pages) if page.slug == slug)
    after = pages[place + 1] if place + 1 < len(pages) else None
    return (pages[place - 1] if place else None), after


def search_guide(query: str) -> list[Hit]:
    """Return the pages that hold every word of a query, best first."""
    words = [word.lower() for word in WORD.findall(query)][:12]
    if not words:
        return []
    hits = [hit for page in all_pages() if (hit := _hit(page, words)) is not None]
    return sorted(hits, key=lambda hit: -hit.score)


def _hit(page: GuidePage, words: Sequence[str]) -> Hit | None:
    text = page.text.lower()
    if not all(word in text for word in words):
        return None
    title = page.title.lower()
    score = sum(text.count(word) + 20 * (word in title) for word in words)
    start = max(0, text.index(words[0]) - SNIPPET_LETTERS // 3)
    passage = page.text[start : start + SNIPPET_LETTERS].strip()
    return Hit(page, f"… {passage} …", score)
