"""Listings show how often they were called and how long that took."""

from datetime import timedelta

import pytest
import time_machine

from inference.models import Prediction
from inference.services.facets import record_call_facets
from inference.services.predictions import create
from marketplace.core.clock import now
from tests.factories.inference import request_of

pytestmark = pytest.mark.django_db


def test_counts_calls_and_takes_the_median_without_loading(as_alice, shield):
    for total in (100.0, 20.0, 30.0):
        row = create(by=as_alice, request=request_of(shield))
        times = {"total": total, "load": 90.0 if total == 100.0 else 0.0}
        Prediction.objects.filter(pk=row.pk).update(timings_ms=times)

    assert record_call_facets() == 1

    shield.refresh_from_db()
    assert (shield.prediction_count, shield.latency_p50_ms) == (3, 20.0)


def test_leaves_listings_alone_that_nobody_called_lately(as_alice, shield):
    create(by=as_alice, request=request_of(shield))

    with time_machine.travel(now() + timedelta(hours=1)):
        assert record_call_facets() == 0

    shield.refresh_from_db()
    assert shield.prediction_count == 0


def test_does_not_count_failures(as_alice, shield):
    create(by=as_alice, request=request_of(shield))
    Prediction.objects.update(status="failed")

    assert record_call_facets() == 0
