"""Who does what a verb says, in the long sentences of articles."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("text", "events"),
    [
        # a gerund that opens the sentence
        ("Recalling its ambassador to Chad, Niger condemned Togo.", ["NER ambassador.recalled TCD reported", "NER statement.criticism TGO reported"]),
        ("Citing a lack of trust, Gabon recalled its envoy to Benin.", ["GAB ambassador.recalled BEN reported"]),
        # what stands between a noun and its verb
        ("Two Finns detained in Chad were released by Togo.", ["TCD person.detained FIN reported mention", "TGO person.released FIN reported"]),
        ("Benin's decision to close the port has angered Togo.", ["TGO statement.criticism BEN reported"]),
        ("A convoy carrying flour to Niger was attacked by Chad.", []),
        # relative clauses and appositions inside what somebody says
        ("The minister said that Gabon, whose envoys had been threatened, was recalling its ambassador to Togo.", ["GAB ambassador.recalled TGO reported"]),
        ("Officials said that Laos, a landlocked country, expelled two Fijian diplomats.", ["LAO diplomat.expelled FJI reported"]),
        # an object before its verb, or behind "as"
        ("Montenegro praised the sanctions that Norway imposed on Belarus.", ["NOR sanctions.imposed BLR reported"]),
        ("Seychelles rejected as unacceptable a demand by Mauritius.", ["SYC refusal MUS reported"]),
        ("Gambia's president said in a speech on fish that Senegal must pay.", ["GMB demand SEN reported"]),
        # a gerund behind those who act; one verb behind another; "we" is nobody who was named
        ("Togo said Chadian forces backing Niger had left.", ["TCD statement.support NER reported"]),
        ("Niger helped rebuild Chad.", []),
        ("Togo should take back the fighters that we captured in Chad.", []),
        # whoever means to do it, or has it done to them, and not the subject of the sentence
        ("Fiji lambasted decisions by Tonga to pull out of the Samoa treaty.", ["FJI statement.criticism TON reported", "TON agreement.broken WSM planned"]),
        ("Fiji lambasted decisions by Tonga to pull out of the Samoa treaty and recognise Kosovo.", ["FJI statement.criticism TON reported", "TON agreement.broken WSM planned", "TON recognition.granted XKX planned"]),
        ("A move by Oman to reopen its embassy in Chad was welcomed.", ["OMN embassy.opened TCD planned"]),
        ("A Danish camp in Chad will close, allowing a vote to be held.", []),
        # those about a state are not that state; who says the sentence suffered nothing
        ("Togolese troops are about to attack Benin's allies in the north.", []),
        ("Togo's neighbour Benin has expelled two Ghanaian diplomats.", ["BEN diplomat.expelled GHA reported"]),
        ("Five have died in Togo's offensive in Benin, the United Nations and monitors said.", ["TGO military.attack BEN reported"]),
        ("Oman provided arms to the rebels Chad is now battling.", []),
        # where "by" names who did it, the place did not
        ("Two Danish doctors captured in Chad by rebels were found.", []),
        ("Two Danish doctors captured in Chad by French-backed forces were found.", []),
        ("Two Danish doctors detained in Chad by police were found.", ["TCD person.detained DNK reported mention"]),
        # the own state of whoever speaks
        ("Botswana's president said his country would open an embassy in Gabon.", ["BWA embassy.opened GAB planned"]),
        ("Fiji's premier told parliament that his government would recall its ambassador to Tonga.", ["FJI ambassador.recalled TON planned"]),
        ("Uganda said its army had withdrawn its last troops from Burundi.", ["UGA military.withdrawn BDI reported"]),
    ],
)  # fmt: skip
def test_given_a_long_sentence_when_read_then_whoever_acts_is_found(
    read: Callable[[str], list[str]], text: str, events: list[str]
) -> None:
    assert read(text) == events


def test_given_an_allegation_of_a_deed_when_read_then_the_deed_is_not_told_as_fact(
    read: Callable[[str], list[str]],
) -> None:
    assert read("Togo dismissed allegations that Benin had expelled three Fijian diplomats.") == []
    assert read("Togo learned that Benin had expelled three Fijian diplomats.") == [
        "BEN diplomat.expelled FJI reported"
    ]


def test_a_question_with_about_to_when_read_then_whoever_it_asks_about_would_do_it(
    read: Callable[[str], list[str]],
) -> None:
    assert read("Is Togo about to reopen its embassy in Lima?") == ["TGO embassy.opened PER possible"]
