"""From a validator's findings to sentences that an operator can act on.

pydantic knows what is wrong; this module says it in plain English and guesses at what was meant. The place in the file
is added by whoever knows the document (entries.py, process.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.domain.documents import TomlPath
from monitor.settings.spelling import did_you_mean

_Element = TypeVar("_Element")

# pydantic's name of a mistake -> how the value has to look.
_SHAPES = {
    "string_type": 'must be text in quotes, like "this"',
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "tuple_type": 'must be a list, like ["one", "two"]',
    "list_type": 'must be a list, like ["one", "two"]',
    "frozen_set_type": 'must be a list, like ["one", "two"]',
    "dict_type": "must be a table",
}


def one_of(choices: Iterable[str]) -> str:
    """`"a", "b" or "c"`."""
    quoted = [f'"{choice}"' for choice in choices]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1]))) if quoted else "nothing"


def sentences(
    error: ValidationError, known_keys: Iterable[str], within: Mapping[str, Iterable[str]] = MappingProxyType({})
) -> Iterator[tuple[TomlPath, str]]:
    """Yields the path within the table and the sentence of each mistake; `known_keys` help with misspelt ones.

    `within` are the keys of the tables that stand in it, by their own keys.
    """
    keys = tuple(known_keys)
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        key, known = (str(path[0]) if path else ""), keys
        if key in within and len(path) > 1:
            key, known = str(path[1]), tuple(within[key])
        yield path, _sentence(detail, known, key)


def value_sentences(error: ValidationError, key: str) -> Iterator[str]:
    """The sentences about one value, which stands under `key`."""
    for detail in error.errors(include_url=False):
        yield _sentence(detail, (), key)


def _sentence(detail: ErrorDetails, known: tuple[str, ...], key: str) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_key(key, known)
    if kind == "missing":
        return f'"{key}" is missing'
    subject = f'"{key}" ' if key else ""
    if kind == "value_error":
        return f'"{key}": {context["error"]}' if key else str(context["error"])
    if kind in ("enum", "literal_error"):
        choices = [choice.strip("' ") for choice in str(context["expected"]).replace(" or ", ", ").split(",")]
        return f'{subject}is "{detail["input"]}", but must be {one_of(choices)}{did_you_mean(str(detail["input"]), choices)}'
    if kind in ("greater_than_equal", "less_than_equal"):
        side, limit = (
            ("at least", context.get("ge")) if kind == "greater_than_equal" else ("at most", context.get("le"))
        )
        return f"{subject}is {detail['input']}, but must be {side} {limit}"
    return f"{subject}{_SHAPES.get(kind, detail['msg'])}{_quotes_hint(kind, detail['input'])}"


def _quotes_hint(kind: str, value: object) -> str:
    """`5` and `true` in quotes are the commonest reason for a wrong type."""
    if isinstance(value, str) and kind != "string_type" and (value in ("true", "false") or value.isdigit()):
        return "; remove the quotes"
    return ""


def not_empty(values: tuple[_Element, ...]) -> tuple[_Element, ...]:
    """A validator for lists that must hold something."""
    if not values:
        raise ValueError("the list is empty; name at least one")
    return values


def unknown_key(key: str, known: Iterable[str]) -> str:
    """The sentence for a key that nothing reads."""
    known = tuple(known)
    return f'unknown key "{key}"' + (did_you_mean(key, known) or "; known are " + ", ".join(known))
