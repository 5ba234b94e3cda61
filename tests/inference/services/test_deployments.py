"""Where listings run."""

import pytest

from accounts.errors import PermissionMissing
from accounts.models import AuditEvent
from inference.models import Deployment, Pool
from inference.selectors.deployments import limits_of, pools
from inference.services.deployments import deploy, set_paused
from marketplace.core.errors import Forbidden, InvalidInput
from tests.conftest import caller_of

pytestmark = pytest.mark.django_db


def test_there_is_a_pool_for_each_hardware_class():
    assert [(pool.name, pool.queue) for pool in pools()] == [
        ("cpu", "pool.cpu"),
        ("gpu", "pool.gpu"),
    ]


def test_serves_a_listing_on_a_pool(as_hana, shield):
    deploy(by=as_hana, listing=shield, pool="gpu", max_concurrency=3, timeout_seconds=9)

    limits = limits_of(shield.pk)
    assert (limits.pool, limits.queue, limits.hardware) == ("gpu", "pool.gpu", "gpu")
    assert (limits.max_concurrency, limits.timeout_seconds) == (3, 9)
    shield.refresh_from_db()
    assert shield.hardware == "gpu"
    assert AuditEvent.objects.filter(action="deployment.deploy").count() == 1


def test_deploying_again_changes_the_limits(as_hana, shield):
    deploy(by=as_hana, listing=shield)
    deploy(by=None, listing=shield, max_concurrency=2)

    assert Deployment.objects.get().max_concurrency == 2


def test_a_listing_that_was_never_deployed_has_the_usual_limits(shield):
    assert limits_of(shield.pk).pool == "cpu"


def test_no_model_may_run_longer_than_the_platform_allows(as_hana, shield, settings):
    settings.STOA_PREDICTION_TIMEOUT_SECONDS = 60
    deploy(by=as_hana, listing=shield, timeout_seconds=600)

    assert limits_of(shield.pk).timeout_seconds == 60


def test_names_every_wrong_field(as_hana, shield):
    with pytest.raises(InvalidInput) as refused:
        deploy(by=as_hana, listing=shield, pool="tpu", max_concurrency=0, timeout_seconds=0)

    fields = [one.field for one in refused.value.problems]
    assert fields == ["pool", "max_concurrency", "timeout_seconds"]
    assert not Deployment.objects.exists()


def test_refuses_another_organization(as_alice, shield):
    with pytest.raises(Forbidden):
        deploy(by=as_alice, listing=shield)
    assert not Deployment.objects.exists()


def test_refuses_a_viewer(bob, acme, shield):
    with pytest.raises(PermissionMissing):
        deploy(by=caller_of(bob, acme), listing=shield)
    assert not Deployment.objects.exists()


def test_pausing_twice_is_one_event(as_hana, shield):
    deployment = deploy(by=as_hana, listing=shield)

    for _ in range(2):
        set_paused(by=as_hana, deployment=deployment, is_paused=True)

    assert limits_of(shield.pk).is_paused
    assert AuditEvent.objects.filter(action="deployment.pause").count() == 1


def test_a_pools_name_is_its_own(db):
    assert str(Pool.objects.get(name="cpu")) == "cpu"
