"""Asking for every address, with every method, with all that may point at Acme."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.core import serializers
from django.http.response import HttpResponseBase
from django.test import Client

from accounts.models import Organization
from tests.isolation.routes import Route, every_route
from tests.isolation.table import ROWS

World = Mapping[str, Any]
OURS = ("accounts", "catalog", "billing", "inference", "governance", "authoring")
WRITES = ("post", "put", "patch", "delete")
# Answers kept for repetitions are the visitor's own; people may change their own names.
UNCOUNTED = {"accounts.user", "accounts.idempotencyrecord"}
PARTS = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


def address(route: Route, world: World) -> str:
    """Return the path of a route with the world's ids in it."""
    row = ROWS.get(route.pattern, {})
    path = PARTS.sub(lambda part: str(world[row[part[1] or part[2]]]), route.pattern)
    return "/" + path.strip("^$").replace("\\", "")


def pointing_at(world: World) -> dict[str, Any]:
    """Return fields by which a form, body or query could reach a row of Acme."""
    draft = f"{world['acme']}/{world['draft']}"
    return {
        "organization": world["acme"],
        "organization_id": str(world["organization_row"].pk),
        "author": world["acme"],
        "model": [draft, f"{world['acme']}/{world['shown']}:{world['next']}"],
        "listing": draft,
        "version": str(world["next"]),
        "q": "lighthouse keeper",
        "key": str(world["key"]),
        "api_key": str(world["key"]),
        "member": str(world["member"]),
        "plan": str(world["private"]),
        "quote": str(world["quote"]),
        "prediction": str(world["prediction"]),
        "base": f"{draft}:1.0.0",
    }


def bodies(world: World) -> Iterator[dict[str, Any]]:
    """Yield nothing at all, and what would do harm if it were let in."""
    draft = f"{world['acme']}/{world['draft']}"
    yield {}
    yield {
        **pointing_at(world),
        "model": draft,
        "input": {"sentences": ["hello"], "texts": ["hello"]},
        "name": "Taken over",
        "summary": "Taken over",
        "role": "owner",
        "email": "charlie@elsewhere.example",
        "reason": "Taken over",
        "targets": [{"version": "1.0.0", "percent": 100, "weight": 100}],
        "number": "9.0.0",
        "files": [{"path": "config.json", "size": 2, "sha256": "0" * 64}],
        "code": "standard",
        "kind": "payg",
        "tariff": {"currency": "USD", "charges": []},
        "state": "published",
    }


def body_of(response: HttpResponseBase) -> bytes:
    """Return all of an answer, streams included, and where it leads."""
    streams = response.streaming
    content = b"".join(response.streaming_content) if streams else response.content
    return content + response.get("Location", "").encode()


def visits(visitor: Client, world: World) -> Iterator[tuple[str, HttpResponseBase]]:
    """Ask for everything in every way; yields what was asked and the answer."""
    for route in every_route():
        if route.parts and route.pattern not in ROWS:
            continue  # another test says so
        path = address(route, world)
        for query in ({}, pointing_at(world)):
            yield f"get {path}", visitor.get(path, query)
        for method in WRITES:
            for body in bodies(world):
                yield f"{method} {path}", write(visitor, method, path, body)
                if method == "delete" or (method != "post" and not path.startswith("/api/")):
                    break  # no body is read there


def write(visitor: Client, method: str, path: str, body: dict[str, Any]) -> HttpResponseBase:
    """Send a body as the address takes it: JSON to the API, a form to a page."""
    if method == "post" and not path.startswith("/api/"):
        form = {name: json.dumps(one) if _is_deep(one) else one for name, one in body.items()}
        return visitor.post(path, form)
    text = json.dumps(body)
    return getattr(visitor, method)(path, data=text, content_type="application/json")


def _is_deep(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and not isinstance(value[0], str))


def rows_of(organization: Organization) -> list[str]:
    """Return every row of an organization, and all that belong to no one, as texts."""
    found = [_text(Organization.objects.filter(pk=organization.pk))]
    for model in (one for app in OURS for one in apps.get_app_config(app).get_models()):
        if model is Organization or model._meta.label_lower in UNCOUNTED:
            continue
        if not model._meta.managed:  # the search index, which follows the listings
            continue
        rows = model._base_manager.order_by("pk")
        owned = "organization" in {field.name for field in model._meta.fields}
        found.append(_text(rows.filter(organization=organization) if owned else rows))
    return found


def _text(rows: Any) -> str:
    return json.dumps(serializers.serialize("python", rows), default=str, sort_keys=True)
