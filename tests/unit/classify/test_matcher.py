"""Who did what to whom: direction, status and silence, in sentences of our own."""

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies

from monitor.classify.matcher import Classifier
from monitor.domain.events import Part, Passage, RelationEvent


def read(classifier: Classifier, text: str, **more: str) -> list[str]:
    return [shown(event) for event in classifier.classify(Passage(text=text, language="en", **more))]  # type: ignore[arg-type]  # only home is given


def shown(event: RelationEvent) -> str:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    return f"{source} {event.type} {target} {event.status}{' mention' if event.mention else ''}"


@pytest.mark.parametrize(
    ("text", "events"),
    [
        # active, passive, headline style
        ("Peru expels two Chilean diplomats", ["PER diplomat.expelled CHL reported"]),
        ("Two Chilean diplomats were expelled by Peru on Friday", ["PER diplomat.expelled CHL reported"]),
        ("Chilean diplomats expelled from Peru", ["PER diplomat.expelled CHL reported"]),
        ("Lima to reopen embassy in Santiago", ["PER embassy.opened CHL planned"]),
        ("Chilean ambassador summoned by Peru over map", ["PER ambassador.summoned CHL reported"]),
        # nouns, possessives, apposition, relative clauses
        ("The expulsion of Chilean diplomats from Peru drew anger", ["PER diplomat.expelled CHL reported"]),
        ("Peru's foreign minister, a former judge, condemned Chile", ["PER statement.criticism CHL reported"]),
        ("Peru, which recalled its ambassador to Chile on Monday, is waiting", ["PER ambassador.recalled CHL reported"]),
        ("Officials from Peru and Chile met in Quito", ["PER meeting CHL reported"]),
        ("The president of Bolivia visits Paraguay", ["BOL visit PRY reported"]),
        # lists
        (
            "Norway, Ireland and Spain recognise Palestine",
            ["NOR recognition.granted PSE reported", "IRL recognition.granted PSE reported", "ESP recognition.granted PSE reported"],
        ),
        ("Peru expels Chilean and Bolivian diplomats", ["PER diplomat.expelled CHL reported", "PER diplomat.expelled BOL reported"]),
        (
            "Peru condemns Chile and recalls ambassador to Bolivia",
            ["PER statement.criticism CHL reported", "PER ambassador.recalled BOL reported"],
        ),
        # status
        ("Peru may expel Chilean diplomats", ["PER diplomat.expelled CHL possible"]),
        ("Peru plans to close its embassy in Chile", ["PER embassy.closed CHL planned"]),
        ("Peru is to close its embassy in Chile", ["PER embassy.closed CHL planned"]),
        ("Peru has not recalled its ambassador to Chile", ["PER ambassador.recalled CHL denied"]),
        ("Chad will summon and expel the Togolese envoy", ["TCD diplomat.expelled TGO planned"]),
        ("Joint Fijian, Tongan and Samoan airstrikes killed ten", []),
        ("Fiji has a policy on repatriating Tongan migrants", ["FJI person.released TON possible"]),
        ("Fiji's premier was stopped from visiting Tonga", ["FJI visit TON denied"]),
        ("Fiji bars courts, creditors from bombing Tonga", []),
        ("Rain hits Suva hours before Samoan envoys meet Tongan officials", ["WSM meeting TON planned"]),
        ("Fiji says a Samoan attack on Tonga would mean war", ["WSM military.attack TON possible"]),
        ("Fiji says talks between Samoa and Tonga would resume in May", ["WSM talks TON planned"]),
        ("Fiji keeps Samoan jets from bombing Tonga", ["WSM military.attack TON denied"]),
        ("Fiji's king left without visiting Tonga", ["FJI visit TON denied"]),
        ("Two Finns are believed to be held in Chad", ["TCD person.detained FIN reported"]),
        ("He was killed in a Chadian airstrike in May, and a friend was jailed in Togo", []),
        ("Fiji's envoy clashed with the Tongan ambassador", ["FJI statement.criticism TON reported"]),
        ("Cyprus will not ease sanctions until Libya frees the crew", ["CYP refusal LBY reported"]),
        ("Gabon calls for sanctions on Chad", ["GAB sanctions.imposed TCD possible"]),
        ("No Peruvian diplomat was expelled from Chile", ["CHL diplomat.expelled PER denied"]),
        ("Without Bolivia, Peru imposes sanctions on Chile", ["PER sanctions.imposed CHL reported"]),
        ("Neither Chile nor Peru will send troops to Haiti", ["PER military.mobilized HTI denied"]),
        # a name is another person's where a first name stands before it
        ("To avert an attack by Fiji on Tonga, elders met", ["FJI military.attack TON denied"]),
        ("Larry Pope visits China", []),
        ("Pope visits Chad", ["VAT visit TCD reported"]),
        ("The Pope visits Chad", ["VAT visit TCD reported"]),
        # headlines leave "be" out, but only where a clause begins
        ("Malta's premier in Riga for talks", ["MLT visit LVA reported"]),
        ("Malta says Fiji delegation in Riga for talks", ["FJI visit LVA reported"]),
        ("Malta premier due in Riga", ["MLT visit LVA planned"]),
        ("Malta premier meets Fiji envoy in Riga for talks", ["MLT meeting FJI reported"]),
        # a deed that is the object tells whose it was
        ("UN sanctions reimposed on Iran", ["UN sanctions.imposed IRN reported"]),
        ("Laotian tariffs imposed on Nepal", ["LAO trade.restricted NPL reported"]),
        # a plain name before an attack says where it was, unless a place follows
        ("Chad mourns after Libya raid", []),
        # several are urged, one acts on purpose
        ("Peru urges Chile and Bolivia to calm down", ["PER demand CHL reported", "PER demand BOL reported"]),
        # a plain name before a visit is its place; an envoy's list of adjectives opens the deed
        ("Chad's president begins Libya visit", ["TCD visit LBY reported"]),
        ("Libyan drone, missile attack on Chad kills two", ["LBY military.attack TCD reported"]),
        ("As Chad-Libya summit nears, hopes rise", ["TCD summit LBY planned"]),
        # a fight is fought by both, whoever else is named
        ("Two killed in Chad-Libya clashes", ["LBY military.attack TCD reported", "TCD military.attack LBY reported"]),
        ("Peru frets as Chad and Libya resume border clashes", ["TCD military.attack LBY reported", "LBY military.attack TCD reported"]),
        ("Libya clashes bring Chad to the brink", []),
        # a contact ahead is one of those in its clause; a place that is no actor leaves it open
        ("Macron presses Merz ahead of meeting", ["FRA demand DEU reported", "FRA meeting DEU planned"]),
        ("Peru tests radar ahead of Macron's Asia trip", []),
        ("Macron at Brazil summit says he is tired", ["BRA summit FRA reported"]),
        # a heading without a verb
        ("Macron in Lima: what is at stake", ["FRA visit PER reported"]),
        ("Macron on ships in Lima: what he said", []),
        ("Peru frees two as Chile lifts sanctions on its airline", ["CHL sanctions.lifted PER reported"]),
        ("Peru says Chilean drones shot down in its airspace", []),
        ("Peru's envoy attends Nagasaki 80th anniversary", ["PER visit JPN reported"]),
        # whoever reacts to a threat is threatened, and to a tariff with a target of its own nobody else
        ("Peru vows to stand firm against Chile's 50% tariff threat", ["CHL threat PER reported"]),
        ("Peru hits back at Chile's tariffs on Bolivia", ["PER refusal CHL reported", "CHL trade.restricted BOL reported"]),
        # one leaves an organisation, and withdraws from a state
        ("Peru withdraws from UNESCO", ["PER agreement.broken UNESCO reported"]),
        ("Peru's troops rest ahead of Kyiv offensive", []),
        ("Peru cancels parade as Chile-Bolivia summit shelved", ["CHL contact.broken BOL reported"]),
        ("Ten years since Peru bombed Chile", ["PER military.attack CHL reported mention"]),
        # a word before a number, and a verb's particle
        ("Peru recalls over 20 diplomats from Chile", ["PER ambassador.recalled CHL reported"]),
        ("Peru hands over 20 suspects to Chile", ["PER person.extradited CHL reported"]),
        # who is judged is whoever did it
        ("Peru condemns Chile's recognition of Kosovo", ["PER statement.criticism CHL reported", "CHL recognition.granted XKX reported"]),
        ("Peru angry at Chile's new tariffs", ["PER statement.criticism CHL reported"]),
        ("Peruvian visas to Chile revoked", ["CHL travel.restricted PER reported"]),
        ("Peru seals landmark $3.5 billion warship deal with Chile", ["PER agreement.reached CHL reported"]),
        ("Peru vows to strike back if Chile attacks", ["PER threat CHL reported"]),
        ("Peru issues sanctions targeting Chile", ["PER sanctions.imposed CHL reported"]),
        # "talks" takes no object
        ("Peru-Chile talks collapse", ["PER contact.broken CHL reported"]),
        # what failed is the deal, not the summit
        ("Peru fails to win applause at summit with Chile", ["PER summit CHL reported"]),
        ("Latvia becomes first member of NATO to recognise Peru", ["LVA recognition.granted PER reported"]),
        # the place may hang on the subject
        ("The Peruvian embassy in Chile will reopen on Monday", ["PER embassy.opened CHL planned"]),
        ("New Peruvian ambassador to Chile presents credentials", ["CHL ambassador.accredited PER reported"]),
        ("The Peruvian embassy in Chile opens an art show", []),
        ("Will Peru expel Chilean diplomats?", ["PER diplomat.expelled CHL possible"]),
        ("Peru says it will close its embassy in Chile", ["PER embassy.closed CHL planned"]),
        ("Peru imposes sanctions on Chile after recalling ambassador to Bolivia", ["PER sanctions.imposed CHL reported", "PER ambassador.recalled BOL reported mention"]),
        # neither the people nor the things of a state act for it
        ("Peruvian chef visits Chile", []),
        ("Peruvians visit Chile in great numbers", []),
        ("Chilean firm recalls toys sold in Peru", []),
    ],
)  # fmt: skip
def test_a_sentence_when_read_then_says_who_did_what_to_whom(
    classifier: Classifier, text: str, events: list[str]
) -> None:
    assert read(classifier, text) == events


