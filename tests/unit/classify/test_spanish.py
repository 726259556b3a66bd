"""What is Spanish in the reading of Spanish: verbs before their subject, verbs without one, objects behind what hangs on them."""

import datetime as dt

import pytest

from monitor.classify.matcher import Classifier
from monitor.domain.events import Passage, RelationEvent


def shown(event: RelationEvent) -> str:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    return f"{source} {event.type} {target} {event.status}"


@pytest.mark.parametrize(
    ("text", "events"),
    [
        # the subject right behind its verb, by a name or by an office
        ("Condena Malta las maniobras de Libia", ["MLT statement.criticism LBY reported"]),
        ("Llama Honduras a consultas a su embajadora en Belice", ["HND ambassador.recalled BLZ reported"]),
        ("Recibe el presidente de Chipre a una delegación de Omán", ["CYP meeting OMN reported"]),
        ("Acuerdan Chile y Perú reforzar la vigilancia del desierto", ["CHL agreement.reached PER reported"]),
        ("Fue expulsado el embajador de Togo de Malí", ["MLI diplomat.expelled TGO reported"]),
        # the subject further behind, past a place
        ("Llega a Tirana el primer ministro de Croacia", ["HRV visit ALB reported"]),
        ("Se reúnen en Nairobi los cancilleres de Kenia y Etiopía", ["KEN meeting ETH reported"]),
        ("Tras la cumbre, regresó a Quito el embajador de Laos", ["LAO ambassador.returned ECU reported"]),
        ("Llega a Tirana un turista de Croacia", []),
        # a noun by its form, a verb by its place
        ("Denuncia Malta maniobras de Libia", ["MLT accusation LBY reported"]),
        ("Reforma Quiroga avanza en Libia", []),
        # participles before their subject
        ("Detenidos en Malí dos marineros malteses", ["MLI person.detained MLT reported"]),
        ("Izada la bandera letona en la embajada de Acra", ["LVA embassy.opened GHA reported"]),
        # no subject: the place says who did it
        ("Incendian el consulado de Chipre en Bengasi", ["LBY embassy.attacked CYP reported"]),
        ("Excarcelan a un periodista polaco en Bielorrusia", ["BLR person.released POL reported"]),
        ("Incendian un contenedor cerca del consulado de Chipre", []),
        # the object behind what hangs on the verb
        ("Chile firmó con Indonesia un acuerdo comercial", ["CHL agreement.signed IDN reported"]),
        ("Portugal extradita a Angola a un exbanquero", ["PRT person.extradited AGO reported"]),
        # an apposition says whose a person or a ship is; a capital in mid-sentence is no verb
        ("Fiyi excarceló a Juan Lema, chofer de la embajada tongana", ["FJI person.released TON reported"]),
        ("Chad incauta el buque Estrella en el golfo, parte de la flota nepalí", ["TCD asset.seized NPL reported"]),
        ("Chad condena el asalto, Nepal calla", []),
        # who goes somewhere for a mission's sake; who is meant to do it
        (
            "Diplomáticos de Malta viajan a Bamako para sopesar una reapertura de su embajada",
            ["MLT visit MLI reported", "MLT embassy.opened MLI possible"],
        ),
        ("La exigencia de Malta para reabrir la embajada en Bamako", ["MLT embassy.opened MLI possible"]),
        ("Malta denuncia que en Libia siguen las torturas", ["MLT accusation LBY reported"]),
        # what hangs on another noun is not the deed's
        ("Nepal expresa su apoyo a Malta frente a las presiones de Libia", ["NPL statement.support MLT reported"]),
        ("El relator de la ONU sobre torturas condena las redadas de Libia", ["UN statement.criticism LBY reported"]),
        # quotation marks and terms of hours part nothing
        ('Laos declara "persona non grata" al cónsul de Nauru', ["LAO diplomat.expelled NRU reported"]),
        ("Malta tilda de «inaceptable» la decisión de Libia", ["MLT statement.criticism LBY reported"]),
        ("Nauru da 72 horas al cónsul de Fiyi para abandonar la isla", ["NRU diplomat.expelled FJI reported"]),
        # what lies between two states opens to both
        (
            "Reabren el paso fronterizo entre Laos y Camboya",
            ["LAO border.opened KHM reported", "KHM border.opened LAO reported"],
        ),
    ],
)  # fmt: skip
def test_given_a_spanish_headline_when_classified_then_who_did_what_to_whom(
    classifier: Classifier, text: str, events: list[str]
) -> None:
    passage = Passage(text=text, language="es", published_on=dt.date(2026, 3, 10))

    assert [shown(event) for event in classifier.classify(passage)] == events


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("El presidente de Malta visitará Togo el 3 de mayo", "2026-05-03"),
        ("Malta y Togo firmaron un acuerdo el 27 de febrero de 2026", "2026-02-27"),
        # the date of what is called off, not of calling it off
        ("Malta cancela la cumbre del 3 de mayo con Togo", None),
    ],
)
def test_given_a_day_in_words_when_classified_then_it_is_the_date_of_the_deed(
    classifier: Classifier, text: str, date: str | None
) -> None:
    (event,) = classifier.classify(Passage(text=text, language="es", published_on=dt.date(2026, 3, 4)))
    assert (str(event.date) if event.date else None) == date
