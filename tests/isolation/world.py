"""An organization with one of everything, as a buyer and as an author.

Every text that is nobody else's business says ``CANARY``, and so do the addresses of mails
and webhooks. What is public (names of published listings, the author's page) does not.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from accounts.models import Membership, Organization
from accounts.services import invitations, organizations
from accounts.services.api_keys import create_key
from accounts.types import Caller
from authoring.models import Submission, SubmissionState
from authoring.services import submissions
from authoring.types import FileSpec
from billing.pricing import read_tariff
from billing.services.entitlements import subscribe
from billing.services.plans import create_plan
from catalog.models import Listing, Version
from catalog.services import channels, collections, listings, versions
from governance.services import evaluations, provenance
from governance.suites import SUITES
from inference.models import Prediction, PredictionPiece, PredictionStatus
from inference.services.deliveries import report, reveal_secret
from inference.services.predictions import create
from inference.services.quotes import quote_call
from inference.types import PredictionRequest, WebhookTarget
from tests.conftest import person
from tests.factories.accounts import member_as
from tests.factories.authoring import specs_of, uploaded
from tests.factories.catalog import published_listing, store_files
from tests.factories.inference import (
    ATTACK,
    PER_REQUEST,
    served_listing,
    signature_of,
    waiting_prediction,
)
from tests.inference.runtimes.tiny_others import tiny_encoder, tiny_tabular

CANARY = "zqcanaryqz"
SECRET = f"{CANARY} lighthouse keeper"
HOOK = f"https://hooks.example.com/{CANARY}"
World = dict[str, Any]


def build_world(as_alice: Caller, tmp_path: Path) -> World:
    """Fill the caller's organization; returns rows' ids, slugs and paths under names."""
    by = _author(as_alice)
    shop = _shop(tmp_path, by.organization)
    world: World = {"organization_row": by.organization, "acme": by.organization.slug}
    world |= _people(by) | _draft(by, tmp_path) | _shown(by, tmp_path)
    world |= _uploads(by, tmp_path) | _bought(by, shop) | _calls(by, shop)
    collections.set_items(by=None, collection=_shelf(), listings=[shop])
    return world | _words(shop)


def _author(by: Caller) -> Caller:
    changed = organizations.update_organization(by=by, is_author=True)
    organizations.set_data_policy(by=by, body_retention_hours=777, allows_training=False)
    return replace(by, organization=changed)


def _shop(tmp_path: Path, buyer: Organization) -> Listing:
    """Another author's public model, which Acme buys and calls."""
    owner = person("sam@shop.example", name="Sam")
    shop = organizations.create_organization(name="Shop", owner=owner, is_author=True)
    return served_listing(shop, tmp_path / "shield", slug="shield", name="Shield", buyer=buyer)


def _shelf() -> Any:
    return collections.create_collection(by=None, slug="shelf", name="A shelf")


def _words(shop: Listing) -> World:
    """The parts of addresses that are words of ours, not somebody's."""
    return {
        "shop": shop.organization.slug,
        "shield": shop.slug,
        "standard": "standard",
        "shelf": "shelf",
        "form": "json",
        "stable": "stable",
        "versions": "versions",
        "number": "1.0.0",
        "page": "quickstart",
    }


def _people(by: Caller) -> World:
    member = member_as(by.organization, "developer", f"{CANARY}@acme.example")
    invitation = invitations.invite(by=by, email=f"guest-{CANARY}@acme.example", role="viewer")
    token = f"token-of-{invitation.pk}"
    invitation.token_sha256 = invitations.digest_of(token)
    invitation.save(update_fields=["token_sha256"])
    key, secret = create_key(by=by, name=f"key {SECRET}")
    return {
        "member": Membership.objects.get(user=member.user).pk,
        "invitation": invitation.pk,
        "token": token,
        "key": key.pk,
        "secret": secret,
        "webhook_secret": reveal_secret(by=by),
    }


def _draft(by: Caller, tmp_path: Path) -> World:
    """A listing that is not in the store, with a version, a channel, a plan and evidence."""
    folder = tiny_encoder(tmp_path / "draft")
    texts = dict.fromkeys(("description", "intended_use", "limitations"), SECRET)
    draft = listings.create_listing(
        by=by,
        name=f"Draft {CANARY}",
        slug="draft",
        task="sentence-embeddings",
        license_spdx="Apache-2.0",
        summary=SECRET,
        tags=[CANARY],
        **texts,
    )
    version = _version(by, draft, folder, "encoder", "1.0.0")
    evidence = evaluations.run_suite(version, SUITES["paraphrase-ranking"], by=by)
    provenance.record(by=by, version=version, training_data=SECRET, upstream_author=SECRET)
    channels.point(by=by, listing=draft, targets=[(version, 100)], reason=SECRET)
    _plan(by, draft, "standard")
    return {"draft": "draft", "evidence": evidence.pk, "draft_version": version.pk}


