from allauth.usersessions.models import UserSession
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisIsDown

from tests.conftest import browser_of


def test_a_browser_is_noted_once_a_minute(alice, acme, django_assert_num_queries):
    browser = browser_of(alice)
    browser.get("/keys/", REMOTE_ADDR="203.0.113.7")

    with django_assert_num_queries(5):
        browser.get("/keys/", REMOTE_ADDR="203.0.113.8")

    assert UserSession.objects.get().ip == "203.0.113.7"


def test_pages_are_served_while_the_cache_is_down(alice, acme, monkeypatch):
    def refuse(*args, **kwargs):
        raise RedisIsDown("refused")

    monkeypatch.setattr(cache, "add", refuse, raising=False)

    assert browser_of(alice).get("/keys/").status_code == 200
    assert UserSession.objects.count() == 0


def test_a_stranger_is_nobody(client, db):
    assert not client.get("/accounts/login/").wsgi_request.caller
