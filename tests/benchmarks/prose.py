"""Invents the articles that classify_speed.py reads where no corpus is given.

A news article is mostly sentences in which states are named and nothing happens between them, and others in which none is
named. One sentence in ten is from the gold set, so that the deep stages have work, too. Persons, places and figures are
made up anew for each sentence: real prose has thousands of words that occur once, and a corpus without them flatters
whoever remembers words. Always the same articles.
"""

import random
from collections.abc import Iterator

from tests.golden.corpus import read_corpus

_ARTICLES = 250
_SENTENCES = 43
_FROM_GOLD = 0.1
_SEED = 20260131
_SYLLABLES = (
    "ba",
    "cor",
    "den",
    "el",
    "fa",
    "gri",
    "hol",
    "is",
    "ko",
    "lun",
    "mar",
    "ne",
    "os",
    "pel",
    "ri",
    "sta",
    "ve",
)
_ENDINGS = ("ck", "ero", "ham", "ino", "ley", "n", "rup", "s", "tz", "ville")

_FILLER = (
    "The square in front of {place} town hall was empty when the first {number} buses arrived, said {person}.",
    "Prices of bread and cooking oil have gone up by {number} per cent since the spring, the statistics office says.",
    "{person} keeps the letters in a tin box under the stairs and reads one of them every winter.",
    "Engineers had measured the bridge over the {place} twice before they noticed that the northern pillar was leaning.",
    "Most of the young people we met in Kenya want to study, and almost all of them want to come back afterwards.",
    "It took the committee nine months, three chairmen and {number} cups of coffee to finish the report.",
    "In Lithuania the harvest was late this year, and the storks had left {place} before the rye was in.",
    "The company employs {number} people in two halls beside {place} station and sells most of its pumps to farmers.",
    "Nobody in {place} remembers who planted the lime tree, though everybody claims that it was a relative.",
    "The minister spoke for {number} minutes and answered no questions, and afterwards there was soup.",
    "According to a survey by {person}, two in three Chileans would rather work four long days than five short ones.",
    "Rain fell on the last day of the fair, so {person} was handed the prize for the heaviest pumpkin in a tent.",
    "The old harbour of Montevideo smells of wood smoke and diesel, and the gulls are as bold as in {place}.",
    '"The illness is rare," {person} said, "it can be treated, and children usually recover within weeks."',
    "What remains of {place} fortress is a wall, a well and a sign in three languages that nobody has cleaned since {year}.",
    "Exports of cut flowers from Ethiopia have doubled since {year}, and the airport has built a cold store for them.",
    "{person} learned the trade from an uncle, who had learned it from a Dutch clockmaker in {place}.",
    "The court in {place} will hear two more witnesses on Thursday before the lawyers give their closing speeches.",
    "Among the guests were a poet from Bolivia, a Finnish geologist and {person}, who repairs the organ.",
    "{person}, an analyst, expects the central bank to leave its main rate where it is until the autumn at least.",
    "The road from {place} over the pass is closed from November to April, and in some years until the end of May.",
    "On the market of {place} one hears Portuguese, Wolof and a kind of French that is spoken nowhere else.",
    "A spokesman for the ministry said that the {number} figures would be published once they had been checked.",
    "The library lends out tools as well as books, and the drill is away more often than any novel by {person}.",
    "The president of Malawi opened the clinic in {place} in March, and the first patients came on the same afternoon.",
    "Of the {number} houses on the island, about 90 have no electricity, and {person} seems to like it that way.",
    "The museum owns {number} drawings by {person}, of which it shows two, since light would ruin them.",
    "Government and opposition blame each other for the state of the railways, and passengers in {place} blame both.",
    "In Peru and in Nepal the glaciers are measured by the same method, which {person} thought up in Switzerland.",
    "The choir rehearses in a former bank in {place}, where the vault serves as a wardrobe.",
)


def articles(seed: int = _SEED) -> Iterator[str]:
    """Yields the articles: a title, a blank line, and a body in paragraphs of four sentences. Each seed has articles of its own."""
    choice = random.Random(seed)  # noqa: S311 - the same articles every time, no secret
    gold = [row.passage.text for row in read_corpus() if row.language == "en" and "\n" not in row.passage.text]
    for _ in range(_ARTICLES):
        title = choice.choice(gold)
        body = [_sentence(choice, gold) for _ in range(_SENTENCES - 1)]
        paragraphs = (" ".join(body[at : at + 4]) for at in range(0, len(body), 4))
        yield "\n\n".join((title, *paragraphs))


def _sentence(choice: random.Random, gold: list[str]) -> str:
    if choice.random() < _FROM_GOLD:
        text = choice.choice(gold)
        return text if text[-1] in ".?!" else f"{text}."
    return choice.choice(_FILLER).format(
        person=f"{_invented(choice)} {_invented(choice)}",
        place=_invented(choice),
        number=f"{choice.randint(7, 90_000):,}",
        year=choice.randint(1890, 2020),
    )


def _invented(choice: random.Random) -> str:
    syllables = "".join(choice.choices(_SYLLABLES, k=choice.randint(1, 3)))
    return (syllables + choice.choice(_ENDINGS)).capitalize()
