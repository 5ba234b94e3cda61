import pytest
from celery import Celery
from django.core.management import call_command

from marketplace.storefront import doctor


@pytest.fixture(autouse=True)
def no_broker(monkeypatch, tmp_path):
    """A broker's address where nothing listens."""
    app = Celery(broker=f"redis+socket://{tmp_path}/none.sock", set_as_current=False)
    monkeypatch.setattr(doctor, "current_app", app)


@pytest.fixture
def findings(db):
    return {finding.part: finding for finding in doctor.examine()}


def test_parts_that_work_are_well(findings):
    assert findings["database"].is_well
    assert findings["artifacts"].is_well
    assert findings["engine"].is_well
    assert findings["signing key"].is_well


def test_parts_that_are_missing_come_with_what_to_type(findings):
    assert not findings["broker"].is_well
    assert "make run" in findings["broker"].cure
    assert not findings["demo models"].is_well
    assert "seed_demo" in findings["demo models"].cure
    assert not findings["demo models"].is_needed


def test_extras_are_optional_and_come_with_what_to_type(findings):
    assert findings["extras"].is_well
    assert findings["extras"].cure.endswith("manage.py seed_demo --allow --with speech")


def test_a_part_that_raises_is_reported(monkeypatch):
    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(doctor, "PARTS", (("disk", broken),))

    assert doctor.examine() == [doctor.Finding("disk", False, "RuntimeError: no")]


def test_the_command_fails_when_something_needed_is_missing(db, capsys):
    with pytest.raises(SystemExit):
        call_command("doctor")

    assert "MISSING  broker" in capsys.readouterr().out
