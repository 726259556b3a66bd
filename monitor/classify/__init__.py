"""From a text to relation events: pure, compiled once, without a clock."""
