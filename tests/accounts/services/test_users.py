import pytest

from accounts.models import AuditEvent, User
from accounts.services.users import update_user
from marketplace.core.errors import Forbidden, InvalidInput
from tests.conftest import browser_of, person


@pytest.fixture
def olu(db):
    return person("olu@operator.example", is_staff=True, is_superuser=True)


def test_rights_are_changed_and_both_states_recorded(olu, bob):
    update_user(operator=olu, user=bob, is_staff=True)

    event = AuditEvent.objects.get(action="user.update")
    assert User.objects.get(pk=bob.pk).is_staff is True
    assert (event.actor_kind, event.organization) == ("operator", None)
    assert event.data == {"before": {"is_staff": False}, "after": {"is_staff": True}}


def test_a_deactivated_person_is_out_at_once(olu, bob):
    browser = browser_of(bob)
    assert browser.get("/members/").status_code == 200

    update_user(operator=olu, user=bob, is_active=False)

    assert browser.get("/members/").status_code == 302


def test_no_change_is_no_event(olu, bob):
    update_user(operator=olu, user=bob, name="Bob", is_active=True)

    assert not AuditEvent.objects.filter(action="user.update").exists()


def test_nobody_but_a_superuser_does_it(bob):
    staff = person("sam@operator.example", is_staff=True)

    with pytest.raises(Forbidden):
        update_user(operator=staff, user=staff, is_superuser=True)

    assert User.objects.get(pk=staff.pk).is_superuser is False


def test_nobody_locks_himself_out(olu):
    with pytest.raises(InvalidInput):
        update_user(operator=olu, user=olu, is_superuser=False)

    assert User.objects.get(pk=olu.pk).is_superuser is True