def test_the_government_alone_when_the_home_is_known_then_acts_for_it(classifier: Classifier) -> None:
    text = "The government expels two Chilean diplomats"
    assert read(classifier, text, home="PER") == ["PER diplomat.expelled CHL reported"]
    assert read(classifier, text) == []


def test_a_language_that_is_not_known_when_read_then_there_is_silence(classifier: Classifier) -> None:
    assert classifier.classify(Passage(text="Das Auswärtige Amt bestellt den Botschafter von Peru ein")) == ()
    assert classifier.classify(Passage(text="Peru expels two Chilean diplomats", language="xx")) == ()


def test_english_when_no_language_is_given_then_it_is_recognised(classifier: Classifier) -> None:
    events = classifier.classify(
        Passage(text="Peru has expelled two Chilean diplomats over the map, the minister said")
    )
    assert [event.type for event in events] == ["diplomat.expelled"]


def test_an_event_when_read_then_its_evidence_can_be_pointed_at(classifier: Classifier) -> None:
    text = "Quiet week in Lima. On Friday Peru expelled two Chilean diplomats. Nobody cheered."
    (event,) = classifier.classify(Passage(text=text, language="en"))
    assert event.evidence.sentence == "On Friday Peru expelled two Chilean diplomats."
    assert text[event.evidence.start : event.evidence.end] == "Peru expelled two Chilean diplomats"
    assert event.evidence.pattern.startswith("en/diplomat.expelled")
    assert event.source is not None
    assert event.target is not None
    assert (event.source.name, event.target.name, event.target.part) == ("Peru", "Chilean", Part.GOVERNMENT)


