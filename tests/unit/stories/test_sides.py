import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.stories.sides import fuller, may_be_same

_names = st.one_of(st.none(), st.text(alphabet="abcÁñ -'", min_size=1, max_size=12))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("El Cóndor", "EL CONDOR", True),
        ("Quiroga", "Ana Quiroga", True),
        ("Ana Quiroga", "Luis Quiroga", False),
        ("Petrel", "Petrel II", True),
        ("Petrel II", "Petrel III", False),
        (None, "Petrel", True),
    ],
)
def test_given_two_names_when_one_says_no_more_than_the_other_then_they_may_be_the_same(
    one: str | None, other: str | None, *, same: bool
) -> None:
    assert may_be_same(one, other) is same
    assert may_be_same(other, one) is same


@given(_names, _names)
def test_given_two_names_of_one_object_when_the_fuller_is_kept_then_both_still_fit_it(
    one: str | None, other: str | None
) -> None:
    if may_be_same(one, other):
        kept = fuller(one, other)
        assert kept in (one, other)
        assert may_be_same(one, kept)
        assert may_be_same(other, kept)
