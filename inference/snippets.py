"""Calls to copy: curl, Python and JavaScript that work as pasted, given STOA_API_KEY."""

import json
from collections.abc import Mapping
from typing import Any

from django.templatetags.static import static

from marketplace.core.ui import Snippet

# Too long to be read in a call: the calls fetch it from the store instead.
RECORDING = "audio/speech.wav"


def snippets(site: str, model: str, example: Mapping[str, Any]) -> list[Snippet]:
    """Return one call of a model with its own example, in three languages."""
    body = {"model": model, "input": dict(example)}
    if "audio" in example:
        return [
            Snippet("curl", "bash", curl_with_sound(site, body)),
            Snippet("Python", "python", python_with_sound(site, body)),
            Snippet("JavaScript", "javascript", javascript_with_sound(site, body)),
        ]
    return [
        Snippet("curl", "bash", curl(site, body)),
        Snippet("Python", "python", python(site, body)),
        Snippet("JavaScript", "javascript", javascript(site, body)),
    ]


def stream_snippets(site: str, model: str, example: Mapping[str, Any]) -> list[Snippet]:
    """Return one streamed call."""
    body = {"model": model, "stream": True, "input": dict(example)}
    if "audio" in example:
        return [Snippet("curl", "bash", curl_with_sound(site, body, options="-N "))]
    return [Snippet("curl", "bash", curl(site, body, options="-N "))]


def curl(site: str, body: Mapping[str, Any], *, options: str = "") -> str:
    """Return a call by curl."""
    data = json.dumps(body, indent=2, ensure_ascii=False).replace("'", "'\\''")
    return (
        f"curl {options}{site}/api/v1/predictions \\\n"
        '  -H "Authorization: Bearer $STOA_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{data}'"
    )


def curl_with_sound(site: str, body: Mapping[str, Any], *, options: str = "") -> str:
    """Return a call by curl that sends a WAV file."""
    form = json.dumps(_with_audio(body, "%s")).replace("'", "'\\''")
    call = curl(site, {}, options=options).replace("-d '{}'", "-d @-")
    return (
        f"curl -o speech.wav {_recording(site)}\n"
        f"printf '{form}' \"$(base64 < speech.wav | tr -d '\\n')\" |\n"
        f"{call}"
    )


def python(site: str, body: Mapping[str, Any]) -> str:
    """Return a call by Python's own library."""
    return f'''import json
import os
import urllib.request

body = json.loads(r"""
{_indented(body)}
""")
request = urllib.request.Request(
    "{site}/api/v1/predictions",
    data=json.dumps(body).encode(),
    headers={{
        "Authorization": f"Bearer {{os.environ['STOA_API_KEY']}}",
        "Content-Type": "application/json",
    }},
)
with urllib.request.urlopen(request) as response:
    prediction = json.load(response)
print(json.dumps(prediction["output"], indent=2))
print(prediction["cost"]["amount"], prediction["cost"]["currency"])'''


def python_with_sound(site: str, body: Mapping[str, Any]) -> str:
    """Return a call by Python's own library that sends a WAV file."""
    call = python(site, _with_audio(body, "")).replace(
        "import json", "import base64\nimport json", 1
    )
    return call.replace(
        "request = ",
        f'''with urllib.request.urlopen("{_recording(site)}") as recording:
    body["input"]["audio"] = base64.b64encode(recording.read()).decode()
request = ''',
        1,
    )


def javascript(site: str, body: Mapping[str, Any]) -> str:
    """Return a call by fetch, for Node 18 or newer."""
    return f"""const response = await fetch("{site}/api/v1/predictions", {{
  method: "POST",
  headers: {{
    Authorization: `Bearer ${{process.env.STOA_API_KEY}}`,
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({_indented(body)}),
}});
const prediction = await response.json();
console.log(prediction.output, prediction.cost);"""


def javascript_with_sound(site: str, body: Mapping[str, Any]) -> str:
    """Return a call by fetch that sends a WAV file."""
    call = javascript(site, _with_audio(body, "-")).replace('"audio": "-"', '"audio": audio', 1)
    return f"""const recording = await fetch("{_recording(site)}");
const audio = Buffer.from(await recording.arrayBuffer()).toString("base64");
{call}"""


def _with_audio(body: Mapping[str, Any], audio: str) -> dict[str, Any]:
    return {**body, "input": {**body["input"], "audio": audio}}


def _recording(site: str) -> str:
    return f"{site}{static(RECORDING)}"


def _indented(body: Mapping[str, Any]) -> str:
    return json.dumps(body, indent=2)