def test_a_pronoun_whose_gerund_looks_back_at_it_when_read_then_reading_ends(classifier: Classifier) -> None:
    (told,) = read(classifier, "Niger spoke. After accusing Chad of raids, it recalled its envoy to Chad")
    assert told.startswith("NER ambassador.recalled")


@settings(max_examples=200)
@given(
    strategies.lists(
        strategies.sampled_from(
            [
                "Peru",
                "Chile's",
                "Chilean",
                "diplomats",
                ",",
                "and",
                "to",
                "of",
                "expels",
                "was",
                "recalled",
                "ambassador",
                "embassy",
                "in",
                "after",
                "who",
                "not",
                "will",
                "said",
                "the",
                "talks",
                "-",
                "with",
                "?",
                ":",
                "it",
            ]
        ),
        max_size=25,
    )
)
def test_any_row_of_words_when_read_then_events_have_sides_and_evidence_in_the_text(
    classify: Callable[[Passage], tuple[RelationEvent, ...]], words: list[str]
) -> None:
    text = " ".join(words)
    for event in classify(Passage(text=text, language="en")):
        assert event.source or event.target
        assert not (event.source and event.target and event.source.code == event.target.code)
        assert 0 <= event.evidence.start < event.evidence.end <= len(text)
        assert 0 < event.confidence <= 1


