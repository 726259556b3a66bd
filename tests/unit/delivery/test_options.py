from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.options import HIDDEN, conceal, telling_parts

ADDRESS = "https://user:correct-horse@hooks.example/services/T0/abcdefgh?token=98765432&v=1"


def test_given_an_answer_that_repeats_an_address_when_concealed_then_no_telling_part_stays() -> None:
    said = f"no route {ADDRESS}; /services/T0/abcdefgh?token=98765432&v=1; abcdefgh; 98765432; correct-horse; v=1"
    hidden = conceal(said, telling_parts(ADDRESS))
    for part in ("abcdefgh", "98765432", "correct-horse"):
        assert part not in hidden
    assert hidden.startswith("no route (hidden); ")
    assert hidden.endswith("v=1")


def test_given_a_short_path_when_an_answer_is_concealed_then_plain_words_stay() -> None:
    assert conceal("ok", telling_parts("https://desk.example/ok")) == "ok"


@given(st.text(alphabet="abc(hiden)"), st.text(alphabet="abc(", min_size=1, max_size=4))
def test_given_any_secret_when_concealed_then_what_stays_of_the_text_does_not_hold_it(text: str, secret: str) -> None:
    hidden = conceal(text, (secret, ""))
    assert all(secret not in piece for piece in hidden.split(HIDDEN))
    assert (hidden == text) is (secret not in text)


def test_given_a_token_when_an_answer_repeats_it_alone_then_it_is_hidden() -> None:
    assert conceal("bad token fedcba9876", telling_parts("Bearer fedcba9876")) == "bad token (hidden)"


def test_given_a_login_when_an_answer_repeats_its_header_then_it_is_hidden() -> None:
    assert conceal("Basic dXNlcjpwdw==", telling_parts("https://user:pw@desk.example/")) == "Basic (hidden)"


def test_given_a_token_that_looks_like_a_broken_address_when_split_then_it_is_hidden_whole() -> None:
    assert conceal("got http://[oops", telling_parts("http://[oops")) == "got (hidden)"
