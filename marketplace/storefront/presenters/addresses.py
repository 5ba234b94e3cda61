"""Addresses of pages with their parameters, changed one at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Address:
    """A path and its parameters in order; a parameter without value is left out."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    def with_value(self, name: str, value: str) -> "Address":
        """Return the address with one more value of a parameter."""
        return replace(self, parameters=(*self.parameters, (name, value)))

    def without_value(self, name: str, value: str) -> "Address":
        """Return the address without one value of a parameter."""
        return self._keep(pair for pair in self.parameters if pair != (name, value))

    def without(self, *names: str) -> "Address":
        """Return the address without parameters."""
        return self._keep(pair for pair in self.parameters if pair[0] not in names)

    def having(self, name: str, value: object) -> "Address":
        """Return the address with exactly this value of a parameter."""
        return self.without(name).with_value(name, str(value))

    def _keep(self, pairs: Iterable[tuple[str, str]]) -> "Address":
        return replace(self, parameters=tuple(pairs))

    def __str__(self) -> str:
        query = urlencode([(name, value) for name, value in self.parameters if value], safe="/")
        return f"{self.path}?{query}" if query else self.path
