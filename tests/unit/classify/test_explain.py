"""Every event and every silence can be explained."""

from monitor.classify.explain import explain
from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage
from monitor.domain.explanation import Explained


def explained(classifier: Classifier, text: str, language: str | None = "en") -> list[Explained]:
    return list(explain(classifier, Passage(text=text, language=language)))


def test_an_event_when_explained_then_actors_pattern_and_status_words_are_named(classifier: Classifier) -> None:
    (one,) = explained(classifier, "Peru's president plans to visit Chile.")
    assert one.actors == ("Peru = PER", "Chile = CHL")
    assert [event.type for event in one.events] == ["visit"]
    assert one.status_signs == ("to visit", "plans")
    assert one.near == ()


def test_a_deed_denied_by_its_subject_when_explained_then_the_denying_word_is_named(classifier: Classifier) -> None:
    (one,) = explained(classifier, "No Peruvian diplomat was expelled from Chile.")
    assert one.status_signs == ("No", "was expelled")


def test_a_near_miss_when_explained_then_says_what_it_lacked(classifier: Classifier) -> None:
    (one,) = explained(classifier, "Chilean singer condemned Peru.")
    assert one.events == ()
    assert any(miss.type == "statement.criticism" and "{source}" in miss.lacks for miss in one.near)


def test_silence_when_explained_then_has_a_reason(classifier: Classifier) -> None:
    first, second = explained(classifier, "Dogs bark. Peru is a country.")
    assert first.silence is not None
    assert "actor" in first.silence
    assert second.silence is not None
    (unknown,) = explained(classifier, "Посол вызван в министерство", None)
    assert unknown.silence is not None
    assert "language" in unknown.silence


def test_a_named_object_when_read_then_is_kept(classifier: Classifier) -> None:
    (event,) = classifier.classify(
        Passage(text="On Friday the US seized the tanker Olmeda off Venezuela.", language="en")
    )
    assert event.object == "Olmeda"
    (event,) = classifier.classify(Passage(text="US Seizes Big Old Tanker Off Venezuela", language="en"))
    assert event.object is None
