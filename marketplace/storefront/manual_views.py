"""Pages of the docs portal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from marketplace.core.ui import Tab
from marketplace.storefront.manual import (
    CHAPTERS,
    all_pages,
    guide_page,
    neighbors,
    search_guide,
)


@require_GET
def manual_home(request: HttpRequest) -> HttpResponse:
    """Show what the docs hold."""
    chapters = [
        (chapter.title, [guide_page(slug) for slug in chapter.pages]) for chapter in CHAPTERS
    ]
    return render(request, "manual/home.html", {"chapters": chapters, "menu": _menu("")})


@require_GET
def manual_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one page."""
    before, after = neighbors(guide_page(slug).slug)
    context = {"guide": guide_page(slug), "menu": _menu(slug), "before": before, "after": after}
    return render(request, "manual/page.html", context)


@require_GET
def manual_search(request: HttpRequest) -> HttpResponse:
    """Show the pages that hold the words looked for."""
    query = request.GET.get("q", "")[:200].replace("\0", "")
    context = {"query": query, "hits": search_guide(query), "menu": _menu(""), "pages": all_pages()}
    return render(request, "manual/search.html", context)


def _menu(current: str) -> list[tuple[str, list[Tab]]]:
    return [
        (
            chapter.title,
            [
                Tab(page.title, page.url, page.slug == current)
                for page in map(guide_page, chapter.pages)
            ],
        )
        for chapter in CHAPTERS
    ]
