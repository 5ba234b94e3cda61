"""What was typed into a try-it form, as the input of a call."""

import base64
import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from inference.trying.panels import FieldView, fields_of, kind_of
from marketplace.core.errors import FieldProblem, InvalidInput

LARGEST_PICTURE = LARGEST_SOUND = 10 * 1024 * 1024
MOST_LINES = 64
Json = dict[str, Any]


def input_from(request: HttpRequest, signature: Mapping[str, Any]) -> Json:
    """Return the input typed into the form of a signature; raises ``InvalidInput``."""
    kind = kind_of(signature)
    fields = fields_of(kind, signature)
    table = request.POST.get("table", "").strip() if kind == "rows" else ""
    if table:
        return {"rows": rows_from(table, fields)}
    options = {field.name: _value(field, request.POST.get(field.name, "")) for field in fields}
    given = {name: value for name, value in options.items() if value is not None}
    return READERS[kind](request, given)


def rows_from(table: str, fields: Sequence[FieldView]) -> list[Json]:
    """Return the rows of a table with a line of column names, parted by commas or tabs.

    Raises ``InvalidInput`` for an unknown column, a cell that is no number where one is
    asked for, and more than ``MOST_LINES`` rows.
    """
    known = {field.name.removeprefix("row."): field for field in fields}
    tabs = "\t" in table.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(table), delimiter="\t" if tabs else ",")
    names = [name.strip() for name in reader.fieldnames or ()]
    unknown = [name for name in names if name not in known]
    if unknown:
        said = (
            f"There is no column {unknown[0]!r}. The first line names columns: {', '.join(known)}."
        )
        raise InvalidInput([FieldProblem("Table", said)])
    try:
        lines = list(reader)
    except csv.Error as error:
        raise InvalidInput([FieldProblem("Table", f"It cannot be read: {error}.")]) from None
    if not 0 < len(lines) <= MOST_LINES:
        said = f"Give 1 to {MOST_LINES} rows below the line of column names."
        raise InvalidInput([FieldProblem("Table", said)])
    return [_row(line, known) for line in lines]


def _row(line: Mapping[str | None, Any], known: Mapping[str, FieldView]) -> Json:
    if None in line:
        raise InvalidInput([FieldProblem("Table", "A row has more cells than there are columns.")])
    cells = {str(name).strip(): cell or "" for name, cell in line.items()}
    values = {name: _value(known[name], cell) for name, cell in cells.items()}
    return {name: value for name, value in values.items() if value is not None}


def _value(field: FieldView, typed: str) -> Any:
    typed = typed.strip()
    if not typed:
        return None
    if field.kind != "number":
        return typed
    try:
        return int(typed) if field.step == "1" else float(typed)
    except ValueError:
        raise InvalidInput([FieldProblem(field.label, f"{typed!r} is not a number.")]) from None


def _chat(request: HttpRequest, options: Json) -> Json:
    messages = _history(request.POST.get("history", ""))
    system = request.POST.get("system", "").strip()
    if system:
        messages.insert(0, {"role": "system", "content": system})
    content = _required(request, "text", "Type a message.")
    return {"messages": [*messages, {"role": "user", "content": content}], **options}


def _history(text: str) -> list[Json]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _texts(request: HttpRequest, options: Json) -> Json:
    lines = [line.strip() for line in request.POST.get("text", "").splitlines() if line.strip()]
    if not lines:
        raise InvalidInput([FieldProblem("Texts", "Type at least one line.")])
    return {"texts": lines[:MOST_LINES], **options}


def _rows(request: HttpRequest, options: Json) -> Json:
    return {"rows": [{name.removeprefix("row."): value for name, value in options.items()}]}


def _series(request: HttpRequest, options: Json) -> Json:
    words = request.POST.get("text", "").replace(",", " ").replace(";", " ").split()
    try:
        return {"series": [float(word) for word in words], **options}
    except ValueError as error:
        problem = FieldProblem("Series", f"Only numbers, please: {error}.")
        raise InvalidInput([problem]) from None


def _image(request: HttpRequest, options: Json) -> Json:
    asked = "Choose a JPEG, PNG or WebP file, or one of the examples."
    too_large = "It has more than 10 MB; choose a smaller one."
    found = _chosen(request, "image", "Picture", asked, LARGEST_PICTURE, too_large)
    return {"image": found, **options}


def _sound(request: HttpRequest, options: Json) -> Json:
    asked = "Choose a WAV file, record one, or use the example."
    too_large = "It has more than 10 MB; choose a shorter one."
    found = _chosen(request, "audio", "Recording", asked, LARGEST_SOUND, too_large)
    return {"audio": found, **options}


def _chosen(
    request: HttpRequest, name: str, label: str, asked: str, largest: int, too_large: str
) -> str:
    """Return the file that was sent in base64, else the example that was chosen."""
    sent, sample = request.FILES.get(name), request.POST.get("sample", "")
    if sent is None and sample:
        return sample
    if not isinstance(sent, UploadedFile):
        raise InvalidInput([FieldProblem(label, asked)])
    if (sent.size or 0) > largest:
        raise InvalidInput([FieldProblem(label, too_large)])
    return base64.b64encode(sent.read()).decode()


def _json(request: HttpRequest, options: Json) -> Json:
    try:
        found = json.loads(request.POST.get("text", ""))
    except (ValueError, RecursionError) as error:
        raise InvalidInput([FieldProblem("Input", f"This is not JSON: {error}.")]) from None
    if not isinstance(found, dict):
        raise InvalidInput([FieldProblem("Input", "The input is a JSON object.")])
    return found


def _required(request: HttpRequest, name: str, message: str) -> str:
    typed = request.POST.get(name, "").strip()
    if not typed:
        raise InvalidInput([FieldProblem("Message", message)])
    return typed


READERS = {
    "chat": _chat,
    "texts": _texts,
    "rows": _rows,
    "image": _image,
    "sound": _sound,
    "series": _series,
    "json": _json,
}
