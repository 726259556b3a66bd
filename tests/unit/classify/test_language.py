"""Languages are told apart, and unknown ones are left alone."""

import pytest

from monitor.classify.language import recognise
from monitor.classify.matcher import Classifier


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Peru expels three Chilean diplomats", "en"),
        ("The embassy in Lima is to be closed on Friday", "en"),
        ("Perú expulsa a tres diplomáticos de Chile", "es"),
        ("La embajada en Lima será cerrada el viernes", "es"),
        ("Der Botschafter wurde am Freitag in das Ministerium einbestellt", ""),
        ("Les ministres vont rappeler leurs ambassadeurs vendredi prochain", ""),
        ("O embaixador foi chamado ao ministério na sexta-feira", ""),
        ("L'ambasciatore è stato convocato ieri al ministero", ""),
        ("Malta declares Tongan ambassador persona non grata", "en"),
        ("Tongan diplomats arrive in Malta", "en"),
        ("Rama off to Valletta next week", "en"),
        ("Tate Quiroga meets Rama", "en"),
        ("Rama visitó Malta", "es"),
        ("Costa visita a Rama", "es"),
        ("Rama accuse Costa", ""),
        ("Rama en visite en Angola", ""),
        ("Sanctions contre l'Angola", ""),
        ("Le Togo expulse l'ambassadeur du Tchad", ""),
        ("Costa vai ao Chile", ""),
        ("Malta convoca embaixador da Rússia", ""),
        ("Rama in visita a Tunisi", ""),
        ("Il Togo convoca l’ambasciatore", ""),
        ("Rama war in Ankara", ""),
        ("Rama will in Ankara bleiben", ""),
        ("Rama in gesprek met Costa", ""),
        ("Statsministeren er i Kina for at tale", ""),
        ("Rama and Costa", ""),
        ("Посол вызван в министерство", ""),
        ("12:30", ""),
        ("", ""),
    ],
)
def test_a_text_when_its_language_is_asked_then_known_ones_are_named(
    classifier: Classifier, text: str, language: str
) -> None:
    assert recognise(text, classifier.languages) == language
