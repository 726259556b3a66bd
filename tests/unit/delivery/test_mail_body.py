import datetime as dt

from monitor.delivery.mail_body import alert_body
from tests.unit.delivery.alerts import covered, make_alert
from tests.unit.delivery.books import ENGLISH


def test_given_other_publishers_and_a_page_when_mailed_then_they_are_links_in_text_and_html() -> None:
    body = alert_body(
        make_alert(coverage=covered("Reef & Co"), page="https://monitor.example/stories/a1"), (), dt.UTC, ENGLISH
    )
    assert "Also reported by:\n- Reef & Co https://reef & co.example/a\n" in body.text
    assert 'href="https://reef &amp; co.example/a" style="color:#0b4f8a">Reef &amp; Co</a>' in body.html
    assert "The story's page: https://monitor.example/stories/a1" in body.text
    assert 'href="https://monitor.example/stories/a1"' in body.html


def test_given_who_takes_answers_when_mailed_then_readers_are_asked_to_write_there_and_else_how_an_operator_does() -> (
    None
):
    alert = make_alert()
    asked = alert_body(alert, (), dt.UTC, ENGLISH, answer_to="desk@harbour-post.example")
    assert "Not right? Write to desk@harbour-post.example, and name msg_" in asked.text
    assert "relmon feedback" not in asked.text + asked.html
    assert "Not right? relmon feedback wrong msg_" in alert_body(alert, (), dt.UTC, ENGLISH).text
