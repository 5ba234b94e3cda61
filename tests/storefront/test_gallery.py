"""The component gallery."""

import re

import pytest
from django.conf import settings

from marketplace.core.templatetags.ui import register
from marketplace.storefront.gallery import PARTS

TEMPLATES = settings.BASE_DIR / "templates"
NOT_SHOWN = {"desk_nav", "account_nav", "field"}


@pytest.fixture
def page(client, db) -> str:
    return client.get("/ui/").content.decode()


def test_the_gallery_shows_every_part(page):
    assert [f'id="{name}"' in page for name in PARTS] == [True] * len(PARTS)


def test_the_gallery_cannot_be_posted_to(client, db):
    assert client.post("/ui/").status_code == 405


def test_every_component_tag_is_in_the_gallery():
    sources = [*(TEMPLATES / "ui/gallery").glob("*.html"), TEMPLATES / "ui/gallery.html"]
    text = "\n".join(source.read_text() for source in sources)
    missing = [tag for tag in register.tags if not re.search(rf"{{% {tag}[ %]", text)]

    assert set(missing) - NOT_SHOWN == set()


def test_every_component_tag_is_documented():
    guide = (settings.BASE_DIR / "docs/architecture/ui.md").read_text()
    missing = [tag for tag in register.tags if f"`{tag}`" not in guide]

    assert set(missing) - NOT_SHOWN - {"capture"} == set()


def test_no_id_is_used_twice(page):
    ids = re.findall(r'\sid="([^"]+)"', page)

    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_nothing_is_styled_or_scripted_inline(page):
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r'\son[a-z]+="', page) == []


def test_every_script_carries_the_nonce_of_the_policy(client, db):
    response = client.get("/ui/")
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"]).group(1)
    scripts = re.findall(r"<script[^>]*>", response.content.decode())

    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_are_short_and_without_inline_style(template):
    text = template.read_text()

    assert text.count("\n") <= 150
    assert not re.search(r"<\w[^>]*\sstyle=", text)
