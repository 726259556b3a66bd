"""Frozen values that travel between the stages, and the error tree. Standard library only.

Everything here is data: no I/O, no clock, no third-party package. Values are frozen, slotted and keyword-only; times
are aware and in UTC; alternatives are unions of small types that callers close with `typing.assert_never`.
"""
