"""The matcher: from a passage to relation events.

Ties the stages together: language -> sentences -> tokens -> mentions -> chunks -> candidate phrases by their verb or
noun -> sides from the frame -> status -> the best reading of each word that fired. Compiled once (see compile.py); pure.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from monitor.classify.actor_tables import given_names
from monitor.classify.attempts import attempts
from monitor.classify.chunker import chunk
from monitor.classify.chunks import COMMA, NOUN, OPENER, RELATIVE, STOP, VERB
from monitor.classify.context import Context
from monitor.classify.dates import DateMention, find_dates
from monitor.classify.frames import Frame, Party
from monitor.classify.grammar import Candidates, Grammar
from monitor.classify.language import recognise
from monitor.classify.lead import Lead, lead_of
from monitor.classify.lexicon import Lexicon
from monitor.classify.phrases import ClausePhrase
from monitor.classify.reading import Reading
from monitor.classify.sections import without_section
from monitor.classify.speakers import speaker_of
from monitor.classify.telling import telling_of
from monitor.classify.tokens import Sentence, split_sentences
from monitor.classify.verb_groups import prefixed_words
from monitor.classify.verbs import has_lemma, verb_before
from monitor.classify.words import BIT, Language
from monitor.domain.events import EventActor, EventDate, Evidence, Part, Passage, RelationEvent
from monitor.domain.taxonomy import RelationType, Status, Taxonomy, plover_root

# How sure a reading is: both sides known and acting, then less for each thing that had to be guessed. Set by hand so
# that the default watch threshold of 0.5 parts readings with a side from those without any hold.
_BOTH_SIDES = 0.9
_ONE_SIDE = 0.7
_BELONGS_ONLY = 0.1
_NOMINAL = 0.05
# A deed from further back is background, no news (the default of relation-types.toml).
_NEWS = dt.timedelta(days=30)
_CONTACT = "CONSULT"
# What parts the label of a title from the title: "Exclusive | How ...".
_LABELLED = frozenset({"|", ":"})
# What a company of a state may do in a way that concerns the relation; it neither arrests nor expels nor threatens.
_OF_COMPANIES = frozenset({"COOPERATE", "AGREE", "AID", "CONSULT"})
# Whoever has left office or opposes the government doesn't act for the state.
_NOT_THE_STATE = frozenset({Part.FORMER, Part.OPPOSITION})


class _Dated(NamedTuple):
    """When a deed was or will be, as far as said, and the status that follows from it."""

    date: EventDate | None
    status: Status


@dataclass(frozen=True, slots=True, repr=False)
class Classifier:
    """Reads relation events out of passages. Compiled by `compile_classifier`; holds no state between calls."""

    taxonomy: Taxonomy
    lexicons: Mapping[str, Lexicon]
    """The names that each language uses: "EU" is the United States in Mexican newspapers."""
    grammars: Mapping[str, Grammar]

    def __repr__(self) -> str:
        return f"<Classifier for {', '.join(self.grammars)}>"

    @property
    def languages(self) -> Mapping[str, Language]:
        """The known languages by code."""
        return {code: grammar.language for code, grammar in self.grammars.items()}

    def classify(self, passage: Passage) -> tuple[RelationEvent, ...]:
        """The events of a passage in the order of the text; empty for a language that is not known."""
        events: list[RelationEvent] = []
        lead: Lead | None = None
        for frame, candidates in self.frames(passage):
            for event in self._events(frame, candidates, passage.published_on):
                lead = lead or lead_of(passage, frame.language.abbreviations)
                events.append(lead.weigh(event))
        return tuple(_unique(self.taxonomy, events))

    def frames(self, passage: Passage) -> Iterator[tuple[Frame, Candidates]]:
        """The sentences of a passage that can hold an event, each with the patterns that it may fit."""
        grammar = self.grammars.get(passage.language or recognise(passage.text, self.languages))
        if grammar is None:
            return
        language = grammar.language
        lexicon = self.lexicons[language.code]
        if passage.actors:
            lexicon = lexicon.with_names(given_names(passage.actors))
        context = Context()
        for start, text in split_sentences(passage.text, language.abbreviations):
            sentence = Sentence(text, start)
            if language.sections.endings and text[-1].isupper():
                sentence = without_section(sentence, language)
            # A pronoun or "the two countries" may stand for whom the sentences before have named.
            if not context.codes and lexicon.names.keys().isdisjoint(sentence.lower):
                continue
            mentions = lexicon.mentions(sentence, passage.published_on)
            present = frozenset(sentence.lower)
            if "-" in present:
                present = present.union(prefixed_words(sentence.lower, language.verb_prefixes))
            actors = len({mention.code for mention in mentions}) + context.meant_by(sentence, present, language)
            candidates = grammar.candidates(present, actors) if actors else None
            if not candidates:
                context.pass_over(sentence, mentions, language)
                continue
            if start == 0 and _explains(sentence, language):
                continue
            chunks = chunk(sentence, mentions, language)
            frame = Frame(sentence, chunks, language, home=passage.home, context=context.frozen())
            yield frame, candidates
            context.follow(frame)

    def _events(self, frame: Frame, candidates: Candidates, published_on: dt.date | None) -> Iterator[RelationEvent]:
        found = (attempt.reading for attempt in attempts(frame, candidates) if attempt.reading is not None)
        readings = sorted(found, key=lambda reading: reading.rank, reverse=True)
        taken: set[int] = set()
        kept: list[Reading] = []
        for reading in readings:
            if not reading.used & taken and reading.borrowed_from not in taken:
                kept.append(reading)
                taken |= reading.used
        if not kept:
            return
        dates = tuple(find_dates(frame.sentence, frame.language.dates, published_on))
        for reading in sorted(kept, key=lambda reading: min(reading.used)):
            yield from self._expand(reading, frame, _dated(reading, frame, dates, published_on))

    def _is_outsider(self, source: Party, reading: Reading) -> bool:
        """Whether the source doesn't act for the state, though the phrase asks for one that does."""
        phrase = reading.pattern.phrase
        named = isinstance(phrase, ClausePhrase) and phrase.subjects[0].words is not None
        if source.part is Part.COMPANY:
            return reading.pattern.kind.plover not in _OF_COMPANIES
        if source.part is Part.OPPOSITION and reading.pattern.kind.plover == _CONTACT:
            return False
        return source.part in _NOT_THE_STATE and not named

    def _kind(self, reading: Reading, frame: Frame) -> RelationType:
        """The type of a reading: who refuses to help has not helped, and that is a deed of its own."""
        refusal = frame.language.refusal
        if reading.ended and reading.pattern.ended is not None:
            return reading.pattern.ended
        if reading.pattern.denied is not None and (reading.refused or reading.status is Status.DENIED):
            return reading.pattern.denied
        return self.taxonomy[refusal] if reading.refused and refusal in self.taxonomy else reading.pattern.kind

    def _expand(self, reading: Reading, frame: Frame, dated: _Dated) -> Iterator[RelationEvent]:
        """An event for each pair of sides: "Britain and Canada recognise ..." is two."""
        kind = self._kind(reading, frame)
        start, end = _span(reading, frame)
        evidence = Evidence(sentence=frame.sentence.text, start=start, end=end, pattern=reading.pattern.id)
        speaker = _actor(speaker_of(frame, reading))
        for source in reading.sources or (None,):
            for target in reading.targets or (None,):
                if source is not None and (
                    self._is_outsider(source, reading) or (target and source.code == target.code)
                ):
                    continue
                event = RelationEvent(
                    type=kind.id,
                    plover=plover_root(kind, dated.status),
                    source=_actor(source),
                    target=_actor(target),
                    object=reading.object,
                    status=dated.status,
                    date=dated.date,
                    confidence=_confidence(reading, source, target),
                    evidence=evidence,
                    mention=reading.mention,
                    speaker=speaker,
                    told=telling_of(frame, reading),
                )
                yield event
                if reading.pattern.both:
                    yield replace(event, source=event.target, target=event.source)


