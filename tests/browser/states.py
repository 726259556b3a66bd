"""The pairs of states that the invented newsroom writes about, named in English and Spanish."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state, its people (as an adjective: in Spanish the feminine or masculine plural of "diplomáticos") and its capital."""

    code: str
    en: str
    es: str
    people_en: str
    people_es: str
    capital_en: str
    capital_es: str


def _state(code: str, en: tuple[str, str, str], es: tuple[str, str, str]) -> State:
    """In each language: name, people, capital."""
    return State(
        code=code,
        en=en[0],
        es=es[0],
        people_en=en[1],
        people_es=es[1],
        capital_en=en[2],
        capital_es=es[2],
    )


FIJI = _state("FJI", ("Fiji", "Fijian", "Suva"), ("Fiyi", "fiyianos", "Suva"))
TONGA = _state("TON", ("Tonga", "Tongan", "Nuku'alofa"), ("Tonga", "tonganos", "Nukualofa"))

PAIRS: tuple[tuple[State, State], ...] = (
    (
        _state("NRU", ("Nauru", "Nauruan", "Yaren"), ("Nauru", "nauruanos", "Yaren")),
        _state("PLW", ("Palau", "Palauan", "Ngerulmud"), ("Palaos", "palauanos", "Ngerulmud")),
    ),
    (
        _state("GUY", ("Guyana", "Guyanese", "Georgetown"), ("Guyana", "guyaneses", "Georgetown")),
        _state("SUR", ("Suriname", "Surinamese", "Paramaribo"), ("Surinam", "surinameses", "Paramaribo")),
    ),
    (
        _state("LSO", ("Lesotho", "Basotho", "Maseru"), ("Lesoto", "lesotenses", "Maseru")),
        _state("BWA", ("Botswana", "Botswanan", "Gaborone"), ("Botsuana", "botsuanos", "Gaborone")),
    ),
    (
        _state("BTN", ("Bhutan", "Bhutanese", "Thimphu"), ("Bután", "butaneses", "Timbu")),
        _state("MDV", ("Maldives", "Maldivian", "Malé"), ("Maldivas", "maldivos", "Malé")),
    ),
    (
        _state("ISL", ("Iceland", "Icelandic", "Reykjavik"), ("Islandia", "islandeses", "Reikiavik")),
        _state("MLT", ("Malta", "Maltese", "Valletta"), ("Malta", "malteses", "La Valeta")),
    ),
    (
        _state("URY", ("Uruguay", "Uruguayan", "Montevideo"), ("Uruguay", "uruguayos", "Montevideo")),
        _state("PRY", ("Paraguay", "Paraguayan", "Asuncion"), ("Paraguay", "paraguayos", "Asunción")),
    ),
    (
        _state("AND", ("Andorra", "Andorran", "Andorra la Vella"), ("Andorra", "andorranos", "Andorra la Vieja")),
        _state("MCO", ("Monaco", "Monegasque", "Monaco"), ("Mónaco", "monegascos", "Mónaco")),
    ),
    (
        _state("KIR", ("Kiribati", "I-Kiribati", "Tarawa"), ("Kiribati", "kiribatianos", "Tarawa")),
        _state("TUV", ("Tuvalu", "Tuvaluan", "Funafuti"), ("Tuvalu", "tuvaluanos", "Funafuti")),
    ),
    (
        _state("GAB", ("Gabon", "Gabonese", "Libreville"), ("Gabón", "gaboneses", "Libreville")),
        _state("CPV", ("Cape Verde", "Cape Verdean", "Praia"), ("Cabo Verde", "caboverdianos", "Praia")),
    ),
    (
        _state("EST", ("Estonia", "Estonian", "Tallinn"), ("Estonia", "estonios", "Tallin")),
        _state("LUX", ("Luxembourg", "Luxembourgish", "Luxembourg"), ("Luxemburgo", "luxemburgueses", "Luxemburgo")),
    ),
    (
        _state("MUS", ("Mauritius", "Mauritian", "Port Louis"), ("Mauricio", "mauricianos", "Port Louis")),
        _state("SYC", ("Seychelles", "Seychellois", "Victoria"), ("Seychelles", "seychellenses", "Victoria")),
    ),
    (
        _state("PAN", ("Panama", "Panamanian", "Panama City"), ("Panamá", "panameños", "Ciudad de Panamá")),
        _state("SLV", ("El Salvador", "Salvadoran", "San Salvador"), ("El Salvador", "salvadoreños", "San Salvador")),
    ),
)
"""Beside Fiji and Tonga, whose month is told in most detail."""
