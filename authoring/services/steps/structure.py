"""What the files say: runtime, inputs and outputs, task, base and licence."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from authoring.errors import CheckFailed
from authoring.formats.bounded_json import BadJson, read_bounded
from authoring.formats.names import DOCUMENTS, JSON_LIMITS, WHOLE
from authoring.services.examination import Examination
from authoring.types import Outcome
from catalog.types import TASKS
from inference.runtimes import registry
from inference.runtimes.base import BadModel, Runtime, Signature

if TYPE_CHECKING:
    from catalog.models import Listing, Version

# Runtimes whose versions are loaded on top of a base, and the runtime of that base.
ADAPTERS = {"causal-lm-lora": "causal-lm"}


def check_structure(examination: Examination) -> Outcome:
    """The runtime knows the files, the signature is sound, base and licence allow it."""
    runtime = _runtime(examination.folder)
    unused = _check_files(runtime, {file.path for file in examination.files})
    signature = _signature(runtime, examination.folder)
    _check_signature(signature, examination.submission.listing)
    _check_base(runtime, examination.folder, examination)
    examination.runtime, examination.signature = runtime, signature
    parameters = sum(one.parameters for one in examination.found)
    return Outcome(
        f"Runs on {runtime.name}: {TASKS[signature.task].name}, {parameters:,} parameters.",
        {
            "runtime": runtime.name,
            "task": signature.task,
            "meters": list(signature.meters),
            "streams": signature.streams,
            "parameters": parameters,
            "unused_files": unused,
        },
    )


def _runtime(folder: Path) -> type[Runtime]:
    config = _read_config(folder)
    name = config.get("runtime")
    if not isinstance(name, str):
        known = ", ".join(registry.names())
        raise CheckFailed(f'config.json names no runtime. Write "runtime": one of {known}.')
    try:
        return registry.runtime_named(name[:80])
    except BadModel as error:
        raise CheckFailed(f"{error}.") from None


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        data = (folder / "config.json").read_bytes()
        config = read_bounded(data, largest=JSON_LIMITS["config.json"])
    except (BadJson, FileNotFoundError) as error:
        raise CheckFailed(f"config.json cannot be read: {error}.") from None
    if not isinstance(config, dict):
        raise CheckFailed("config.json must hold a JSON object.")
    return config


def _check_files(runtime: type[Runtime], paths: set[str]) -> list[str]:
    """Return the files that the runtime makes no use of."""
    missing = sorted(set(runtime.required_files) - paths)
    if WHOLE in missing:
        raise CheckFailed(f"{runtime.name} reads one {WHOLE}. Join the shards into one file.")
    if missing:
        raise CheckFailed(f"{runtime.name} needs {', '.join(missing)}. Add what is missing.")
    return sorted(paths - {*runtime.required_files, *runtime.optional_files, *DOCUMENTS})


def _signature(runtime: type[Runtime], folder: Path) -> Signature:
    try:
        return runtime.signature(folder)
    except BadModel as error:
        raise CheckFailed(str(error)) from None


def _check_signature(signature: Signature, listing: "Listing") -> None:
    for name in ("input_schema", "output_schema"):
        try:
            Draft202012Validator.check_schema(getattr(signature, name))
        except SchemaError as error:
            raise CheckFailed(f"Its {name} is not JSON Schema: {error.message[:200]}.") from None
    for wrong in Draft202012Validator(signature.input_schema).iter_errors(signature.example):
        raise CheckFailed(f"Its example does not fit its input schema: {wrong.message[:200]}.")
    if signature.task != listing.task:
        raise CheckFailed(
            f"The listing is for {TASKS[listing.task].name}; these files are for "
            f"{TASKS[signature.task].name}. Upload to a listing of that task."
        )


def _check_base(runtime: type[Runtime], folder: Path, examination: Examination) -> None:
    submission = examination.submission
    wanted, base = ADAPTERS.get(runtime.name), submission.base_version
    if wanted is None:
        if submission.relation == "adapter":
            raise CheckFailed(
                f"{runtime.name} is not an adapter. State another relation to the base, "
                "such as finetune."
            )
    elif base is None:
        raise CheckFailed("An adapter needs a base. Name the version that it is loaded on.")
    elif base.runtime != wanted:
        raise CheckFailed(f"The base {base} runs on {base.runtime}; the adapter needs {wanted}.")
    elif submission.relation != "adapter":
        raise CheckFailed("State the relation to the base as adapter; it is loaded on it.")
    else:
        _check_declared_base(_read_config(folder), base)
    if base is not None:
        _check_rights(base, submission.listing)


def _check_declared_base(config: dict[str, Any], base: "Version") -> None:
    """Compare with the base's identity, or with its weights: licences may travel beside them."""
    declared = config.get("base_digest")
    weights = {file.artifact_id for file in base.files.all() if file.path.endswith(".safetensors")}
    if declared is not None and declared not in weights | {base.digest}:
        raise CheckFailed(
            f"config.json names the base {str(declared)[:12]}…; the base given is {base}, "
            f"{base.short_digest}…. Give the version that the adapter was trained on."
        )


def _check_rights(base: "Version", listing: "Listing") -> None:
    if base.state not in {"ready", "published"}:
        raise CheckFailed(f"The base {base} is {base.state}. Choose one that may be served.")
    if base.organization_id == listing.organization_id:
        return
    if base.state != "published" or not base.listing.is_live:
        raise CheckFailed(f"The base {base} is not published. Choose a published version.")
    license = base.listing.license
    if not license.allows_derivatives:
        raise CheckFailed(
            f"The base {base} is under {license.spdx_id}, which allows no derived models. "
            "Choose another base, or ask its author."
        )
