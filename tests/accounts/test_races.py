"""Many at once, on PostgreSQL: threads with connections of their own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from accounts.errors import LastOwner
from accounts.models import IdempotencyRecord, Invitation, Membership, Organization, User
from accounts.services import invitations, members
from accounts.services.organizations import create_organization
from marketplace.core.errors import DomainError, InvalidInput
from tests.accounts.test_rest import made
from tests.conftest import api_of
from tests.factories.accounts import mailed_token, member_as, membership_of

pytestmark = [
    pytest.mark.services,
    pytest.mark.urls("tests.accounts.test_rest"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="needs DATABASE_URL of a PostgreSQL"
    ),
]


def at_once(works: list[Callable[[], object]], threads: int = 16) -> list[object]:
    """Run all works in threads; a refusal is a result, and any other error is raised."""

    def run(work: Callable[[], object]) -> object:
        try:
            return work()
        except DomainError as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [done.result() for done in [pool.submit(run, work) for work in works]]


def posting(token: str, key: str, name: str) -> Callable[[], object]:
    def post() -> tuple[int, bytes]:
        client = APIClient(HTTP_AUTHORIZATION=token, HTTP_IDEMPOTENCY_KEY=key)
        answer = client.post("/api/v1/notes", {"name": name})
        return answer.status_code, answer.content

    return post


def test_five_hundred_requests_sent_four_times_each_happen_once(as_alice, settings):
    settings.STOA_RATE_LIMIT_PER_MINUTE = 1_000_000
    token = api_of(as_alice)._credentials["HTTP_AUTHORIZATION"]
    works = [posting(token, f"k-{n}", f"Note {n}") for n in range(500) for _ in range(4)]

    answers = at_once(works)
    repeats = at_once(works[::4])

    assert {status for status, _ in answers} <= {201, 409}
    assert made() == IdempotencyRecord.objects.count() == 500
    assert Counter(status for status, _ in repeats) == {201: 500}
    assert {body for status, body in answers if status == 201} == {body for _, body in repeats}


def test_two_owners_do_not_remove_each_other(as_alice, acme):
    for _ in range(20):
        other = member_as(acme, "owner")
        pair = [as_alice, other]

        results = at_once([lambda by=by: members.leave(by=by) for by in pair], threads=2)

        assert results.count(LastOwner) == 1
        assert Membership.objects.filter(organization=acme, role="owner").count() == 1
        Membership.objects.filter(organization=acme).delete()
        Membership.objects.create(organization=acme, user=as_alice.user, role="owner")


def test_one_invitation_lets_one_person_in_once(as_alice, acme):
    invitations.invite(by=as_alice, email="dora@new.example", role="viewer")
    dora, token = User.objects.create_user("dora@new.example"), mailed_token()

    results = at_once([lambda: invitations.accept(user=dora, token=token)] * 8)

    assert sum(isinstance(one, Membership) for one in results) == 1
    assert Membership.objects.filter(organization=acme, user=dora).count() == 1


def test_a_role_and_a_removal_at_once_leave_one_of_them(as_alice, acme):
    for _ in range(10):
        membership = membership_of(member_as(acme, "viewer"))

        at_once(
            [
                lambda one=membership: members.change_role(
                    by=as_alice, membership=one, role="admin"
                ),
                lambda one=membership: members.remove_member(by=as_alice, membership=one),
            ]
        )

        assert not Membership.objects.filter(pk=membership.pk).exists()


def test_one_short_name_is_taken_once(as_alice):
    def take():
        return create_organization(name="Blue", slug="blue", owner=as_alice.user)

    results = at_once([take] * 8)

    assert sum(isinstance(one, Organization) for one in results) == 1
    assert results.count(InvalidInput) == 7


def test_one_address_is_invited_once(as_alice, acme):
    def invite():
        return invitations.invite(by=as_alice, email="dora@new.example", role="viewer")

    results = at_once([invite] * 8)

    assert sum(isinstance(one, Invitation) for one in results) == 1
    assert Invitation.objects.count() == 1
