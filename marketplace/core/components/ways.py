"""Tabs, side navigation, breadcrumbs, pages, filters."""

from collections.abc import Iterable, Sequence

from django.template import Context, Library
from django.utils.safestring import SafeString

from marketplace.core import ui
from marketplace.core.components.rendering import show
from marketplace.core.navigation import ACCOUNT_PLACES, AUTHOR_PLACES, BUYER_PLACES, tabs_at

register = Library()


@register.simple_tag
def tabs(items: Sequence[ui.Tab], label: str = "Sections") -> SafeString:
    """Links between the parts of one thing."""
    return show("tabs", {"items": items, "label": label})


@register.simple_tag
def side_nav(items: Sequence[ui.Tab], label: str = "Pages", title: str = "") -> SafeString:
    """A column of links that becomes a scrolling row on a phone."""
    return show("side_nav", {"items": items, "label": label, "title": title})


@register.simple_tag(takes_context=True)
def desk_nav(context: Context) -> SafeString:
    """The side navigation of signed-in areas, for the caller of this request."""
    request = context["request"]
    caller = getattr(request, "caller", None)
    allowed = caller.permissions if caller else None
    values = {
        "organization": caller.organization if caller else None,
        "buyer": tabs_at(request.path, BUYER_PLACES, allowed),
        "author": tabs_at(request.path, AUTHOR_PLACES, allowed),
    }
    return show("desk_nav", values)


@register.simple_tag(takes_context=True)
def account_nav(context: Context) -> SafeString:
    """The side navigation of a person's own account."""
    items = tabs_at(context["request"].path, ACCOUNT_PLACES, None)
    return show("side_nav", {"items": items, "label": "Your account", "title": "Your account"})


@register.simple_tag
def segmented_links(items: Sequence[ui.Tab], label: str) -> SafeString:
    """A switch between two to five views of one page, as links."""
    return show("segmented_links", {"items": items, "label": label})


@register.simple_tag
def breadcrumbs(crumbs: Iterable[ui.Crumb], label: str = "Breadcrumb") -> SafeString:
    """Where this page is; the last crumb is the page itself."""
    return show("breadcrumbs", {"crumbs": crumbs, "label": label})


@register.simple_tag
def pagination(
    previous_url: str | None = "",
    next_url: str | None = "",
    summary: str = "",
    label: str = "Pages",
) -> SafeString:
    """Newer and older pages of a list."""
    return show("pagination", locals())


@register.simple_tag
def filter_chips(chips: Sequence[ui.Chip], clear_url: str = "") -> SafeString:
    """The filters in force, each with a way out."""
    return show("filter_chips", {"chips": chips, "clear_url": clear_url})


@register.simple_tag
def facet(group: ui.Facet) -> SafeString:
    """A group of filters with counts, inside a GET form with ``data-autosubmit``."""
    return show("facet", {"facet": group})
