"""Relation Monitor: watches news feeds for changes in the relations between states."""

__version__ = "0.1.0"
