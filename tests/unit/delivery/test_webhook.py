import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.delivery.webhook import MAX_BODY_BYTES, WebhookChannel, signed_headers
from monitor.domain.delivery import Notice, Rendered, message_id
from monitor.domain.events import Evidence
from monitor.domain.routing import Alert
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.delivery.alerts import covered, make_alert
from tests.unit.delivery.books import ENGLISH
from tests.unit.stories.reports import NOON

CHANNEL = WebhookChannel(
    id="hook", url="https://desk.example/hook", client=HttpClient(AddressPolicy(), "tests"), book=ENGLISH
)


def data(rendered: Rendered) -> dict[str, Any]:
    said = json.loads(rendered.body)["data"]
    assert isinstance(said, dict)
    return said


def test_given_cloudevents_when_rendered_then_id_source_and_time_stand_around_the_same_data(alert: Alert) -> None:
    cloud = dataclasses.replace(CHANNEL, source="/press/monitor")
    rendered = cloud.render(alert, ())
    event = json.loads(rendered.body)
    assert rendered.content_type == "application/cloudevents+json; charset=utf-8"
    assert event.pop("data") == data(CHANNEL.render(alert, ()))
    assert event == {
        "specversion": "1.0",
        "id": message_id(alert.dedup_key),
        "source": "/press/monitor",
        "type": "relation.alert",
        "subject": alert.story.id,
        "time": "2026-03-04T12:03:00Z",
        "datacontenttype": "application/json",
    }
    notice = Notice(dedup_key="watching", title="Watching 3 feeds", text="All is well.", at=NOON)
    told = json.loads(cloud.render_notice(notice).body)
    assert (told["type"], told["id"]) == ("relation.notice", message_id("notice:watching:hook"))


def test_given_an_alert_when_rendered_then_the_body_holds_its_story_event_and_item(alert: Alert) -> None:
    rendered = CHANNEL.render(alert, (alert.story,))
    said = data(rendered)
    envelope = json.loads(rendered.body)
    assert (envelope["type"], envelope["timestamp"]) == ("relation.alert", "2026-03-04T12:03:00Z")
    assert said["id"] == message_id(alert.dedup_key)
    assert (said["stage"], said["severity"], said["sample"]) == ("first", "critical", False)
    assert (said["severity_of_type"], said["severity_adjustments"]) == ("critical", {})
    assert said["story"]["id"] == alert.story.id
    assert said["story"]["publishers"] == ["harbour post"]
    assert said["event"]["type"] == "diplomat.expelled"
    assert said["event"]["source"] == {"code": "VEN", "name": "Caracas", "role": None, "part": "government"}
    assert said["event"]["date"] == "2026-03-03"
    assert said["event"]["evidence"]["start"] == 8
    assert said["item"] == {
        "title": "Caracas orders two Chilean envoys to leave",
        "link": "https://harbour-post.example/a?x=1&y=2",
        "guid": alert.report.item.guid,
        "outlet": "The Harbour Post",
        "language": "en",
        "published_at": "2026-03-04T12:00:00Z",
    }
    assert said["watches"] == ["andes"]
    assert [one["id"] for one in said["earlier"]] == [alert.story.id]


def test_given_publishers_and_a_page_when_rendered_then_they_are_fields() -> None:
    said = data(CHANNEL.render(make_alert(coverage=covered("Reef"), page="https://monitor.example/stories/a1"), ()))
    assert said["page"] == "https://monitor.example/stories/a1"
    assert said["coverage"][1] == {
        "publisher": "reef",
        "agency": None,
        "printings": [{"outlet": "Reef", "link": "https://reef.example/a"}],
    }


def test_given_an_alert_when_rendered_twice_then_the_bytes_are_the_same(alert: Alert) -> None:
    assert CHANNEL.render(alert, ()) == CHANNEL.render(alert, ())


_texts = st.text(max_size=300) | st.text(alphabet='"\\\x00\n😀字', max_size=6000)


@given(_texts, _texts, _texts, st.integers(min_value=0, max_value=12_000))
def test_given_any_texts_when_rendered_then_the_body_fits_and_the_link_is_whole(
    title: str, outlet: str, sentence: str, length: int
) -> None:
    link = "https://x.example/" + "a" * length
    alert = make_alert(
        title=title,
        outlet=outlet,
        link=link,
        evidence=Evidence(sentence=sentence, start=0, end=1, pattern="p"),
        coverage=covered(*[outlet] * 12, link=link),
    )
    rendered = CHANNEL.render(alert, (alert.story,) * 9)
    assert len(rendered.body) < MAX_BODY_BYTES
    assert data(rendered)["item"]["link"] == link


def test_given_a_link_larger_than_any_body_when_rendered_then_it_is_left_out_whole() -> None:
    rendered = CHANNEL.render(make_alert(link="https://x.example/" + "a" * 30_000), ())
    assert len(rendered.body) < MAX_BODY_BYTES
    assert data(rendered)["item"]["link"] is None


def test_given_a_notice_when_rendered_then_it_has_a_type_of_its_own() -> None:
    notice = Notice(dedup_key="start", title="Watching 12 feeds", text="All is well.", at=NOON)
    assert json.loads(CHANNEL.render_notice(notice).body) == {
        "type": "relation.notice",
        "timestamp": "2026-03-04T12:00:00Z",
        "data": {"title": "Watching 12 feeds", "text": "All is well."},
    }


@given(st.binary(min_size=1, max_size=64), st.binary(min_size=1, max_size=64), st.text())
def test_given_two_keys_when_signed_then_the_reference_library_accepts_either_and_no_other(
    new: bytes, old: bytes, text: str
) -> None:
    body = json.dumps({"text": text}).encode()
    headers = dict(signed_headers("msg_1", dt.datetime.now(dt.UTC), body, (new, old)))
    for key in (new, old):
        assert Webhook(key).verify(body, headers) == {"text": text}
    with pytest.raises(WebhookVerificationError):
        Webhook(b"a third key").verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + b" ", headers)


def test_given_no_key_when_signed_then_id_and_time_go_without_a_signature() -> None:
    assert signed_headers("msg_1", NOON, b"{}", ()) == (
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "1772625600"),
    )
