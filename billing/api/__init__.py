"""The API of billing."""
