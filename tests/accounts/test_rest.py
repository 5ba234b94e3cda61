"""The base of every API view, seen through small views of its own."""

from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.http import StreamingHttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import IdempotencyRecord, Organization
from accounts.rest import ApiView
from marketplace.core.errors import Conflict
from tests.conftest import api_of


class NoteInput(serializers.Serializer):
    name = serializers.CharField(max_length=120)
    size = serializers.IntegerField(required=False)


class NoteOutput(serializers.Serializer):
    name = serializers.CharField()


class NotesView(ApiView):
    """Makes organizations, because they are at hand."""

    def get(self, request):
        return self.page(Organization.objects.all(), NoteOutput)

    def post(self, request):
        sent = self.valid(NoteInput)
        made = Organization.objects.create(name=sent["name"], slug=f"s{uuid4().hex}")
        if sent["name"] == "Refused":
            raise Conflict(reason="Not today.")
        return Response({"name": made.name}, status=201, headers={"Location": f"/{made.slug}"})


class OpenView(ApiView):
    permission_classes = [AllowAny]

    def get(self, request):
        return Response({"caller": self.optional_caller is not None})


class StreamView(ApiView):
    def answers_with_stream(self):
        return "stream" in self.request.data

    def post(self, request):
        return StreamingHttpResponse([b"data: 1\n\n"], content_type="text/event-stream")


class LongView(ApiView):
    runs_long = True

    def post(self, request):
        return Response({"id": str(self.request_identity), "atomic": connection.in_atomic_block})


urlpatterns = [
    path("api/v1/notes", NotesView.as_view()),
    path("api/v1/open", OpenView.as_view()),
    path("api/v1/stream", StreamView.as_view()),
    path("api/v1/long", LongView.as_view()),
]
pytestmark = pytest.mark.urls(__name__)


def send(client: APIClient, name: str = "One", key: str = "k-1", **extra):
    return client.post("/api/v1/notes", {"name": name}, headers={"Idempotency-Key": key}, **extra)


def made() -> int:
    return Organization.objects.filter(slug__startswith="s").count()


def test_repeats_get_the_first_answer_and_nothing_happens_again(alice_api):
    first = send(alice_api)

    again = send(alice_api)

    assert (again.status_code, again.content) == (201, first.content)
    assert again["Location"] == first["Location"]
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert made() == 1


def test_another_body_with_the_same_key_is_refused(alice_api):
    send(alice_api)

    refused = send(alice_api, name="Two")

    assert (refused.status_code, refused.json()["code"]) == (422, "request.idempotency_key_reused")
    assert made() == 1


def test_another_key_of_the_organization_does_not_see_the_answer(alice_api, as_alice):
    send(alice_api)

    refused = send(api_of(as_alice))

    assert refused.status_code == 422
    assert made() == 1


def test_another_organization_may_use_the_same_idempotency_key(alice_api, charlie_api):
    send(alice_api)

    answer = send(charlie_api, name="Theirs")

    assert answer.json() == {"name": "Theirs"}
    assert made() == 2


def test_a_request_in_flight_is_a_conflict(alice_api):
    send(alice_api)
    IdempotencyRecord.objects.update(status=None)

    answer = send(alice_api)

    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert answer.json()["code"] == "request.idempotency_key_in_flight"
    assert made() == 1


def test_the_claim_of_a_dead_process_passes_on(alice_api):
    with time_machine.travel("2026-11-24T10:00:00Z"):
        send(alice_api)
        IdempotencyRecord.objects.update(status=None)

    with time_machine.travel("2026-11-24T10:01:01Z"):
        answer = send(alice_api)

    assert answer.status_code == 201
    assert IdempotencyRecord.objects.get().attempt == 2


def test_a_request_that_lost_its_claim_is_undone(alice_api, monkeypatch):
    def late(self, request):
        IdempotencyRecord.objects.update(attempt=2)
        Organization.objects.create(name="Late", slug="s-late")
        return Response({}, status=201)

    monkeypatch.setattr(NotesView, "post", late)

    answer = send(alice_api)

    assert answer.status_code == 409
    assert made() == 0


def test_a_refusal_is_not_kept_and_leaves_nothing_behind(alice_api):
    refused = send(alice_api, name="Refused")

    assert refused.status_code == 409
    assert (made(), IdempotencyRecord.objects.count()) == (0, 0)
    assert send(alice_api, name="One").status_code == 201


