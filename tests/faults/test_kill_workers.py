"""``kill -9`` at random moments: no call is lost, none is billed twice."""

import random
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from tests.faults.cluster import Cluster, cluster
from tests.services import AMQP, POSTGRES, REDIS, needs

pytestmark = [pytest.mark.services, pytest.mark.slow]
PRICE, WELCOME = 2_000_000, 10_000_000_000
VHOST = "stoa-faults"
# For one step; the whole takes two minutes on two cores that have nothing else to do.
PATIENCE = 240.0


def survive(made: Cluster, *, calls: int, kills: int, seed: int) -> dict[str, int]:
    """Make calls, and kill at random points of the way; return how the calls stand at the end."""
    choice = random.Random(seed)
    made.start_beat()
    for pool in ("threads", "prefork"):
        made.start_worker(pool)
    caller = made.start("-m", "tests.faults.world", "call", str(calls))
    for finished in sorted(choice.sample(range(calls - calls // 10), kills)):
        made.wait_for(finished, seconds=PATIENCE)
        made.kill_one(choice)
    assert caller.wait(timeout=PATIENCE) == 0
    made.wait_for(calls, seconds=PATIENCE)
    return made.standing()


def assert_books_balance(found: dict[str, int], calls: int) -> None:
    assert (found["made"], found["final"], found["succeeded"]) == (calls, calls, calls)
    assert (found["usage_events"], found["billed_twice"]) == (calls, 0)
    assert (found["open_holds"], found["held"]) == (0, 0)
    assert found["charged"] == calls * PRICE
    assert found["balance"] == WELCOME - calls * PRICE


@needs(POSTGRES, REDIS)
def test_redis_two_thousand_calls_survive_twenty_kills(tmp_path: Path):
    broker = f"{REDIS}/13"
    with redis.Redis.from_url(broker) as client:
        client.flushdb()
    with cluster(tmp_path, broker=broker, name="faults_redis") as made:
        found = survive(made, calls=2000, kills=20, seed=20)
        killed = made.killed
    sys.stdout.write(f"{found} {killed}\n")
    assert_books_balance(found, 2000)
    assert len(killed) == 20
    assert found["tried_again"] > 0


@needs(POSTGRES, AMQP)
@pytest.mark.skipif(shutil.which("rabbitmqctl") is None, reason="needs a vhost of its own")
def test_rabbitmq_three_hundred_calls_survive_five_kills(tmp_path: Path):
    subprocess.run(["rabbitmqctl", "-q", "add_vhost", VHOST], check=False)
    allow = ["set_permissions", "-p", VHOST, "guest", ".*", ".*", ".*"]
    subprocess.run(["rabbitmqctl", "-q", *allow], check=True)
    try:
        parts = urlsplit(AMQP)
        with cluster(tmp_path, broker=f"amqp://{parts.netloc}/{VHOST}", name="faults_amqp") as made:
            found = survive(made, calls=300, kills=5, seed=5)
    finally:
        subprocess.run(["rabbitmqctl", "-q", "delete_vhost", VHOST], check=False)
    assert_books_balance(found, 300)
