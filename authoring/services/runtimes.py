"""What the platform's runtimes know of files, asked without loading any weights."""

from functools import cache

from inference.runtimes import registry


@cache
def file_names() -> frozenset[str]:
    """Return every file name that some runtime requires or reads."""
    found: set[str] = set()
    for name in registry.names():
        runtime = registry.runtime_named(name)
        found.update(runtime.required_files, runtime.optional_files)
    return frozenset(found)
