"""Pages of API keys."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import KeyForm, add_problems
from accounts.models import ApiKey
from accounts.permissions import caller_of, needs, recently_signed_in, signed_in
from accounts.selectors import api_key, keys_of
from accounts.services.api_keys import create_key, revoke_key
from accounts.types import PERMISSIONS
from marketplace.core.clock import now
from marketplace.core.errors import DomainError, InvalidInput
from marketplace.core.money import format_money
from marketplace.core.ui import Crumb, Snippet

CRUMBS = (Crumb("API keys", "/keys/"), Crumb("New"))


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the list shows it."""

    key: ApiKey
    state: str
    may: str
    limits: str

    @property
    def revoke_label(self) -> str:
        """What the button does, for those who hear it."""
        return f"Revoke {self.key.name}"


@require_GET
@signed_in
def index(request: HttpRequest) -> HttpResponse:
    """List the keys, those that work first."""
    by = caller_of(request)
    rows = [_row(key) for key in keys_of(by.organization)]
    rows.sort(key=lambda row: row.state != "active")
    page = {"rows": rows, "can_manage": by.can("keys.manage"), "organization": by.organization}
    return render(request, "accounts/keys.html", page)


def _row(key: ApiKey) -> KeyRow:
    may = "; ".join(text for scope, text in PERMISSIONS.items() if scope in key.scopes)
    limits = [f"from {network}" for network in key.allowed_networks]
    if key.spending_cap_nano is not None:
        cap = format_money(key.spending_cap_nano, settings.STOA_CURRENCY)
        limits.insert(0, f"up to {cap}")
    return KeyRow(key, key.state(now()), may, ", ".join(limits))


@never_cache
@recently_signed_in
@needs("keys.manage")
def new(request: HttpRequest) -> HttpResponse:
    """Make a key, and show it this once."""
    by = caller_of(request)
    form = KeyForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            key, token = create_key(by=by, **form.terms())
        except InvalidInput as refusal:
            add_problems(form, refusal)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            made = {"key": key, "token": token, "snippets": _snippets(token), "crumbs": CRUMBS}
            return render(request, "accounts/key_made.html", made)
    return render(request, "accounts/new_key.html", {"form": form, "crumbs": CRUMBS})


def _snippets(token: str) -> list[Snippet]:
    url = f"{settings.SITE_URL}/api/v1/account"
    lines = (
        f'export STOA_API_KEY="{token}"',
        "",
        f"curl {url} \\",
        '  -H "Authorization: Bearer $STOA_API_KEY"',
    )
    return [Snippet("curl", "bash", "\n".join(lines))]


@require_POST
@needs("keys.manage")
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Refuse a key from now on."""
    by = caller_of(request)
    found = api_key(by, key_id)
    revoke_key(by=by, key=found)
    messages.success(request, f"{found.name} was revoked; it is refused from now on.")
    return redirect("keys")
