"""`relmon actors`: who holds which office, and office holders of one's own."""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

import click

from monitor.cli.common import config_option, documents_of, json_option, tells_errors
from monitor.domain.errors import ConfigurationError, MonitorError
from monitor.domain.events import EventDate, Part
from monitor.settings.documents import Documents
from monitor.settings.holders import Holder, ListedHolder, days_of, read_holders
from monitor.settings.location import ConfigLocation
from monitor.settings.spelling import did_you_mean
from monitor.settings.write import append_holder, holder_toml

_OWN_FILE = Path("actors.d") / "own.toml"
# Nobody takes office as a former holder.
_PARTS = [part.value for part in Part if part is not Part.FORMER]


class NotAdded(MonitorError):
    """The holder is not written: something about it is wrong, it stands already, or the file can't be written."""


def _date(_context: click.Context, parameter: click.Parameter, written: str | None) -> EventDate | None:
    """A day, a month or a year, as an option's callback."""
    try:
        return None if written is None else days_of(written)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param=parameter) from None


@click.group()
def actors() -> None:
    """See who holds which office, and add office holders of your own."""


@actors.command()
@click.argument("name")
@click.option("--state", required=True, metavar="CODE", help="The state or organisation, such as VEN or OAS.")
@click.option("--office", required=True, help='The office in English, such as "foreign minister".')
@click.option(
    "--from",
    "begins",
    required=True,
    metavar="DATE",
    callback=_date,
    help="The first day: 2026-02-01, 2026-02 or 2026.",
)
@click.option(
    "--to", "ends", metavar="DATE", callback=_date, help="The last day; leave it out for whoever is still in office."
)
@click.option(
    "--part", type=click.Choice(_PARTS), default=Part.GOVERNMENT.value, show_default=True, help="For whom it acts."
)
@click.option("--alias", "aliases", multiple=True, metavar="NAME", help="Another full name; may be given repeatedly.")
@click.option("--surname", metavar="NAME", help="A surname that means this person wherever it stands alone.")
@config_option
@tells_errors
def add(
    *,
    name: str,
    state: str,
    office: str,
    begins: EventDate,
    ends: EventDate | None,
    part: str,
    aliases: tuple[str, ...],
    surname: str | None,
    config_folder: Path | None,
) -> None:
    """Add the office holder NAME to actors.d/own.toml of your configuration.

    What stands in the file stays as it is. Without a configuration of your own, the lines are printed for you to keep.
    """
    location, documents = _documents(config_folder)
    holder = Holder(
        name=_words(name, "NAME"),
        state=_code(state, documents),
        office=_words(office, "--office"),
        begins=begins,
        ends=ends,
        part=Part(part),
        aliases=tuple(dict.fromkeys(_words(alias, "--alias") for alias in aliases)),
        surname=None if surname is None else _words(surname, "--surname"),
    )
    if ends is not None and ends.last < begins.first:
        raise NotAdded(f"The term of {holder.name} ends ({ends}) before it begins ({begins}).")
    standing = [listed for listed in _holders(documents) if listed.holder.has_office_of(holder)]
    standing = [listed for listed in standing if listed.holder.overlaps(holder)]
    _refuse_twice(holder, standing)
    _write(holder, location)
    for listed in standing:
        click.echo(f"{_described(listed)} is listed for that time, too: both count.", err=True)


def _refuse_twice(holder: Holder, standing: Iterable[ListedHolder]) -> None:
    for listed in standing:
        if listed.holder.is_same_person(holder):
            raise NotAdded(f"{_described(listed)} stands already, so nothing is added.")


def _write(holder: Holder, location: ConfigLocation) -> None:
    """Writes the holder and says so; where that can't be, prints the lines for the operator to keep."""
    lines = holder_toml(holder)
    if location.packaged:
        click.echo(lines, nl=False)
        click.echo(
            "\nNothing is written, since there is no configuration of your own yet. Make one with `relmon init DIR`, and "
            f"put these lines into DIR/{_OWN_FILE}.",
            err=True,
        )
        return
    path = location.folder / _OWN_FILE
    try:
        append_holder(path, holder)
    except OSError as error:
        click.echo(lines, nl=False)
        raise NotAdded(
            f"{path} can't be written: {error.strerror}. Put the lines above into it as a user who may."
        ) from error
    click.echo(f"Added to {path}, which the daemon reads when it starts:\n\n{lines}", nl=False)


