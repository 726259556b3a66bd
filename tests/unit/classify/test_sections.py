"""Names of sections behind a title are cut off; names that the sentence needs stay."""

import pytest

from monitor.classify.sections import without_section
from monitor.classify.tokens import Sentence
from monitor.classify.words import Language
from tests.golden.gate import shipped_classifier


@pytest.fixture(scope="module")
def spanish() -> Language:
    return shipped_classifier().languages["es"]


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Fiyi excarcela a un marinero suizo SUCESOS", "Fiyi excarcela a un marinero suizo"),
        ("Liberados en Eritrea cuatro periodistas ESPAÑA", "Liberados en Eritrea cuatro periodistas"),
        ("Kenia abre la frontera este martes EE UU", "Kenia abre la frontera este martes"),
        ("Togo rompe su acuerdo con EE UU EE UU", "Togo rompe su acuerdo con EE UU"),
        ("“Nadie nos echará”, dice Samoa a Tonga” MUNDO POLÍTICA", "“Nadie nos echará”, dice Samoa a Tonga”"),
    ],
)
def test_given_a_section_in_capitals_behind_a_title_when_cut_then_the_title_is_left(
    spanish: Language, title: str, kept: str
) -> None:
    assert without_section(Sentence(title, 0), spanish).text == kept


@pytest.mark.parametrize(
    "title",
    [
        "Togo rompe su acuerdo con EE UU",
        "Malta pide explicaciones a Italia y ESPAÑA",
        "A las críticas de Malta respondió EE UU",
        "SAMOA EXCARCELA A UN MARINERO DE VENEZUELA",
        "Samoa excarcela a un marinero de la ONU",
        "Entra en vigor POLÍTICA",
        "Fiyi vende la isla a Colombia",
    ],
)
def test_given_a_name_that_the_title_needs_when_cut_then_nothing_changes(spanish: Language, title: str) -> None:
    sentence = Sentence(title, 0)

    assert without_section(sentence, spanish) is sentence


def test_given_a_sentence_further_in_when_cut_then_its_places_still_count_the_whole_text(spanish: Language) -> None:
    cut = without_section(Sentence("Kenia abre su frontera con Somalia MUNDO", 40), spanish)

    assert (cut.start, cut.starts[0], cut.ends[-1]) == (40, 40, 74)
