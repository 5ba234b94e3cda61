"""What the demo world is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from billing.pricing import Tariff


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A plan of a demo listing."""

    code: str
    name: str
    kind: str
    summary: str
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class DemoListing:
    """A listing of the demo world; ``source`` names an importer, a trainer or an adapter folder.

    ``base`` is the ``owner/name`` of the listing that it derives from.
    """

    author: str
    slug: str
    name: str
    summary: str
    task: str
    license: str
    source: str
    description: str
    intended_use: str
    limitations: str
    plans: tuple[DemoPlan, ...]
    restrictions: str = ""
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    base: str = ""
    relation: str = ""
    collections: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """Return ``owner/name``."""
        return f"{self.author}/{self.slug}"
