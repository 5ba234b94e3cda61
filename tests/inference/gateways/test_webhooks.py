"""Which addresses may be called."""

import pytest
from requests_hardened.ip_filter import InvalidIPAddress

from inference.gateways import webhooks
from inference.gateways.webhooks import check_url, post
from marketplace.core.errors import InvalidInput

INSIDE = (
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://224.0.0.1/",
    "http://localhost/",
    "http://localhost.:8000/",
    "http://printer.local/",
    "http://db.internal/",
    "http://router/",
)
MALFORMED = (
    "",
    "buyer.example/hook",
    "ftp://buyer.example/",
    "file:///etc/passwd",
    "gopher://buyer.example/",
    "javascript:alert(1)",
    "https://",
    "https://user:secret@buyer.example/",
    "https://buyer.example:99999/",
    "https://buyer.example/a b",
    "https://[::1/",
    f"https://buyer.example/{'x' * 2000}",
)


@pytest.mark.parametrize("url", INSIDE)
def test_refuses_addresses_inside(url):
    with pytest.raises(InvalidInput, match="reachable from the internet"):
        check_url(url)


@pytest.mark.parametrize("url", MALFORMED)
def test_refuses_what_is_no_address(url):
    with pytest.raises(InvalidInput):
        check_url(url)


@pytest.mark.parametrize("url", ["https://buyer.example/hook", "http://93.184.216.34:8080/x?y=1"])
def test_accepts_public_addresses_without_looking_them_up(url):
    check_url(url)


@pytest.mark.parametrize("url", INSIDE)
def test_sends_nothing_inside(url, monkeypatch):
    monkeypatch.setattr(webhooks, "check_url", lambda url: None)

    answer = post(url, b"{}", {})

    assert (answer.status, answer.is_delivered) == (None, False)


def test_a_public_name_for_an_address_inside_is_found_out(monkeypatch):
    def inside(host, port, *, allow_loopback):
        raise InvalidIPAddress("127.0.0.1")

    monkeypatch.setattr("requests_hardened.ip_filter_adapter.filter_host", inside)

    answer = post("https://rebinding.example/", b"{}", {})

    assert (answer.status, answer.error) == (None, "The address is not a public one.")


def test_a_developer_may_allow_addresses_inside(settings):
    settings.STOA_WEBHOOKS_TO_PRIVATE_ADDRESSES = True

    check_url("http://127.0.0.1:9000/hook")
