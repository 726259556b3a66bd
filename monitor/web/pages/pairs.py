"""The pair that an address or a form means, and the page for those that can't be meant.

Shared by the page of a relation and the form that asks for two states.
"""

from collections.abc import Sequence
from http import HTTPStatus
from itertools import product

from starlette.requests import Request
from starlette.responses import Response

from monitor.domain.stories import relation_of
from monitor.web.naming import ActorNames
from monitor.web.render import page, reader_of
from monitor.web.site import site_of

SIDES = 2
_NEAR = 5
_LONGEST_NAME = 60


def meant(request: Request, written: Sequence[str]) -> str | Response:
    """The relation between those who are written, as codes or names; or a page that says why there is none."""
    names = ActorNames.of(site_of(request).books.values())
    codes = [names.code_of(one) for one in written]
    known = [code for code in codes if code is not None]
    if len(written) == len(known) == SIDES and known[0] != known[1]:
        return relation_of(known[0], known[1])
    reader = reader_of(request)
    strangers = [one.strip()[:_LONGEST_NAME] for one, code in zip(written, codes, strict=True) if code is None]
    near = [(code,) if code else names.near(one, _NEAR) for one, code in zip(written, codes, strict=True)]
    pairs = {relation_of(*sides): None for sides in product(*near) if len(set(sides)) == SIDES == len(sides)}
    return page(
        request,
        "no_relation.html",
        status=HTTPStatus.NOT_FOUND,
        strangers=[one for one in strangers if one],
        near=[(f"/relations/{relation}", reader.pair(relation)) for relation in list(pairs)[:_NEAR]],
        names=name_list(request),
    )


def name_list(request: Request) -> list[str]:
    """What all actors are called in the reader's language, for the form that asks for two."""
    return sorted(set(reader_of(request).book.short_names.values()))