@given(strategies.text(max_size=300))
def test_any_text_when_read_then_nothing_is_raised(
    classify: Callable[[Passage], tuple[RelationEvent, ...]], text: str
) -> None:
    classify(Passage(text=text))


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("In May 2019 Gabon recalled its ambassador to Togo", ["GAB ambassador.recalled TGO past"]),
        ("Peru denies having expelled two Chilean diplomats", ["PER diplomat.expelled CHL denied"]),
        ("Peru scraps plan to open embassy in Chile", ["PER embassy.opened CHL denied"]),
        ("Peru must 'free the envoys', says Chile's president", ["CHL demand PER reported"]),
        ("Peru accuses Chile of plotting, expels envoy", ["PER accusation CHL reported", "PER diplomat.expelled CHL reported"]),
        ("Peru becomes first country to recognise Kosovo", ["PER recognition.granted XKX reported"]),
        ("Talks between Peru and Chile collapse", ["PER contact.broken CHL reported"]),
        ("Officials oppose Peru's invasion of Chile", ["PER military.attack CHL reported"]),
        ("Peru said Chilean jets entered its airspace", ["CHL military.incursion PER reported"]),
    ],
)  # fmt: skip
def test_signs_around_a_deed_when_read_then_say_when_and_whether(
    classifier: Classifier, text: str, events: list[str]
) -> None:
    found = classifier.classify(Passage(text=text, language="en", published_on=dt.date(2026, 3, 4)))
    assert [shown(event) for event in found] == events


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("Expulsa Perú a embajador chileno", ["PER diplomat.expelled CHL reported"]),
        ("Reconoce Brasil a Palestina como Estado", ["BRA recognition.granted PSE reported"]),
        ("Perú no expulsó a los diplomáticos chilenos", ["PER diplomat.expelled CHL denied"]),
        ("Ningún diplomático peruano fue expulsado de Chile", ["CHL diplomat.expelled PER denied"]),
        ("La embajada de Perú en Chile reabrirá en marzo", ["PER embassy.opened CHL planned"]),
        ("La embajada de Perú en Chile abre un concurso de cuentos", []),
        ("Dos diplomáticos chilenos fueron expulsados por Perú", ["PER diplomat.expelled CHL reported"]),
        ("La expulsión de diplomáticos chilenos por Perú", ["PER diplomat.expelled CHL reported"]),
        ("El embajador de Chile en Lima fue convocado por la Cancillería", []),
    ],
)
def test_a_spanish_sentence_when_read_then_says_who_did_what_to_whom(
    classifier: Classifier, text: str, events: list[str]
) -> None:
    found = classifier.classify(Passage(text=text, language="es"))
    assert [shown(event) for event in found if event.source] == events