def test_an_answer_is_forgotten_after_a_day(alice_api):
    with time_machine.travel("2026-11-24T10:00:00Z"):
        send(alice_api)

    with time_machine.travel("2026-11-25T10:00:01Z"):
        answer = send(alice_api, name="Two")

    assert answer.json() == {"name": "Two"}


def test_kept_answers_cannot_be_read_in_the_database(alice_api):
    send(alice_api, name="Very secret")

    assert b"Very secret" not in bytes(IdempotencyRecord.objects.get().body)


def test_bodies_are_kept_no_longer_than_the_organization_wants(alice_api, acme):
    acme.data_policy.body_retention_hours = 2
    acme.data_policy.save()

    with time_machine.travel("2026-11-24T10:00:00Z", tick=False):
        send(alice_api)

    assert IdempotencyRecord.objects.get().expires_at.isoformat() == "2026-11-24T12:00:00+00:00"


@pytest.mark.parametrize("key", ["", "a" * 256, "with space", "ümlaut"])
def test_keys_of_another_form_are_refused(alice_api, key):
    answer = send(alice_api, key=key)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert made() == 0


def test_streams_are_refused_with_a_key_and_fine_without(alice_api):
    key = {"Idempotency-Key": "k"}

    refused = alice_api.post("/api/v1/stream", {"stream": True}, headers=key)
    fine = alice_api.post("/api/v1/stream", {"stream": True})

    assert refused.json()["code"] == "request.idempotency_key_on_stream"
    assert b"".join(fine.streaming_content) == b"data: 1\n\n"


def test_a_stream_nobody_announced_is_not_kept(alice_api):
    alice_api.post("/api/v1/stream", {}, headers={"Idempotency-Key": "k"})

    assert IdempotencyRecord.objects.count() == 0


def test_long_requests_get_an_identity_to_make_things_by(alice_api):
    answer = alice_api.post("/api/v1/long", {}, headers={"Idempotency-Key": "k"})

    assert answer.json()["id"] == str(IdempotencyRecord.objects.get().pk)


@pytest.mark.django_db(transaction=True)
def test_long_requests_do_not_hold_a_transaction(alice_api):
    answer = alice_api.post("/api/v1/long", {}, headers={"Idempotency-Key": "k"})

    assert answer.json()["atomic"] is False


def test_unknown_fields_are_named(alice_api):
    answer = alice_api.post("/api/v1/notes", {"name": "One", "sise": 3})

    assert (answer.status_code, made()) == (422, 0)
    assert answer.json()["errors"] == [
        {
            "field": "sise",
            "code": "unknown",
            "message": "This is not a field of this request; there are: name, size.",
        }
    ]


def test_every_answer_says_how_many_requests_are_left(alice_api, settings):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 2

    with time_machine.travel("2026-11-24T10:00:15Z", tick=False):
        answer = alice_api.get("/api/v1/notes")

    assert answer["RateLimit-Limit"] == "2"
    assert answer["RateLimit-Remaining"] == "1"
    assert answer["RateLimit-Reset"] == "45"
    assert answer["RateLimit-Policy"] == '"default";q=2;w=60'
    assert answer["RateLimit"] == '"default";r=1;t=45'


def test_requests_beyond_the_limit_wait_for_the_next_minute(alice_api, settings):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1

    with time_machine.travel("2026-11-24T10:00:15Z", tick=False):
        alice_api.get("/api/v1/notes")
        refused = send(alice_api)
    with time_machine.travel("2026-11-24T10:01:00Z", tick=False):
        later = send(alice_api)

    assert (refused.status_code, refused["Retry-After"]) == (429, "45")
    assert (refused.json()["code"], refused["RateLimit-Remaining"]) == ("request.throttled", "0")
    assert (later.status_code, made()) == (201, 1)


def test_guesses_of_keys_are_limited_by_address(db, settings):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 3
    guesser = APIClient(REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer stoa_live_x")

    statuses = [guesser.get("/api/v1/open").status_code for _ in range(4)]

    assert statuses == [401, 401, 401, 401]
    assert APIClient(REMOTE_ADDR="203.0.113.9").get("/api/v1/open").status_code == 429


def test_a_public_view_knows_its_caller_when_there_is_one(alice_api):
    assert alice_api.get("/api/v1/open").json() == {"caller": True}
    assert APIClient(REMOTE_ADDR="203.0.113.10").get("/api/v1/open").json() == {"caller": False}


def test_without_a_key_the_scheme_is_named(db):
    answer = APIClient().get("/api/v1/notes")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="stoa"')
    assert answer["Content-Type"] == "application/problem+json"
