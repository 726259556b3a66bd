"""Numbers as people read them. Leaves the words around them to the texts."""

_MINUS = "\N{MINUS SIGN}"


def signed(value: float) -> str:
    """A whole number with its sign, nought without one: "+12", "-3" with a true minus, "0"."""
    whole = round(value)
    return f"{whole:+d}".replace("-", _MINUS) if whole else "0"
