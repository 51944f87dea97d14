"""Measures what the project promises of time and memory: `python -m bench`."""
