"""Heads, panels, cards, and what stands in an empty place."""

import pytest

from marketplace.core.ui import Crumb, ListingCard

CARD = ListingCard(
    name="Smol <Chat>",
    url="/models/harbor/smol-chat/",
    author="Harbor",
    task="chat",
    task_label="Chat",
    measured=["MMLU 29.8"],
    stated=["GDPR ready"],
)


def test_markup_is_kept_for_a_parameter(rendered):
    shown = rendered(
        "{% capture as actions %}<b>{{ name }}</b>{% endcapture %}"
        '{% panel title="Keys" actions=actions %}Body{% endpanel %}',
        name="<i>",
    )

    assert '<div class="panel__actions"><b>&lt;i&gt;</b></div>' in shown
    assert "Body" in shown


def test_a_panel_without_title_has_no_head(rendered):
    shown = rendered("{% panel is_flush=True %}Rows{% endpanel %}")

    assert "panel__head" not in shown
    assert "panel__body--flush" in shown


def test_a_panel_takes_attributes_and_a_level(rendered):
    shown = rendered('{% panel title="Keys" heading="h3" id="keys" %}{% endpanel %}')

    assert '<section class="panel" id="keys">' in shown
    assert '<h3 class="panel__title">Keys</h3>' in shown


def test_a_page_has_one_heading_and_a_trail(rendered):
    shown = rendered(
        "{% page_head title crumbs=crumbs %}Act{% endpage_head %}",
        title="Keys & caps",
        crumbs=[Crumb("Account", "/account/"), Crumb("Keys")],
    )

    assert shown.count("<h1>") == 1
    assert "<h1>Keys &amp; caps</h1>" in shown
    assert '<span aria-current="page">Keys</span>' in shown
    assert '<div class="page-head__actions">Act</div>' in shown


def test_a_section_is_under_a_second_heading(rendered):
    shown = rendered('{% section "Versions" id="versions" %}List{% endsection %}')

    assert '<section class="section" id="versions">' in shown
    assert "<h2>Versions</h2>" in shown


def test_a_card_that_is_a_link_is_named(rendered):
    shown = rendered('{% card href="/c/" label="Collection" %}x{% endcard %}')

    assert '<a class="card__cover" href="/c/" aria-label="Collection"></a>' in shown


def test_a_listing_card_escapes_what_authors_write(rendered):
    shown = rendered("{% listing_card listing %}", listing=CARD)

    assert "Smol &lt;Chat&gt;" in shown
    assert "<Chat>" not in shown


def test_a_listing_card_tells_measured_from_stated(rendered):
    shown = rendered("{% listing_card listing %}", listing=CARD)

    assert 'aria-label="Measured by Stoa"' in shown
    assert 'aria-label="Stated by author"' in shown
    assert "No plan yet" in shown


@pytest.mark.parametrize(
    ("tone", "named"), [("danger", "Error"), ("warning", "Warning"), ("test", "Test money")]
)
def test_an_alert_says_its_tone_aloud(rendered, tone, named):
    shown = rendered("{% alert tone %}Text{% endalert %}", tone=tone)

    assert f'aria-label="{named}"' in shown
    assert f"alert--{tone}" in shown


def test_an_empty_place_says_what_to_do(rendered):
    shown = rendered('{% empty_state "No keys" icon="key" %}<p>Make one.</p>{% endempty_state %}')

    assert "No keys" in shown
    assert "<p>Make one.</p>" in shown
    assert "icon--key" in shown


def test_a_skeleton_is_silent(rendered):
    shown = rendered("{% skeleton lines=4 %}")

    assert 'aria-hidden="true"' in shown
    assert shown.count("skeleton__line") == 4
