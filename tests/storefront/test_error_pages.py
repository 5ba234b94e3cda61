"""Pages for what went wrong."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from marketplace.core.errors import Conflict


@pytest.mark.parametrize("name", ["500.html", "errors/500.html"])
def test_the_page_of_a_crash_needs_no_context(name):
    shown = render_to_string(name)

    assert "Something broke on our side" in shown
    assert "{" not in shown


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_every_refusal_has_a_page_that_leads_on(status, rf: RequestFactory):
    shown = render_to_string(f"{status}.html", request=rf.get("/"))

    assert f'<p class="error-page__code">{status}</p>' in shown
    assert 'href="/"' in shown


def test_a_refusal_says_its_reason(rf: RequestFactory):
    error = Conflict(reason="The version <1> is already live.")

    shown = render_to_string("errors/refused.html", {"error": error}, request=rf.get("/"))

    assert "request.conflict" in shown
    assert "The version &lt;1&gt; is already live." in shown


def test_an_unknown_address_answers_404(client, db, settings):
    settings.DEBUG = False

    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert b"Nothing stands here" in response.content
