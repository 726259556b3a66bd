"""What a mail says: subject, text and HTML of an alert or a notice.

The words are wording.py's, as in every channel. The HTML is one table of plain elements with styles in place, since mail
programs drop style sheets; it loads nothing, so that reading tells nobody. Everything from outside is escaped. Leaves
the headers of the message to email.py, which comes next.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from monitor.delivery.bulletins import BulletinLine, bulletin, text_lines
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.wording import ADDRESS, MarkedText, Wording, kind_words, printable, word
from monitor.domain.delivery import Notice
from monitor.domain.digests import Digest
from monitor.domain.routing import Alert
from monitor.domain.stories import Story

_SUBJECT = 200
_COLOURS = {"critical": "#a4161a", "major": "#c05300", "notable": "#7a5c00", "routine": "#3d5a80", "notice": "#3d5a80"}
_SAID_ABOVE = ("severity", "outlet", "publishers", "watches")
_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_GREY = "#5c6570"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """`subject` is one line of printable text; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


def alert_body(
    alert: Alert, earlier: Sequence[Story], zone: dt.tzinfo, book: Phrasebook, *, answer_to: str | None = None
) -> MailBody:
    """The mail about an alert; times are in `zone`, words in the language of `book`.

    `answer_to` is the address of whoever takes readers' feedback; without one it is told how an operator gives it.
    """
    said, item = word(alert, earlier, book), alert.report.item
    sample = f"{book.say('labels.sample')} " if alert.story.sample else ""
    title, headline = printable(said.sentence), printable(said.headline)
    marking = f"{sample}{said.severity}"
    facts = [(fact.label, printable(fact.value)) for fact in said.facts_but(*_SAID_ABOVE)]
    source = f"{printable(item.outlet)} · {book.moment(item.published_at, zone)}"
    lines = [f"{marking.upper()}: {title}", printable(said.attribution), ""]
    blocks = [_heading(marking, title, _COLOURS[alert.story.severity.value])]
    blocks.append(_paragraph(escape(printable(said.attribution)), f"margin:-10px 0 16px;color:{_GREY}"))
    if said.update:
        lines += [said.update, ""]
        blocks.append(_paragraph(escape(said.update), "margin:0 0 12px;font-weight:600"))
    lines += [headline, *([item.link] if item.link else []), source]
    blocks.append(_paragraph(_linked(item.link, headline), "margin:0 0 2px;font-size:17px"))
    blocks.append(_paragraph(escape(source), f"margin:0 0 12px;color:{_GREY};font-size:13px"))
    if said.evidence_adds:
        text, html = _evidence(said.evidence)
        lines += ["", text]
        blocks.append(html)
    if said.others:
        text_lines, html = _others(said, book.say("labels.others"))
        lines += ["", *text_lines]
        blocks.append(html)
    if said.earlier:
        before = [printable(one) for one in said.earlier]
        heading = book.say("labels.earlier")
        lines += ["", f"{heading}:", *(f"- {one}" for one in before)]
        rows = "".join(f'<li style="margin:0 0 4px">{escape(one)}</li>' for one in before)
        blocks.append(_paragraph(escape(heading), "margin:20px 0 4px;font-weight:600"))
        blocks.append(f'<ul style="margin:0 0 16px;padding-left:20px">{rows}</ul>')
    lines += ["", *(f"{name}: {value}" for name, value in facts)]
    blocks.append(_table(facts))
    if alert.page:
        page = book.say("labels.page")
        lines.append(f"{page}: {alert.page}")
        blocks.append(_paragraph(_linked(alert.page, page), "margin:12px 0 0"))
    if said.why:
        why = f"{book.say('labels.why')}: {printable(' '.join(said.why))}"
        lines += ["", why]
        style = f"margin:16px 0 0;padding-top:12px;border-top:1px solid #e1e4e8;color:{_GREY};font-size:13px"
        blocks.append(_paragraph(escape(why), style))
    feedback = said.feedback
    if answer_to is not None:
        feedback = book.say("words.feedback_by_mail", address=answer_to, alert=said.short_reference)
    lines += [feedback]
    blocks.append(_paragraph(escape(feedback), f"margin:4px 0 0;color:{_GREY};font-size:13px"))
    return MailBody(subject=_cut(f"[{marking}] {title}"), text=_text(lines), html=_page(blocks, language=book.language))


def notice_body(notice: Notice, zone: dt.tzinfo, book: Phrasebook) -> MailBody:
    """The mail about the program itself, or about several stories at once."""
    kind = kind_words(notice, book)
    title, lines = printable(notice.title), [printable(line) for line in notice.text.splitlines()]
    at = f"{notice.at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
    paragraphs = [_paragraph(_with_links(line), "margin:0 0 8px") for line in lines]
    when = f'<p style="margin:12px 0 0;color:{_GREY}">{escape(at)}</p>'
    return MailBody(
        subject=_cut(f"[{kind}] {title}"),
        text=_text([title, "", *lines, "", at]),
        html=_page([_heading(kind, title, _COLOURS["notice"]), *paragraphs, when], language=notice.language),
    )


