"""The bands of the relations index: how a pair stands, in words (stories/index.py says where each begins)."""

from enum import StrEnum


class Band(StrEnum):
    """A stretch of the index, from conflict to cooperation."""

    HOSTILE = "hostile"
    TENSE = "tense"
    ORDINARY = "ordinary"
    WARM = "warm"
    CLOSE = "close"