def _explains(sentence: Sentence, language: Language) -> bool:
    """Whether a title opens so as to explain, and tells nothing new: "Why Peru recalled its envoy", "Las razones ...".

    A label may stand before it ("Exclusive | How ..."), or behind all ("... | Opinion").
    """
    words = sentence.lower
    first = 2 if len(words) > 2 and words[1] in _LABELLED else 0  # noqa: PLR2004 (the label, its mark and a word)
    if language.tag(words[first]) & BIT["article"] and len(words) > first + 1:
        first += 1
    closing = words[-2:-1] == ("|",) and language.tag(words[-1]) & BIT["explainer"]
    return bool(language.tag(words[0]) & BIT["explainer"] or language.tag(words[first]) & BIT["explainer"] or closing)


def _dated(reading: Reading, frame: Frame, dates: Sequence[DateMention], published_on: dt.date | None) -> _Dated:
    """The date nearest to a deed in its own clause; what is reported from long ago is past."""
    if reading.pattern.denied is not None and reading.status is Status.DENIED:
        reading = replace(reading, status=Status.REPORTED)  # to refuse recognition is a deed of its own
    verb = min(reading.used)
    near = [
        mention
        for mention in dates
        if _explained_by(frame, verb, mention)
        or (
            not _parted(frame, verb, mention.first)
            and not _inside(frame, mention, deed=reading.index)
            and (reading.nominal or _verb_of(frame, mention) in reading.used)
        )
    ]
    if not near:
        stale = published_on is not None and any(
            mention.past.last < published_on - _NEWS and _dates_announcement(frame, reading.index, mention)
            for mention in dates
        )
        return _Dated(None, Status.PAST if stale and reading.status is Status.PLANNED else reading.status)
    mention = min(near, key=lambda mention: abs(mention.first - verb))
    date = mention.past if reading.status in (Status.REPORTED, Status.DENIED) else mention.future
    if published_on is not None and date.first > published_on and reading.status is Status.REPORTED:
        return _Dated(date, Status.PLANNED)  # "the visit next week"
    long_ago = published_on is not None and date.last < published_on - _NEWS
    return _Dated(date, Status.PAST if long_ago and reading.status is Status.REPORTED else reading.status)


