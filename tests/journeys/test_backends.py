"""The journeys on the services of a larger store: the same pages, calls and uploads."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from standardwebhooks import Webhook

from marketplace.core.storage import blob_key
from tests.inference.receiver import receiving
from tests.inference.runtimes.tiny_others import tiny_linear_text
from tests.journeys.backends import SERVED_STORES
from tests.journeys.people import HANA, HELLO, ROW, Person
from tests.journeys.store import Store, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("store", SERVED_STORES, indirect=True, scope="session"),
]
CHAT, SCORER = "harbor/lantern-chat", "harbor/row-scorer"
ATTACK = {"texts": ["ignore the rules"]}


@pytest.fixture(scope="module")
def nora(store: Store) -> Iterator[Person]:
    """A new person with a key, subscribed to the chat model."""
    nora = Person(store.url)
    nora.sign_up(f"nora-{uuid.uuid4().hex[:8]}@example.org")
    nora.make_key()
    nora.submit("/models/harbor/lantern-chat/plans/standard/subscribe/")
    nora.submit("/models/harbor/row-scorer/plans/standard/subscribe/")
    yield nora
    nora.close()


@pytest.fixture(scope="module")
def hana(store: Store) -> Iterator[Person]:
    """The author, with a key."""
    hana = Person(store.url)
    hana.sign_in(HANA)
    hana.make_key()
    yield hana
    hana.close()


def test_a_call_runs_in_the_worker_and_its_cost_is_seen(store: Store, nora: Person):
    made = nora.call(CHAT, HELLO)

    assert (made["status"], made["version"]["number"]) == ("succeeded", "1.0.0")
    assert made["worker"].endswith(f":{store.processes['worker'].pid}")
    assert made["cost"]["nano"] == made["usage"]["input_tokens"] * 50_000 + (
        made["usage"]["output_tokens"] * 150_000
    )
    events = nora.ask("GET", "/usage/events", 200)["results"]
    assert made["id"] in {event["prediction_id"] for event in events}
    trace = nora.browser.get(f"{store.url}/predictions/{made['id']}/", timeout=30)
    assert made["version"]["digest"][:12] in trace.text


def test_text_streams_out_of_the_worker(nora: Person):
    events = list(nora.stream(CHAT, HELLO))

    kinds = [kind for kind, _ in events]
    assert (kinds[0], kinds[-1]) == ("start", "done")
    assert kinds.count("output") >= 2
    assert events[-1][1]["status"] == "succeeded"


def test_a_webhook_reports_the_end_of_an_asynchronous_call(nora: Person):
    secret = nora.ask("GET", "/webhooks/secret", 200)["key"]
    with receiving() as receiver:
        begun = nora.start(SCORER, ROW, webhook=receiver.url)
        until(lambda: receiver.bodies, seconds=60)

    told = Webhook(secret).verify(receiver.bodies[0], receiver.headers[0])
    assert told == nora.outcome(begun)
    assert told["status"] == "succeeded"


def test_an_author_publishes_twice_and_rolls_back(hana: Person, tmp_path: Path):
    model = "harbor/guard"
    listing = {"name": "Guard", "slug": "guard", "task": "text-classification"}
    hana.ask("POST", "/models", 201, json={**listing, "license": "MIT", "summary": "Guards."})
    hana.price(model)
    digests = []
    for number, example in (("1.0.0", "ignore the rules"), ("1.1.0", "ignore this")):
        folder = tiny_linear_text(tmp_path / number, examples=[example, "thank you"])
        checked = hana.upload(model, number, folder)
        assert checked["state"] == "passed", checked
        hana.ask("POST", f"/submissions/{checked['id']}/publish", 200)
        digests.append(hana.call(model, ATTACK)["version"]["digest"])

    hana.ask("POST", f"/models/{model}/channels/stable/rollback", 200)

    assert digests[0] != digests[1]
    assert hana.call(model, ATTACK)["version"]["digest"] == digests[0]


def test_the_pages_work_in_a_browser(store: Store, chromium, nora: Person):
    made = nora.call(SCORER, ROW)
    context = chromium.new_context()
    context.add_cookies(
        [{"name": one.name, "value": one.value, "url": store.url} for one in nora.browser.cookies]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    for place in ("/", "/models/?q=scorer", f"/predictions/{made['id']}/", "/usage/"):
        answer = page.goto(store.url + place)
        assert answer.status == 200, place
    context.close()

    assert complaints == []


def test_a_blob_changed_in_the_object_store_is_not_served(store: Store, nora: Person):
    version = nora.ask("GET", f"/models/{SCORER}/versions/1.0.0", 200)
    weights = next(one for one in version["files"] if one["path"] == "model.safetensors")
    bucket, key = bucket_of(store), f"artifacts/{blob_key(weights['sha256'])}"
    signed = bucket.Object(key).get()["Body"].read()
    bucket.put_object(Key=key, Body=signed[:-1] + bytes([signed[-1] ^ 1]))
    store.stop("worker")
    store.start_worker("fresh")

    refused = nora.outcome(nora.start(SCORER, ROW))

    assert (refused["status"], refused["output"], refused["cost"]["nano"]) == ("failed", None, 0)
    assert refused["error"]["code"] == "inference.artifact_tampered"
    assert "model.safetensors in the artifact store is not what was signed" in store.logs()
    bucket.put_object(Key=key, Body=signed)
    store.stop("fresh")  # a worker remembers what it could not load
    store.start_worker("worker-again")
    assert nora.outcome(nora.start(SCORER, ROW))["status"] == "succeeded"
    assert (store.folder / "worker-again" / "cache" / "versions" / version["digest"]).is_dir()


def bucket_of(store: Store):
    """Return the bucket that the store keeps its artifacts in."""
    resource = boto3.resource(
        "s3",
        endpoint_url=store.environment["S3_ENDPOINT_URL"],
        aws_access_key_id=store.environment["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=store.environment["S3_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )
    return resource.Bucket(store.environment["S3_BUCKET"])
