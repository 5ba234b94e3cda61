"""Resident models in one process: loading, batching, leaving. Plain Python, no Django."""
