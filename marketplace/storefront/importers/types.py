"""What an importer is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Convert = Callable[[Mapping[str, Path], Path], None]


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a donor's archive; ``name`` is what the conversion calls it.

    ``upstream`` says whose published file has the same bytes, where that is known.
    """

    name: str
    path: str
    size: int
    sha256: str
    upstream: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """One release of a package, fixed to the bytes of its archive."""

    package: str
    version: str
    sha256: str
    members: tuple[Member, ...]
    is_source: bool = False

    @property
    def requirement(self) -> str:
        """Return the release as package clients write it."""
        return f"{self.package}=={self.version}"

    @property
    def url(self) -> str:
        """Return the package URL of the release."""
        return f"pkg:pypi/{self.package}@{self.version}?checksum=sha256:{self.sha256}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a model comes from and what was done to it, in words for a listing."""

    author: str
    source: str
    license: str
    training_data: str
    restrictions: str
    changes: str


@dataclass(frozen=True, slots=True)
class Importer:
    """A model that can be made from packages: the pins, the conversion, the provenance."""

    name: str
    pins: tuple[Pin, ...]
    provenance: Provenance
    convert: Convert
