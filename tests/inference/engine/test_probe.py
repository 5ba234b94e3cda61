"""What a process that probes an author's files may still do."""

import subprocess
import sys

import pytest

from inference.engine.probe import _reason
from inference.runtimes.base import BadModel

CONFINED = "from inference.engine.probe import *; limit_this_process(memory_mb=16, seconds=5)\n"


def confined(code):
    """Run code in a process that limited itself; return its last words."""
    done = subprocess.run(
        [sys.executable, "-c", CONFINED + code], capture_output=True, text=True, check=False, env={}
    )
    return done.stdout + done.stderr


def test_does_not_get_more_memory():
    assert "MemoryError" in confined("bytearray(2 << 30)")


def test_gets_the_memory_it_was_promised():
    assert confined("print(len(bytearray(16 << 20)))") == "16777216\n"


def test_does_not_write_large_files(tmp_path):
    path = tmp_path / "large"

    words = confined(f"open({str(path)!r}, 'wb').write(bytes(2 << 20))")

    assert "File too large" in words
    assert path.stat().st_size <= 1 << 20


def test_does_not_open_many_files():
    assert "Too many open files" in confined("a = [open('/dev/null') for _ in range(300)]")


def test_reaches_no_network():
    code = """
import socket
if cut_network():
    socket.create_connection(("127.0.0.1", 6379), 1)
else:
    raise OSError("Network is unreachable")
"""
    assert "Network is unreachable" in confined(code)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("unable to mmap 9 bytes: Cannot allocate memory (12)"),
    ],
)
def test_calls_every_lack_of_memory_the_same(error):
    assert _reason(error) == "It needs more memory than it may use."


def test_repeats_what_a_runtime_found():
    assert _reason(BadModel("config.json: hidden must be odd.")).startswith("config.json")
