import datetime as dt
import json
import re
from pathlib import Path

import pytest

from monitor.delivery.channel import Channel, build, check_spec, template_problems
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.templates import EXAMPLE, values_of
from monitor.delivery.ways import Ways
from monitor.domain.delivery import AlertTemplate, ChannelSpec, OptionValue, Secret
from monitor.outbound.client import HttpClient
from monitor.outbound.mail import MailClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.delivery.alerts import covered, make_alert
from tests.unit.delivery.books import BOOKS, ENGLISH, SPANISH

DESK = """\
{{ severity | upper }} {{ sentence }}
{% for one in others %}
* {{ one.name }}{% if one.link %} {{ one.link }}{% endif %}

{% endfor %}
{{ link or "no link" }}
"""
ALERT = make_alert(coverage=covered("Reef"))


def _spec(text: str, kind: str = "console", **options: OptionValue) -> ChannelSpec:
    template = AlertTemplate(file="/etc/relmon/desk.txt.j2", text=text)
    return ChannelSpec(id="desk", kind=kind, options=options, template=template)


def _channel(spec: ChannelSpec) -> Channel:
    policy = AddressPolicy()
    return build(spec, Ways(http=HttpClient(policy, "tests"), mail=MailClient(policy), policy=policy, books=BOOKS))


def test_given_a_template_when_rendered_then_its_first_line_is_the_title_and_the_rest_the_text() -> None:
    rendered = _channel(_spec(DESK)).render(ALERT, ())
    assert rendered.trouble is None
    lines = [line.strip() for line in rendered.body.decode().splitlines() if line.strip()]
    assert lines[0] == "ALERT: CRITICAL Venezuela expelled diplomats of Chile on 3 March 2026"
    assert lines[1:3] == ["* Reef https://reef.example/a", "https://harbour-post.example/a?x=1&y=2"]


def test_given_a_template_for_slack_when_rendered_then_lines_stay_and_only_addresses_are_links() -> None:
    url = Secret("env:URL", "https://hooks.example/services/T0/B0/abcdefgh")
    alert = make_alert(title="<!channel> *shout*", coverage=covered("Reef"))
    message = json.loads(_channel(_spec(DESK + "{{ headline }}", "slack", url=url)).render(alert, ()).body)
    text = message["blocks"][1]["text"]["text"]
    assert text.splitlines()[0] == "* Reef <https://reef.example/a|https://reef.example/a>"
    assert "&lt;!channel&gt; *shout*" in text
    assert "<!channel>" not in text


def test_given_a_template_for_mail_when_rendered_then_subject_text_and_html_are_its_words() -> None:
    options = {"host": "mail.example", "from": "monitor@press.example", "to": "desk@press.example"}
    body = _channel(_spec(DESK, "email", **options)).render(ALERT, ()).body.decode()
    assert " [alert] CRITICAL Venezuela expelled diplomats of Chile" in body
    assert "* Reef" in body
    assert 'href=3D"https://harbour-post.example/a?x=3D1&amp;y=3D2"' in body.replace("=\r\n", "")


def test_given_values_that_look_like_a_template_when_rendered_then_they_are_not_read_as_one() -> None:
    alert = make_alert(title="{{ reference }} {% raw %}")
    assert "{{ reference }} {% raw %}" in _channel(_spec("{{ headline }}")).render(alert, ()).body.decode()


def test_each_value_when_looked_up_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "messages.md").read_text(encoding="utf-8")
    section = page.split("\n## Words of your own\n")[1].split("\n## ")[0]
    assert {name for row in re.findall(r"(?m)^\| (`.*?) \|", section) for name in re.findall(r"`(\w+)`", row)} == set(
        EXAMPLE
    )


@pytest.mark.parametrize("book", [ENGLISH, SPANISH], ids=["en", "es"])
def test_the_values_of_an_alert_when_compared_are_those_of_the_example(book: Phrasebook) -> None:
    values = values_of(ALERT, (ALERT.story,), book, dt.UTC)
    assert values.keys() == EXAMPLE.keys()
    assert json.loads(json.dumps(values)) == values


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("{{ sentence }\n", 1, "unexpected '}'"),
        ("{{ sentence }}\n{% for one in others %}\n", 2, "endfor"),
        ("{{ sentence }}\n\n{{ headlin }}", 3, "'headlin' is undefined"),
        ("{{ sentence }}\n{{ evidence.text }}", 2, "no attribute 'text'"),
        ("{{ sentence }}\n{{ sentence.__class__.__mro__ }}", 2, "unsafe"),
        ("{% include 'passwd' %}", 1, "loader"),
        ("{{ sentence | shout }}", 1, "shout"),
        ("{# nothing #}\n", None, "writes nothing"),
    ],
)
def test_given_a_template_with_a_mistake_when_checked_then_it_is_named_with_file_and_line(
    text: str, line: int | None, said: str
) -> None:
    (finding,) = template_problems(_spec(text))
    assert (finding.file, finding.line) == ("/etc/relmon/desk.txt.j2", line)
    assert said in finding.message
    with pytest.raises(ValueError, match=r"desk\.txt\.j2"):
        _channel(_spec(text))


def test_given_a_template_that_fails_for_one_alert_when_rendered_then_the_built_in_words_go_out_and_say_why() -> None:
    # The example has a link for its first other publisher's name; this alert has no other publisher at all.
    channel = _channel(_spec("{{ sentence }}\n{{ others[0].name }}"))
    bare = make_alert()
    rendered = channel.render(bare, ())
    assert rendered.body.decode().startswith("CRITICAL: Venezuela expelled diplomats of Chile")
    assert rendered.trouble is not None
    assert rendered.trouble.startswith("/etc/relmon/desk.txt.j2, line 2: ")


def test_given_a_channel_for_programs_when_it_has_a_template_then_it_is_refused() -> None:
    spec = _spec(DESK, "webhook", url="https://desk.example/hook")
    assert [option for option, _ in check_spec(spec)] == ["template"]
