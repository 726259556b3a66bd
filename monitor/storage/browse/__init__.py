"""Reads for people who look: lists in pages, counts, what is found. Nothing here writes.

Each list is bounded by a limit and goes on behind a cursor (domain/browsing.py), and each query is served by an index, so that
a page costs the same however large the archive has grown.
"""
