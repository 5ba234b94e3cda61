"""Models that can be made from packages of the ordinary registry, each loaded when asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module

from marketplace.core.errors import NotFound
from marketplace.storefront.importers.types import Importer

_PLACES = {
    "efficientnet": "efficientnet.IMPORTER",
    "fracast": "fracast.IMPORTER",
    "guardian": "guardian.IMPORTER",
    "income": "income.IMPORTER",
    "income-parity": "income.PARITY",
    "langid": "langid.IMPORTER",
    "minilm": "minilm.IMPORTER",
    "mtcnn": "mtcnn.IMPORTER",
    "smollm2": "lantern.IMPORTER",
    "whisper": "whisper.IMPORTER",
}


class _Importers(Mapping[str, Importer]):
    def __getitem__(self, name: str) -> Importer:
        module, _, attribute = _PLACES[name].partition(".")
        found: Importer = getattr(import_module(f"{__name__}.{module}"), attribute)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


IMPORTERS: Mapping[str, Importer] = _Importers()


def importer_named(name: str) -> Importer:
    """Return an importer; raises ``NotFound``."""
    if name not in IMPORTERS:
        raise NotFound(kind=f"importer called {name}")
    return IMPORTERS[name]
