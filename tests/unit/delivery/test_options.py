from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.options import conceal, telling_parts

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


@given(st.text(), st.lists(st.text()))
def test_given_any_secrets_when_concealed_then_each_is_gone_unless_the_sign_itself_holds_it(
    text: str, secrets: list[str]
) -> None:
    hidden = conceal(text, secrets)
    if not any(secrets):
        assert hidden == text
    if len(secrets) == 1 and secrets[0]:
        assert secrets[0] not in hidden.replace("(hidden)", "") or secrets[0] in "(hidden)"
