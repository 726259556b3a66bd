from collections.abc import Callable

import pytest

from monitor.domain.events import Passage, RelationEvent

Classify = Callable[[Passage], tuple[RelationEvent, ...]]


def _spoken(classify: Classify, language: str, text: str) -> list[str]:
    """Each event with its speaker: "FJI diplomat.expelled TON denied by FJI"."""
    told = []
    for event in classify(Passage(text=text, language=language)):
        sides = [side.code if side else "?" for side in (event.source, event.target)]
        told.append(f"{sides[0]} {event.type} {sides[1]} {event.status} by {event.speaker and event.speaker.code}")
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Fiji denies it expelled Tongan diplomats", "FJI diplomat.expelled TON denied by FJI"),
        ("Fiji denies expelling Tongan diplomats", "FJI diplomat.expelled TON denied by FJI"),
        ("Fiji denied on Monday that it had expelled Tongan diplomats", "FJI diplomat.expelled TON denied by FJI"),
        ("Laos denies attack on Malta", "LAO military.attack MLT denied by LAO"),
        ("Laos says it did not attack Malta", "LAO military.attack MLT denied by LAO"),
        ("Tonga says Fiji expelled its diplomats", "FJI diplomat.expelled TON reported by TON"),
        ("Fiji says it plans to reopen its embassy in Tonga", "FJI embassy.opened TON planned by FJI"),
        ("Fiji expelled Tongan diplomats, Nuku'alofa says", "FJI diplomat.expelled TON reported by TON"),
        ("Fiji expelled Tongan diplomats, says foreign minister of Tonga", "FJI diplomat.expelled TON reported by TON"),
        ("Fiji expelled Tongan diplomats, according to Malta", "FJI diplomat.expelled TON reported by MLT"),
        ("According to Malta, Fiji expelled Tongan diplomats", "FJI diplomat.expelled TON reported by MLT"),
    ],
)
def test_given_words_of_one_actor_when_read_then_that_actor_speaks(classify: Classify, text: str, told: str) -> None:
    assert _spoken(classify, "en", text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Fiyi niega haber expulsado a diplomáticos de Tonga", "FJI diplomat.expelled TON denied by FJI"),
        ("Malta desmiente que Fiyi haya expulsado a diplomáticos de Tonga", "FJI diplomat.expelled TON denied by MLT"),
        ("Laos niega un ataque contra Malta", "LAO military.attack MLT denied by LAO"),
        ("Tonga asegura que Fiyi expulsó a diplomáticos de Malta", "FJI diplomat.expelled MLT reported by TON"),
        ("Fiyi expulsó a diplomáticos de Malta, afirma Tonga", "FJI diplomat.expelled MLT reported by TON"),
        (
            "Fiyi expulsó a diplomáticos de Malta, según el Gobierno de Tonga",
            "FJI diplomat.expelled MLT reported by TON",
        ),
        ("Según Tonga, Fiyi expulsó a diplomáticos de Malta", "FJI diplomat.expelled MLT reported by TON"),
    ],
)
def test_given_spanish_words_of_one_actor_when_read_then_that_actor_speaks(
    classify: Classify, text: str, told: str
) -> None:
    assert _spoken(classify, "es", text) == [told]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Fiji expelled Tongan diplomats"),
        ("en", "Fiji expelled Tongan diplomats, witnesses say"),
        ("en", "Fiji expelled Tongan diplomats, Malta and Laos say"),
        ("en", "Malta may say Fiji expelled Tongan diplomats"),
        ("en", "Fiji is said to have expelled Tongan diplomats"),
        ("en", "Malta was angry and Fiji expelled Tongan diplomats"),
        ("en", "Fiji says it will not meet Tonga"),
        ("es", "Fiyi expulsó a diplomáticos de Tonga"),
        ("es", "Fiyi se niega a reabrir su embajada en Tonga"),
    ],
)
def test_given_no_plain_word_of_one_actor_when_read_then_nobody_speaks(
    classify: Classify, language: str, text: str
) -> None:
    told = _spoken(classify, language, text)
    assert told
    assert all(one.endswith(" by None") for one in told)


def test_given_an_envoy_of_a_person_when_read_then_the_state_speaks_and_not_the_person(classify: Classify) -> None:
    (event,) = classify(Passage(text="Fiji expelled Tongan diplomats, Trump envoy says", language="en"))
    assert event.speaker is not None
    assert (event.speaker.code, event.speaker.role) == ("USA", None)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Malta doesn't deny that it expelled diplomats of Laos", "possible"),
        ("Malta denies entry to diplomats of Laos expelled by Chad", None),
    ],
)
def test_given_a_denial_that_denies_no_clause_when_read_then_the_deed_is_not_denied(
    classify: Classify, text: str, status: str | None
) -> None:
    found = [str(event.status) for event in classify(Passage(text=text, language="en")) if "expelled" in event.type]
    assert "denied" not in found
    assert status is None or found == [status]