def _version(by: Caller, listing: Listing, folder: Path, runtime: str, number: str) -> Version:
    added = versions.add_version(
        by=by,
        listing=listing,
        number=number,
        runtime=runtime,
        signature=signature_of(runtime, folder),
        files=store_files(folder),
        notes=SECRET,
    )
    return versions.publish_version(by=by, version=added) if number == "1.0.0" else added


def _plan(by: Caller, listing: Listing, code: str, buyer: Organization | None = None) -> Any:
    return create_plan(
        by=by,
        listing=listing,
        code=code,
        name=f"Plan {CANARY}",
        kind="private" if buyer else "payg",
        tariff=read_tariff(PER_REQUEST),
        summary=SECRET,
        terms=SECRET,
        buyer=buyer,
    )


def _shown(by: Caller, tmp_path: Path) -> World:
    """A listing in the store, whose private offer and next version are not."""
    folder = tiny_tabular(tmp_path / "shown")
    shown = published_listing(
        organization=by.organization,
        folder_or_files=folder,
        runtime="tabular-mlp",
        signature=signature_of("tabular-mlp", folder),
        slug="shown",
        name="Shown",
        task="tabular-classification",
    )
    friend = organizations.create_organization(
        name=f"Friend {CANARY}", slug="friend", owner=person("fay@friend.example")
    )
    _plan(by, shown, "private", buyer=friend)
    _version(by, shown, tiny_tabular(tmp_path / "next", threshold=0.6), "tabular-mlp", "2.0.0")
    channels.point(
        by=by, listing=shown, targets=[(shown.versions.get(number="1.0.0"), 100)], reason="First"
    )
    return {"shown": "shown", "private": "private", "next": "2.0.0"}


def _uploads(by: Caller, tmp_path: Path) -> World:
    """Uploads to the draft: one open with a file half way, one refused, one passed."""
    draft = Listing.objects.get(organization=by.organization, slug="draft")
    folder = tiny_encoder(tmp_path / "upload")
    held = uploaded(by, draft, folder, "3.0.0", notes=SECRET)
    waiting = submissions.open_submission(
        by=by, listing=draft, number="4.0.0", files=[*specs_of(folder), _half()], notes=SECRET
    )
    refused = uploaded(by, draft, folder, "5.0.0", notes=SECRET)
    Submission.objects.filter(pk=refused.pk).update(
        state=SubmissionState.REFUSED, state_reason=SECRET
    )
    return {
        "submission": held.pk,
        "open_submission": waiting.pk,
        "refused_submission": refused.pk,
        "file": "config.json",
    }


def _half() -> FileSpec:
    return FileSpec("README.md", 1000, "0" * 64)


def _bought(by: Caller, shop: Listing) -> World:
    """What Acme pays for: a plan offered to it alone, its subscription, a quote."""
    offer = _plan_for_acme(by, shop)
    entitlement = subscribe(by=by, plan=offer)
    quote = quote_call(by=by, model=shop.model_id, value=ATTACK)
    return {"subscription": entitlement.pk, "quote": quote.pk, "offer": offer.code}


def _plan_for_acme(by: Caller, shop: Listing) -> Any:
    return create_plan(
        by=None,
        listing=shop,
        code="offer",
        name=f"Offer {CANARY}",
        kind="private",
        tariff=read_tariff(PER_REQUEST),
        terms=SECRET,
        buyer=by.organization,
    )


def _calls(by: Caller, shop: Listing) -> World:
    """A finished call with its report and pieces, a failed one and one that waits."""
    value = {"texts": [SECRET]}
    finished = create(by=by, request=_request(shop, value))
    Prediction.objects.filter(pk=finished.pk).update(
        output={"results": [[{"label": SECRET, "score": 1.0}]]}
    )
    PredictionPiece.objects.create(
        prediction=finished, sequence=1, attempt=finished.attempt, content=SECRET
    )
    report(finished, "completed")
    failed = create(by=by, request=_request(shop, value))
    Prediction.objects.filter(pk=failed.pk).update(
        status=PredictionStatus.FAILED,
        error={"code": "inference.failed", "detail": SECRET, "fault": "author"},
    )
    waiting = waiting_prediction(by, shop, value=value)
    return {"prediction": finished.pk, "failed": failed.pk, "waiting": waiting.pk}


def _request(shop: Listing, value: dict[str, Any]) -> PredictionRequest:
    return PredictionRequest(
        model=shop.model_id,
        input=value,
        metadata={"note": SECRET},
        webhook=WebhookTarget(HOOK, ("completed",)),
    )
