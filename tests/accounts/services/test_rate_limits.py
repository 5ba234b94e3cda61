import time_machine
from django.core.cache import cache
from redis.exceptions import ConnectionError as RedisIsDown

from accounts.services.rate_limits import take


@time_machine.travel("2026-11-24T10:00:59Z", tick=False)
def test_a_window_counts_down_and_ends(settings):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 2

    taken = [take("window-a") for _ in range(3)]

    assert [one.remaining for one in taken] == [1, 0, 0]
    assert [one.is_exceeded for one in taken] == [False, False, True]
    assert {one.reset_seconds for one in taken} == {1}


def test_the_next_window_begins_anew(settings):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1
    with time_machine.travel("2026-11-24T10:00:59Z", tick=False):
        take("window-b")

    with time_machine.travel("2026-11-24T10:01:00Z", tick=False):
        assert take("window-b").remaining == 0
        assert take("window-b").is_exceeded


def test_subjects_do_not_share():
    take("one")

    assert take("another").used == 1


def test_a_cache_that_is_down_stops_nobody(monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise RedisIsDown("refused")

    monkeypatch.setattr(cache, "add", refuse, raising=False)

    assert not take("window-c").is_exceeded
    assert "rate limits are not counted" in caplog.text
