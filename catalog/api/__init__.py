"""The catalog's API."""