def digest_body(digest: Digest, book: Phrasebook) -> MailBody:
    """The mail that tells several stories together."""
    said, label = bulletin(digest, book), book.say(f"kinds.{digest.kind}")
    title = printable(said.title)
    blocks = [_heading(label, title, _COLOURS["notice"])]
    if said.lead:
        blocks.append(_paragraph(escape(said.lead), f"margin:-10px 0 16px;color:{_GREY}"))
    for section in said.sections:
        if not section.heading:
            blocks += [
                _paragraph(escape(printable(line.text)), f"margin:16px 0 0;color:{_GREY}") for line in section.lines
            ]
            continue
        rows = "".join(_digest_row(line) for line in section.lines)
        blocks.append(_paragraph(escape(section.heading), "margin:20px 0 4px;font-weight:600"))
        blocks.append(f'<ul style="margin:0 0 8px;padding-left:20px">{rows}</ul>')
    return MailBody(
        subject=_cut(f"[{label}] {title}"),
        text=_text([title, *text_lines(said)]),
        html=_page(blocks, language=book.language),
    )


def _digest_row(line: BulletinLine) -> str:
    text = escape(printable(line.text))
    words = f'<a href="{escape(line.link)}" style="color:#0b4f8a">{text}</a>' if line.link else text
    if line.severity is not None:
        colour = _COLOURS[line.severity.value]
        words = f'<strong style="color:{colour}">{escape(line.severity_name)}</strong> {words}'
    headline = f": {escape(printable(line.headline))}" if line.headline else ""
    note = f' <span style="color:{_GREY};font-size:13px">{escape(printable(line.note))}</span>' if line.note else ""
    return f'<li style="margin:0 0 6px">{words}{headline}{note}</li>'


def _heading(label: str, title: str, colour: str) -> str:
    return (
        f'<p style="margin:0 0 4px;color:{colour};font-size:12px;font-weight:700;letter-spacing:.06em;'
        f'text-transform:uppercase">{escape(label)}</p>'
        f'<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{escape(title)}</h1>'
    )


def _linked(link: str | None, words: str) -> str:
    return f'<a href="{escape(link)}" style="color:#0b4f8a">{escape(words)}</a>' if link else escape(words)


def _with_links(text: str) -> str:
    """A text whose addresses are links."""
    pieces = ADDRESS.split(text)
    return "".join(_linked(piece, piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces))


def _others(said: Wording, heading: str) -> tuple[list[str], str]:
    """Who else reports it, as lines of text and as HTML."""
    named = [(printable(one.name), one.link) for one in said.others]
    more = [said.and_more] if said.and_more else []
    lines = [
        f"{heading}:",
        *(f"- {name}{f' {link}' if link else ''}" for name, link in named),
        *(f"- {one}" for one in more),
    ]
    words = ", ".join([*(_linked(link, name) for name, link in named), *map(escape, more)])
    return lines, _paragraph(f"{escape(heading)}: {words}", "margin:0 0 12px;font-size:14px")


def _paragraph(html: str, style: str) -> str:
    return f'<p style="{style}">{html}</p>'


def _evidence(found: MarkedText) -> tuple[str, str]:
    """The sentence of the evidence with its words marked, as text and as HTML."""
    before, marked, after = (printable(part) for part in (found.before, found.marked, found.after))
    text = f"“{before}[{marked}]{after}”" if marked else f"“{before}{after}”"
    words = f'<mark style="background:#ffe9a8">{escape(marked)}</mark>' if marked else ""
    return text, (
        '<blockquote style="margin:0 0 16px;padding:4px 12px;border-left:3px solid #c9d1d9">'
        f"{escape(before)}{words}{escape(after)}</blockquote>"
    )


def _table(facts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><td style="padding:2px 16px 2px 0;color:{_GREY};vertical-align:top">{escape(name)}</td>'
        f'<td style="padding:2px 0;overflow-wrap:anywhere">{escape(value)}</td></tr>'
        for name, value in facts
    )
    return f'<table role="presentation" style="border-collapse:collapse;font-size:13px">{rows}</table>'


def _page(blocks: Sequence[str], *, language: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>\n'
        f'<body style="margin:0;padding:24px;background:#fff;color:#1b1f24;{_FONT};font-size:15px;line-height:1.45">\n'
        '<div style="max-width:640px">\n' + "\n".join(blocks) + "\n</div></body></html>\n"
    )


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _cut(subject: str) -> str:
    return subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1] + "…"