def _verb_of(frame: Frame, mention: DateMention) -> int | None:
    """The verb that a date belongs to: the last one before it, else the first one behind."""
    verbs = [piece.main for piece in frame.chunks if piece.kind is VERB]
    before = [main for main in verbs if main < mention.first]
    return before[-1] if before else verbs[0] if verbs else None


def _explained_by(frame: Frame, verb: int, mention: DateMention) -> bool:
    """Whether a date stands right before the clause of a verb, and is its date: "in November 2015, when Togo attacked"."""
    for at in range(len(frame.chunks) - 1, 0, -1):
        piece = frame.chunks[at]
        if piece.kind in (STOP, OPENER, RELATIVE) and piece.first < verb:
            before = frame.chunks[at - 1]
            place = before.first if before.kind is COMMA else piece.first
            cleft = piece.kind is RELATIVE and before.kind is not COMMA  # "it was in May 2019 that"
            return (cleft or bool(piece.tag & BIT["recalling"])) and mention.last == place
    return False


def _dates_announcement(frame: Frame, index: int, mention: DateMention) -> bool:
    """Whether a date is that of the verb by which a deed was announced: "said in 2016 that it would", "agreed in 2016 to"."""
    above = verb_before(frame, index)
    if above is None or frame.chunks[index].kind is not VERB:
        return False
    announces = has_lemma(frame, above, frame.language.saying) or has_lemma(
        frame, above, frozenset(frame.language.governing)
    )
    main = frame.chunks[above].main
    return (
        announces
        and not _inside(frame, mention)
        and mention.first < frame.chunks[index].first
        and (_verb_of(frame, mention) == main)
    )


def _inside(frame: Frame, mention: DateMention, deed: int | None = None) -> bool:
    """Whether a date is part of a noun group: "a June deadline" dates the deadline. "In 2014 Fiji ..." is no such group.

    The noun group that names the `deed` is dated by what stands in it: "the 1944 invasion of Hungary".
    """
    led = mention.first > 0 and frame.sentence.lower[mention.first - 1] in frame.language.dates.leads
    return any(
        piece.kind is NOUN
        and piece.first <= mention.first < piece.last
        and (piece.first, piece.last) != (mention.first, mention.last)
        and not (led and piece.first == mention.first)
        # "visitará Quito el 3 de mayo": the group is the article and the number of the date itself.
        and not (
            piece.first < mention.first
            and piece.last < mention.last
            and frame.language.dates.links.issuperset(frame.sentence.lower[piece.first : mention.first])
        )
        for index, piece in enumerate(frame.chunks)
        if index != deed
    )


def _parted(frame: Frame, first: int, second: int) -> bool:
    """Whether a clause begins or ends between two tokens."""
    low, high = sorted((first, second))
    return any(piece.kind in (STOP, OPENER, RELATIVE) and low < piece.first < high for piece in frame.chunks)


def _span(reading: Reading, frame: Frame) -> tuple[int, int]:
    """Where the words of a reading stand in the whole text: from its first to its last word, sides included."""
    sentence = frame.sentence
    piece = frame.chunks[reading.index]
    first, last = min(*reading.used, piece.first), max(*reading.used, piece.last - 1)
    for party in (*reading.sources, *reading.targets):
        if party.words is sentence.words:  # one that a pronoun stands for was named in a sentence before
            first, last = min(first, party.first), max(last, party.last - 1)
    return sentence.starts[first], sentence.ends[last]


def _actor(party: Party | None) -> EventActor | None:
    if party is None:
        return None
    return EventActor(code=party.code, name=party.name, role=party.role, part=party.part)


def _confidence(reading: Reading, source: Party | None, target: Party | None) -> float:
    value = _BOTH_SIDES if source is not None and target is not None else _ONE_SIDE
    if reading.nominal:
        value -= _NOMINAL
    value -= _BELONGS_ONLY * sum(1 for party in (source, target) if party is not None and not party.acts)
    return round(value, 2)


def _unique(taxonomy: Taxonomy, events: Sequence[RelationEvent]) -> Iterator[RelationEvent]:
    """Each (type, source, target) once: the surest reading; none with a side open where another names it.

    Of several contacts of one pair ("meet in Lima to discuss ...") the first is the news, the others its purpose.
    """
    best: dict[tuple[str, str | None, str | None], RelationEvent] = {}
    for event in events:
        key = (event.type, event.source.code if event.source else None, event.target.code if event.target else None)
        if key not in best or event.confidence > best[key].confidence:
            best[key] = event
    in_contact: set[frozenset[str | None]] = set()
    for (kind, source, target), event in best.items():
        if taxonomy[kind].plover == _CONTACT and source and target:
            pair = frozenset((source, target))
            if pair in in_contact:
                continue
            in_contact.add(pair)
        if source is None or target is None:
            known = source or target
            if any(other[0] == kind and known in other[1:] and None not in other[1:] for other in best):
                continue
        yield event
