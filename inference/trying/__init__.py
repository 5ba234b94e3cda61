"""Trying a model in the page: its form, what was typed, and its answer for people."""
