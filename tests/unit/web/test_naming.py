"""Who is meant: a code or a name in any language, whatever its capitals and accents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.naming import ActorNames
from monitor.web.numbers import signed
from tests.unit.delivery.books import BOOKS

NAMES = ActorNames.of(BOOKS.values())


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("VUT", "VUT"),
        ("vut", "VUT"),
        ("Vanuatu", "VUT"),
        ("  BUTÁN ", "BTN"),
        ("butan", "BTN"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_name_when_written_then_its_code_is_found(written: str, code: str | None) -> None:
    assert NAMES.code_of(written) == code


def test_a_name_when_misspelt_then_those_nearest_are_found() -> None:
    assert NAMES.near("Kirbati", 3)[0] == "KIR"
    assert NAMES.near("zzzzzzz", 3) == ()


@given(st.text(max_size=40))
def test_anything_when_written_then_what_is_found_is_a_code(written: str) -> None:
    assert NAMES.code_of(written) in {None, *NAMES.codes}
    assert set(NAMES.near(written, 3)) <= NAMES.codes


@pytest.mark.parametrize(
    ("value", "said"), [(12.4, "+12"), (-3.2, "\N{MINUS SIGN}3"), (0.4, "0"), (-0.4, "0"), (0.0, "0")]
)
def test_a_number_when_said_then_its_sign_is_and_nought_has_none(value: float, said: str) -> None:
    assert signed(value) == said
