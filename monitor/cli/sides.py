"""The sides of a relation as they are typed on the command line: USA,VEN or VEN or USA,PER+CHL; groups count, too."""

from monitor.domain.routing import ANYONE
from monitor.settings.files import Loaded

BETWEEN_HELP = "USA,VEN these two; VEN with anyone; USA,PER+CHL with one of several. Groups count, too."


def sides(between: str, loaded: Loaded) -> list[str | list[str]]:
    """The sides as watches.toml has them under `between`; whether there are such actors is not asked here."""
    return [] if between == ANYONE else [_side(side, loaded) for side in between.split(",")]


def _side(written: str, loaded: Loaded) -> str | list[str]:
    names = [_code(name.strip(), loaded) for name in written.split("+")]
    return names[0] if len(names) == 1 else names


def _code(name: str, loaded: Loaded) -> str:
    """Codes may be typed in small letters; groups have them anyway."""
    codes = loaded.around.actor_codes or ()
    return name.upper() if name not in codes and name.upper() in codes and not _is_group(name, loaded) else name


def _is_group(name: str, loaded: Loaded) -> bool:
    return any(name in document.data.get("groups", {}) for document in loaded.watch_documents)
