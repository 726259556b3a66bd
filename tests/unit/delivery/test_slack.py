import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.slack import SlackChannel
from monitor.domain.delivery import Notice, Rendered, Secret
from monitor.domain.events import Evidence
from monitor.domain.publishers import Coverage, Printing
from monitor.domain.routing import Alert
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.delivery.alerts import covered, make_alert
from tests.unit.delivery.books import ENGLISH
from tests.unit.stories.reports import NOON

CHANNEL = SlackChannel(
    id="desk",
    url=Secret("env:SLACK_URL", "https://hooks.example/services/T0/B0/abcdefgh"),
    client=HttpClient(AddressPolicy(), "tests"),
    book=ENGLISH,
)

# Each of Slack's limits as its own documentation states it.
HEADER, SECTION, FIELDS, FIELD, BLOCKS, TEXT, WHOLE = 150, 3000, 10, 2000, 50, 4000, 12_000


def payload(rendered: Rendered) -> dict[str, Any]:
    said = json.loads(rendered.body)
    assert isinstance(said, dict)
    return said


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in strings(one)]


def assert_within_limits(rendered: Rendered) -> None:
    said = payload(rendered)
    assert len(rendered.body.decode()) < WHOLE
    assert 0 < len(said["text"]) < TEXT
    assert len(said["blocks"]) <= BLOCKS
    for block in said["blocks"]:
        if block["type"] == "header":
            assert block["text"]["type"] == "plain_text"
            assert 0 < len(block["text"]["text"]) <= HEADER
        elif "fields" in block:
            assert len(block["fields"]) <= FIELDS
            assert all(0 < len(field["text"]) <= FIELD for field in block["fields"])
        elif block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= SECTION


def test_given_an_alert_when_rendered_then_it_is_block_kit_with_a_text_for_notifications(alert: Alert) -> None:
    rendered = CHANNEL.render(alert, (alert.story,))
    said = payload(rendered)
    assert_within_limits(rendered)
    assert said["blocks"][0]["text"]["text"] == ("CRITICAL: Venezuela expelled diplomats of Chile on 3 March 2026")
    section = said["blocks"][1]["text"]["text"]
    assert "<https://harbour-post.example/a?x=1&amp;y=2|Caracas orders two Chilean envoys to leave>" in section
    assert ">Caracas *orders* two Chilean envoys to leave" in section
    assert said["unfurl_links"] is False
    assert "expelled diplomats" in said["text"]
    assert any("What came before" in text for text in strings(said["blocks"]))


def test_given_other_publishers_and_a_page_when_rendered_then_they_are_links() -> None:
    rendered = CHANNEL.render(make_alert(coverage=covered("Reef"), page="https://monitor.example/stories/a1"), ())
    texts = list(strings(payload(rendered)["blocks"]))
    assert "*Also reported by*\n• <https://reef.example/a|Reef>" in texts
    assert "<https://monitor.example/stories/a1|The story's page>" in texts
    assert any(text.startswith("Not right? relmon feedback wrong msg_") for text in texts)


def test_given_a_time_when_rendered_then_slack_shows_it_in_the_readers_zone_with_a_fallback(alert: Alert) -> None:
    assert (
        "<!date^1772625600^{date_short_pretty} {time}|2026-03-04 12:00 UTC>" in CHANNEL.render(alert, ()).body.decode()
    )


def test_given_a_title_that_would_call_everyone_when_rendered_then_it_is_only_text() -> None:
    body = CHANNEL.render(make_alert(title="<!channel> & <https://evil.example|bank>"), ()).body.decode()
    assert "<!channel>" not in body
    assert "&lt;!channel&gt; &amp; &lt;https://evil.example" in body


def test_given_a_link_with_slacks_own_signs_when_rendered_then_they_are_encoded() -> None:
    body = CHANNEL.render(make_alert(link="https://x.example/a|b>c<d"), ()).body.decode()
    assert "<https://x.example/a%7Cb%3Ec%3Cd|" in body


def test_given_a_link_too_long_for_slack_when_rendered_then_it_is_left_out_rather_than_cut() -> None:
    rendered = CHANNEL.render(make_alert(link="https://x.example/" + "a" * 3000), ())
    assert_within_limits(rendered)
    assert b"x.example" not in rendered.body


def test_given_long_evidence_when_rendered_then_the_marked_words_and_those_beside_them_stay() -> None:
    title = "first " + "before " * 200 + "orders " + "after " * 200 + "last"
    start = title.index("orders")
    alert = make_alert(title=title, evidence=Evidence(sentence=title, start=start, end=start + 6, pattern="p"))
    section = payload(CHANNEL.render(alert, ()))["blocks"][1]["text"]["text"]
    assert "before *orders* after" in section
    assert "last" not in section


_texts = st.text(max_size=400) | st.text(alphabet='&<>"\\*|\n\x00é😀 ', max_size=1500)


@given(
    title=_texts,
    outlet=_texts,
    link=st.none() | _texts.map("https://x.example/{}".format),
    watches=st.lists(_texts),
    others=st.lists(_texts, max_size=7),
)
def test_given_any_texts_when_rendered_then_slacks_limits_hold_and_no_escape_is_cut(
    title: str, outlet: str, link: str | None, watches: list[str], others: list[str]
) -> None:
    alert = make_alert(
        title=title,
        outlet=outlet,
        link=link,
        watches=tuple(watches),
        evidence=Evidence(sentence=title, start=1, end=5, pattern="p"),
        coverage=tuple(
            Coverage(
                publisher=one, agency=one or None, printings=(Printing(outlet=one, link=f"https://x.example/{one}"),)
            )
            for one in others
        ),
        page="https://monitor.example/stories/a",
    )
    rendered = CHANNEL.render(alert, (alert.story,) * 9)
    assert_within_limits(rendered)
    said = payload(rendered)
    for text in strings(said["blocks"]):
        without_links = re.sub(r"<(?:https://|!date\^)[^<>]*>", "", text)
        assert "<" not in without_links
        assert not re.search(r"&(?!amp;|lt;|gt;)", without_links)


@given(st.text(), st.text())
def test_given_any_notice_when_rendered_then_slacks_limits_hold(title: str, text: str) -> None:
    assert_within_limits(CHANNEL.render_notice(Notice(dedup_key="n", title=title or "-", text=text, at=NOON)))
