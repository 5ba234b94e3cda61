"""One file against its name: is it what it says, and nothing else."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from authoring.formats import families
from authoring.formats.bounded_json import BadJson, read_bounded
from authoring.formats.magic import identify
from authoring.formats.names import FileKind, kind_of, largest, refusal_of_name
from authoring.formats.pickles import calls_in
from authoring.formats.safetensors_file import BadTensors, find_not_finite, read_header

MAY_HOLD_PICKLES = {
    family.id
    for family in (
        families.PICKLE,
        families.TORCH,
        families.TORCH_LEGACY,
        families.TORCHSCRIPT,
        families.EXPORTED,
        families.NUMPY,
        families.NUMPY_OBJECTS,
        families.ARCHIVE,
    )
}

# What a loader outside this platform would fetch and run: transformers and diffusers.
NAMES_CODE = frozenset({"auto_map", "custom_pipelines", "trust_remote_code"})


class BadText(ValueError):
    """The file is not a text; the message says why, ``code`` names it."""

    def __init__(self, code: str, message: str) -> None:
        self.code = f"text.{code}"
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: ``problem`` is empty when the file is what its name says.

    ``code`` names the problem for programs: ``format.torch``, ``tensors.overlap``,
    ``json.duplicate_key``, ``text.not_utf8``.
    """

    path: str
    problem: str = ""
    format: str = ""
    code: str = ""
    calls: tuple[str, ...] = ()
    parameters: int = 0


def examine(
    file: Path,
    *,
    path: str,
    extra: Collection[str] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Examined:
    """Judge the bytes at ``file`` as the version's file ``path``; never opens what it refuses."""
    named = refusal_of_name(path, extra)
    if named:
        return Examined(path, named, code="format.name")
    kind = kind_of(path, extra)
    family = identify(file, is_text=kind is FileKind.TEXT)
    if family is not None:
        return _refuse(file, path, family)
    if kind is FileKind.WEIGHTS:
        return _examine_weights(file, path, progress)
    try:
        (_check_json if kind is FileKind.JSON else _check_text)(file, path)
    except (BadJson, BadText) as error:
        return Examined(path, f"{path}: {error}.", str(kind), error.code)
    return Examined(path, "", str(kind))


def _refuse(file: Path, path: str, family: families.Family) -> Examined:
    calls = tuple(calls_in(file)) if family.id in MAY_HOLD_PICKLES else ()
    would = f" Opening it would have run {', '.join(calls[:3])}." if calls else ""
    problem = family.sentence(path) + would
    return Examined(path, problem, family.id, f"format.{family.id}", calls)


def _examine_weights(file: Path, path: str, progress: Callable[[int], None]) -> Examined:
    try:
        header = read_header(file)
    except BadTensors as error:
        return Examined(path, f"{path}: {error}.", "weights", error.code)
    spoiled = find_not_finite(file, header, progress)
    if spoiled:
        problem = (
            f"{path}: the tensor {spoiled[:120]!r} holds NaN or infinite values. "
            "Save weights that are finite numbers."
        )
        return Examined(path, problem, "weights", "tensors.not_finite")
    return Examined(path, "", "safetensors", parameters=header.parameters)


def _check_json(file: Path, path: str) -> None:
    limit = largest(path) or 0
    found = read_bounded(_read_upto(file, limit + 1), largest=limit)
    named = sorted(NAMES_CODE & set(found)) if isinstance(found, dict) else []
    if named:
        message = (
            f"{named[0]} names code that would be fetched and run, and no code of an author "
            "runs here. Remove it"
        )
        raise BadJson("remote_code", message)


def _check_text(file: Path, path: str) -> None:
    limit = largest(path) or 0
    data = _read_upto(file, limit + 1)
    if len(data) > limit:
        raise BadText("too_large", f"it has more than {limit:,} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadText("not_utf8", "it is not UTF-8 text") from None
    if "\0" in text:
        raise BadText("nul", "it holds a NUL character and is not text")


def _read_upto(file: Path, limit: int) -> bytes:
    with file.open("rb") as source:
        return source.read(limit)
