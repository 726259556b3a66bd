"""How the invented papers tell a deed, in English and Spanish: several headlines for each, and a sentence below them.

{a} acts on {b}; {a_people}, {b_people} are adjectives, {a_capital}, {b_capital} capitals, {topic} what it is about and {day} a day to come.
Everything is made up. What the classifier reads in each is its own affair: no test counts that.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Headlines of one deed by language, and what stands below."""

    headlines: Mapping[str, tuple[str, ...]]
    summary: Mapping[str, str]


def _phrase(en: tuple[str, ...], es: tuple[str, ...], below_en: str, below_es: str) -> Phrase:
    return Phrase(headlines={"en": en, "es": es}, summary={"en": below_en, "es": below_es})


PHRASES: Mapping[str, Phrase] = {
    "criticised": _phrase(
        ("{a} criticises {b} over {topic}", "{a} condemns {b} over {topic}", "Over {topic}, {a} criticises {b}"),
        ("{a} critica a {b} por {topic}", "{a} condena a {b} por {topic}"),
        "The statement from {a_capital} was read out twice on the morning radio.",
        "La radio leyó dos veces el comunicado de {a_capital}.",
    ),
    "accused": _phrase(
        ("{a} accuses {b} of breaking its word on {topic}", "{a} accuses {b} of bad faith over {topic}"),
        ("{a} acusa a {b} de faltar a su palabra sobre {topic}",),
        "An answer from {b_capital} was not to be had before the paper went to print.",
        "De {b_capital} no hubo respuesta antes del cierre.",
    ),
    "summoned": _phrase(
        (
            "{a} summons ambassador of {b} over {topic}",
            "{a} summons {b_people} ambassador to protest over {topic}",
            "{b_people} ambassador summoned by {a}",
        ),
        ("{a} convoca al embajador de {b} por {topic}", "{a} cita al embajador de {b}"),
        "The visit to the ministry lasted less than a quarter of an hour.",
        "La visita al ministerio duró menos de un cuarto de hora.",
    ),
    "recalled": _phrase(
        ("{a} recalls its ambassador to {b}", "{a} calls home its ambassador in {b_capital}"),
        ("{a} llama a consultas a su embajador en {b}", "{a} retira a su embajador en {b}"),
        "The embassy in {b_capital} stays open with fewer people.",
        "La embajada en {b_capital} seguirá abierta con menos personal.",
    ),
    "returned": _phrase(
        ("{a} sends its ambassador back to {b}", "{a_people} ambassador returns to {b}"),
        ("El embajador de {a} regresa a {b}",),
        "A small band played at the airport of {b_capital}.",
        "Una pequeña banda tocó en el aeropuerto de {b_capital}.",
    ),
    "named": _phrase(
        ("{a} names ambassador to {b}", "{a} appoints a new ambassador to {b}"),
        ("{a} nombra embajador en {b}", "{a} designa un nuevo embajador en {b}"),
        "The post in {b_capital} had stood empty since the rains.",
        "El puesto en {b_capital} llevaba meses vacante.",
    ),
    "expelled": _phrase(
        (
            "{a} expels two {b_people} diplomats",
            "Two {b_people} diplomats expelled by {a}",
            "{a} expels diplomats of {b}",
        ),
        ("{a} expulsa a dos diplomáticos {b_people}", "{a} expulsa a diplomáticos de {b}"),
        "They were given until the end of the week to pack.",
        "Tienen hasta el fin de semana para hacer las maletas.",
    ),
    "embassy_opened": _phrase(
        ("{a} opens embassy in {b}", "{a} opens an embassy in {b_capital}"),
        ("{a} abre una embajada en {b}",),
        "The house stands between the harbour and the botanical garden.",
        "La casa está entre el puerto y el jardín botánico.",
    ),
    "embassy_closed": _phrase(
        ("{a} closes its embassy in {b}", "{a} shuts embassy in {b_capital}"),
        ("{a} cierra su embajada en {b}",),
        "Passports are now stamped by post.",
        "Los pasaportes se tramitarán por correo.",
    ),
    "talks": _phrase(
        ("{a} and {b} hold talks on {topic}", "{a} holds talks with {b} on {topic}"),
        ("{a} y {b} dialogan sobre {topic}", "{a} y {b} mantienen conversaciones sobre {topic}"),
        "The delegations met in a school hall, since the ministry's roof is being mended.",
        "Las delegaciones se vieron en el salón de una escuela.",
    ),
    "met": _phrase(
        ("Foreign ministers of {a} and {b} meet", "{a_people} foreign minister meets counterpart from {b}"),
        ("Los cancilleres de {a} y {b} se reúnen",),
        "Lunch was served late.",
        "El almuerzo se sirvió tarde.",
    ),
    "visited": _phrase(
        ("President of {a} visits {b}", "{a_people} president arrives in {b}"),
        ("El presidente de {a} visita {b}",),
        "Children waved both flags along the road from the airport.",
        "Los niños agitaron las dos banderas camino del aeropuerto.",
    ),
    "will_visit": _phrase(
        ("President of {a} to visit {b} on {day}", "{a_people} president will visit {b} on {day}"),
        ("El presidente de {a} visitará {b} el {day}",),
        "The streets around the harbour will be closed in the afternoon.",
        "Las calles del puerto se cerrarán por la tarde.",
    ),
    "will_sign": _phrase(
        ("{a} and {b} will sign an agreement on {topic} on {day}", "{a} and {b} to sign {topic} agreement on {day}"),
        ("{a} y {b} firmarán un acuerdo sobre {topic} el {day}",),
        "The text has forty pages and one map.",
        "El texto tiene cuarenta páginas y un mapa.",
    ),
    "signed": _phrase(
        ("{a} and {b} sign agreement on {topic}", "{a} signs an agreement with {b} on {topic}"),
        ("{a} y {b} firman un acuerdo sobre {topic}", "{a} firma con {b} un acuerdo sobre {topic}"),
        "Two pens were needed: the first had dried out.",
        "Hicieron falta dos plumas: la primera estaba seca.",
    ),
    "sanctioned": _phrase(
        ("{a} imposes sanctions on {b}", "{a} imposes new sanctions on {b} over {topic}"),
        ("{a} impone sanciones a {b}", "{a} impone nuevas sanciones a {b} por {topic}"),
        "The list names four companies and a ferry.",
        "La lista nombra cuatro empresas y un transbordador.",
    ),
    "eased": _phrase(
        ("{a} lifts sanctions on {b}", "{a} lifts its sanctions against {b}"),
        ("{a} levanta las sanciones a {b}",),
        "The ferry may sail again from Monday.",
        "El transbordador volverá a navegar el lunes.",
    ),
    "may_sanction": _phrase(
        ("{a} may impose sanctions on {b}", "{a} could impose sanctions on {b} over {topic}"),
        ("{a} podría imponer sanciones a {b}",),
        "Nothing is decided, people in {a_capital} say.",
        "Nada está decidido, dicen en {a_capital}.",
    ),
    "denied": _phrase(
        ("{a} denies holding secret talks with {b}", "{a} denies it will close its embassy in {b}"),
        ("{a} niega conversaciones secretas con {b}",),
        "The denial came an hour after the rumour.",
        "El desmentido llegó una hora después del rumor.",
    ),
    "helped": _phrase(
        ("{a} sends aid to {b} after storm", "{a} sends emergency aid to {b}"),
        ("{a} envía ayuda a {b} tras la tormenta",),
        "Tents, water and two cooks are on their way.",
        "Viajan tiendas, agua y dos cocineros.",
    ),
    "closed_border": _phrase(
        ("{a} closes its border with {b}",),
        ("{a} cierra su frontera con {b}",),
        "Lorries queue for nine kilometres.",
        "Los camiones hacen nueve kilómetros de cola.",
    ),
    "thanked": _phrase(
        ("{a} backs {b} over {topic}", "{a} voices support for {b} over {topic}"),
        ("{a} apoya a {b} en {topic}",),
        "A letter to that effect arrived by the morning plane.",
        "Una carta llegó en el avión de la mañana.",
    ),
}

TOPICS: tuple[Mapping[str, str], ...] = (
    {"en": "fishing", "es": "la pesca"},
    {"en": "the reef", "es": "el arrecife"},
    {"en": "air traffic", "es": "el tráfico aéreo"},
    {"en": "a broken undersea cable", "es": "un cable submarino roto"},
    {"en": "the price of cocoa", "es": "el precio del cacao"},
    {"en": "weather stations", "es": "las estaciones meteorológicas"},
    {"en": "student visas", "es": "los visados de estudiantes"},
)

QUIET: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Lighthouse museum opens again after three winters",
        "Brass band wins the island cup for the fourth time",
        "School garden grows the heaviest pumpkin on record",
        "Ferry timetable changes from Monday",
        "Library lends umbrellas, and most come back",
        "Rain expected in the hills, sun on the coast",
    ),
    "es": (
        "El museo del faro reabre después de tres inviernos",
        "La banda municipal gana la copa por cuarta vez",
        "Cambia el horario de los transbordadores",
        "La biblioteca presta paraguas y casi todos vuelven",
    ),
}
"""What fills the papers on all other days: no relation between states."""