@actors.command("list")
@click.option("--state", metavar="CODE", help="Only those of this state or organisation, such as VEN or OAS.")
@click.option("--on", "day", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="On this day; else today.")
@config_option
@json_option
@tells_errors
def list_actors(*, state: str | None, day: dt.datetime | None, config_folder: Path | None, as_json: bool) -> None:
    """List who holds which office on a day: the shipped list and your own additions."""
    location, documents = _documents(config_folder)
    on = day.date() if day else dt.datetime.now(dt.UTC).date()
    code = None if state is None else _code(state, documents)
    found = [
        listed for listed in _holders(documents) if listed.holder.served_on(on) and code in (None, listed.holder.state)
    ]
    found.sort(key=lambda listed: (listed.holder.state, listed.holder.office, listed.holder.name))
    if as_json:
        click.echo(json.dumps([_row(listed) for listed in found], ensure_ascii=False, indent=2))
        return
    own_folder = location.folder / _OWN_FILE.parent
    for listed in found:
        own = "  (your own)" if not location.packaged and Path(listed.file).is_relative_to(own_folder) else ""
        holder = listed.holder
        part = "" if holder.part is Part.GOVERNMENT else f"  [{holder.part}]"
        click.echo(f"{holder.state:<5}  {holder.office:<34}  {holder.name:<32}  {_term(holder)}{part}{own}")
    if not found:
        click.echo(f"Nobody is listed for {on}.", err=True)
    _tell_age(documents, on)


def _documents(config_folder: Path | None) -> tuple[ConfigLocation, Documents]:
    """The documents of the configuration; what is wrong with an operator's own actors is raised, the rest left alone."""
    location, documents, findings = documents_of(config_folder)
    wrong = tuple(one for one in findings if Path(one.file).is_relative_to(location.folder / _OWN_FILE.parent))
    if wrong:
        raise ConfigurationError(wrong)
    return location, documents


def _holders(documents: Documents) -> tuple[ListedHolder, ...]:
    holders, findings = read_holders(documents.actors)
    if findings:
        raise ConfigurationError(findings)
    return holders


def _code(written: str, documents: Documents) -> str:
    """The code of an actor, in capitals or not; whoever writes a state's name is told its code."""
    codes = documents.actor_codes
    code = written.strip().upper()
    if code in codes:
        return code
    known = f" {written} is {named}." if (named := _named(written, documents)) else ""
    guess = "" if known else did_you_mean(code, codes)
    raise click.BadParameter(f'"{written}" is no known actor code{guess}.{known}', param_hint="--state")


def _named(written: str, documents: Documents) -> str | None:
    """The code of the actor with this name in any language."""
    wanted = written.strip().casefold()
    for document in documents.actors:
        for code, table in document.data.items():
            names = table.get("names", {}) if isinstance(table, dict) else {}
            if code.isupper() and any(wanted == name.casefold() for several in names.values() for name in several):
                return code
    return None


def _words(text: str, hint: str) -> str:
    """A text on one line with single spaces, that holds a letter."""
    words = " ".join(text.split())
    if not any(letter.isalpha() for letter in words):
        raise click.BadParameter(f"{text!r} holds no letter.", param_hint=hint)
    return words


def _described(listed: ListedHolder) -> str:
    holder = listed.holder
    return f"{holder.name}, {holder.office} of {holder.state} {_term(holder)} ({listed.file}:{listed.line})"


def _term(holder: Holder) -> str:
    if holder.begins is None:
        return f"until {holder.ends}" if holder.ends else ""
    return f"{holder.begins} to {holder.ends}" if holder.ends else f"since {holder.begins}"


def _tell_age(documents: Documents, on: dt.date) -> None:
    """Says up to which day the shipped list is meant to be whole, where a later one was asked for."""
    stated = [str(document.data["as_of"]) for document in documents.actors if "as_of" in document.data]
    if stated and max(stated) < on.isoformat():
        click.echo(
            f"The list that ships with the program is whole up to {max(stated)}; of later changes it holds some. "
            "`relmon actors add` adds those that you know.",
            err=True,
        )


def _row(listed: ListedHolder) -> dict[str, object]:
    holder = listed.holder
    return {
        "state": holder.state,
        "office": holder.office,
        "name": holder.name,
        "aliases": holder.aliases,
        "surname": holder.surname,
        "part": holder.part,
        "from": str(holder.begins) if holder.begins else None,
        "to": str(holder.ends) if holder.ends else None,
        "file": listed.file,
        "line": listed.line,
    }
