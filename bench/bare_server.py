"""The peer: a runtime behind gunicorn and nothing else; no key, meter, price or record.

``BARE_FOLDER`` names the files of a version; the body of a POST is the runtime's input.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from inference.runtimes.base import RunRequest, RunResult
from inference.runtimes.config_file import read_object
from inference.runtimes.registry import loader_of, runtime_named

_folder = Path(os.environ["BARE_FOLDER"])
_model = loader_of(runtime_named(read_object(_folder / "config.json")["runtime"])).load(
    _folder, device="cpu"
)
_lock = threading.Lock()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a POST with the output of the runtime."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    value = json.loads(environ["wsgi.input"].read(length) or b"null")
    if value is None:
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]
    with _lock:
        (result,) = _model.run([RunRequest("bench", value)])
    assert isinstance(result, RunResult), result
    body = json.dumps(result.output).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
