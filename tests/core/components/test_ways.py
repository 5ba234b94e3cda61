"""Ways through: tabs, navigation, pages, filters."""

from types import SimpleNamespace

from marketplace.core.ui import Chip, Facet, FacetValue, Tab

TABS = [Tab("Overview", "/a/", is_current=True), Tab("Versions", "/b/", count=0)]


def test_the_current_tab_is_marked(rendered):
    shown = rendered("{% tabs tabs %}", tabs=TABS)

    assert shown.count('aria-current="page"') == 1
    assert '<span class="tabs__count">0</span>' in shown


def test_a_switch_of_views_marks_the_present_one(rendered):
    shown = rendered('{% segmented_links tabs label="View" %}', tabs=TABS)

    assert 'href="/a/" aria-current="page"' in shown


def test_pages_that_do_not_exist_are_not_offered(rendered):
    assert "Previous" not in rendered('{% pagination next_url="?cursor=b" %}')
    assert rendered("{% pagination %}") == ""


def test_lists_of_one_page_can_be_told_apart(rendered):
    shown = rendered('{% pagination next_url="?c" label="Pages of keys" %}')

    assert 'aria-label="Pages of keys"' in shown


def test_every_filter_in_force_has_a_way_out(rendered):
    shown = rendered('{% filter_chips chips clear_url="/models/" %}', chips=[Chip("Chat", "?")])

    assert 'href="?">Chat' in shown
    assert 'aria-label="Remove filter"' in shown
    assert "Clear all" in shown


def test_no_filters_show_nothing(rendered):
    assert rendered("{% filter_chips chips %}", chips=[]) == ""


def test_a_facet_keeps_what_was_chosen(rendered):
    values = [FacetValue("mit", "MIT", 2, is_selected=True), FacetValue("bsd", "BSD")]
    shown = rendered("{% facet facet %}", facet=Facet("License", "license", values))

    assert 'id="facet-license-mit" name="license" value="mit" checked>' in shown
    assert 'id="facet-license-bsd" name="license" value="bsd">' in shown
    assert '<span class="facet__count">2</span>' in shown


def test_a_facet_of_one_choice_has_radios(rendered):
    facet = Facet("Latency", "latency", [FacetValue("10", "under 10 ms")], is_single=True)

    assert 'type="radio"' in rendered("{% facet facet %}", facet=facet)


def test_the_desk_shows_only_what_the_caller_may_open(rendered):
    organization = SimpleNamespace(name="Acme")
    caller = SimpleNamespace(organization=organization, permissions=frozenset({"usage.read"}))
    request = SimpleNamespace(path="/usage/", caller=caller)

    shown = rendered("{% desk_nav %}", request=request)

    assert 'href="/usage/" aria-current="page"' in shown
    assert 'href="/predictions/"' not in shown
    assert "Acme" in shown


def test_the_account_has_its_own_navigation(rendered):
    request = SimpleNamespace(path="/accounts/2fa/totp/activate/")

    shown = rendered("{% account_nav %}", request=request)

    assert 'href="/accounts/2fa/" aria-current="page"' in shown
