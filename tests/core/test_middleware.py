import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from marketplace.core.context import current_request
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.middleware import client_address, truncated_network


def facts(request):
    known = current_request.get()
    return HttpResponse(f"{known.request_id} {known.network}")


def refuse(request):
    raise Conflict(reason="Not now.")


def lose(request):
    raise NotFound(kind="page")


def fail(request):
    raise ZeroDivisionError


urlpatterns = [
    path("facts/", facts),
    path("refuse/", refuse),
    path("lose/", lose),
    path("api/refuse", refuse),
    path("api/fail", fail),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.mark.parametrize("offered", ["abcdefgh", "0b1c-2d:3e_4f.5a", "x" * 64])
def test_a_well_formed_request_id_is_kept(client, offered):
    answer = client.get("/facts/", headers={"X-Request-Id": offered})

    assert answer["X-Request-Id"] == offered
    assert answer.content.decode() == f"{offered} 127.0.0.0/24"


@pytest.mark.parametrize("offered", ["", "short", "x" * 65, "has space", "new\tline8"])
def test_another_request_id_is_replaced(client, offered):
    answer = client.get("/facts/", headers={"X-Request-Id": offered})

    assert answer["X-Request-Id"].startswith("req_")
    assert len(answer["X-Request-Id"]) == 36


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", "")],
)
def test_the_last_octets_of_an_address_are_left_out(address, network):
    assert truncated_network(address) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.1", "10.0.0.9"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.66, 203.0.113.1", "203.0.113.1"),
        (2, "203.0.113.1, 10.0.0.8", "203.0.113.1"),
        (2, "203.0.113.1", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_our_own_proxies_say_who_calls(settings, proxies, forwarded, address):
    settings.STOA_TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.9")

    assert client_address(request) == address


def test_a_refusal_in_a_page_is_a_page(client):
    answer = client.get("/refuse/")

    assert (answer.status_code, answer["Content-Type"]) == (409, "text/html; charset=utf-8")
    assert "Not now." in answer.content.decode()


def test_something_missing_is_the_page_of_missing_things(client):
    answer = client.get("/lose/")

    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/refuse", 409, "request.conflict"),
        ("/api/unknown", 404, "request.not_found"),
        ("/api/refuse?q=%00", 400, "request.malformed"),
        ("/api/%00", 400, "request.malformed"),
    ],
)
def test_under_api_every_refusal_is_a_problem_document(client, address, status, code):
    answer = client.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_a_wrong_host_is_a_problem_document_too(client):
    answer = client.get("/api/refuse", headers={"Host": "evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")


def test_a_defect_is_a_problem_document_without_its_traceback():
    answer = Client(raise_request_exception=False).get("/api/fail")

    assert (answer.status_code, answer.json()["code"]) == (500, "platform.error")
    assert "ZeroDivisionError" not in answer.content.decode()


@pytest.mark.parametrize("charset", ["hex", "utf-16", "nonsense", "rot13"])
def test_other_encodings_are_refused(client, charset):
    kind = f"application/json; charset={charset}"
    answer = client.generic("POST", "/api/refuse", b"{}", content_type=kind)

    assert (answer.status_code, answer.json()["code"]) == (415, "request.unsupported_media_type")


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf8_is_welcome_however_it_is_written(client, charset):
    answer = client.post("/api/refuse", b"{}", content_type=f"application/json; charset={charset}")

    assert answer.status_code == 409


def test_a_page_with_a_nul_in_its_address_is_refused_in_words(client):
    answer = client.get("/facts/?q=a%00b")

    assert (answer.status_code, answer.content) == (400, b"The address has a NUL character.")
