"""Authors write; nothing they write runs."""

import re

import pytest

from marketplace.core.markdown import plain_text, render_markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.gif)",
    '[x](https://e.example "\\" onmouseover=alert(1) x=\\"")',
    "[ref]\n\n[ref]: javascript:alert(1)",
    '```"><script>alert(1)</script>\ncode\n```',
    "```python onclick=alert(1)\n<b>x</b>\n```",
    '<a href="https://e.example" style="position:fixed" onclick="alert(1)">x</a>',
    "<iframe src=https://e.example></iframe>",
    "<style>*{display:none}</style>",
    "<form action=https://e.example><input name=password></form>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<!--><script>alert(1)</script-->",
    "`<script>`",
    "\x00<script>alert(1)</script>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_runs_and_nothing_loads(text):
    html = render_markdown(text)

    tags = set(re.findall(r"<\s*([a-zA-Z!?][^\s/>]*)", html))
    assert tags <= {"a", "br", "code", "p", "pre", "span"}
    attributes = re.findall(r"<[^>]*?\s([a-zA-Z-]+)=\"", html)
    assert set(attributes) <= {"class", "href", "rel", "tabindex", "title"}
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith(("https://", "#", "/"))


def test_headings_stand_below_the_pages_own():
    assert render_markdown("# A") == "<h2>A</h2>\n"
    assert render_markdown("# A", top_level=4) == "<h4>A</h4>\n"


def test_headings_leave_no_level_out():
    text = "\n\n".join(["#### a", "# b", "### c", "###### d", "### e", "# f"])

    tags = re.findall(r"<(h\d)>(\w)", render_markdown(text))

    assert [f"{tag}{name}" for tag, name in tags] == ["h2a", "h2b", "h3c", "h4d", "h3e", "h2f"]


def test_links_give_nothing_away():
    assert render_markdown("[Paper](https://e.example/a)") == (
        '<p><a href="https://e.example/a" rel="nofollow noopener noreferrer">Paper</a></p>\n'
    )


def test_images_become_links_with_their_words():
    html = render_markdown("![A chart](https://e.example/c.png)")

    assert 'href="https://e.example/c.png"' in html
    assert ">A chart</a>" in html
    assert "<img" not in html


def test_an_image_inside_a_link_is_its_words():
    html = render_markdown("[![Badge](https://e.example/b.svg)](https://e.example)")

    assert html.count("<a ") == 1
    assert ">Badge</a>" in html


def test_tables_and_code_are_kept():
    assert "<td>1</td>" in render_markdown("| a |\n| --- |\n| 1 |")
    assert '<span class="kn">import</span>' in render_markdown("```python\nimport os\n```")


def test_raw_html_is_shown_as_text():
    assert render_markdown("<b>bold</b>") == "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"


def test_plain_text_is_the_words():
    assert plain_text("# Title\n\nSome *text* with [a link](https://e.example).") == (
        "Title Some text with a link."
    )
