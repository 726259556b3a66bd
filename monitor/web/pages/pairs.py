"""The pair that an address or a form means, and the page for those that can't be meant.

Shared by the page of a relation and the form that asks for two states.
"""

from collections.abc import Sequence
from http import HTTPStatus
from itertools import product

from starlette.requests import Request
from starlette.responses import Response

from monitor.domain.stories import relation_of
from monitor.web.naming import ActorNames, folded
from monitor.web.render import page, reader_of
from monitor.web.site import site_of

SIDES = 2
_NEAR = 5
_LONGEST_SHOWN = 60


def meant(request: Request, written: Sequence[str]) -> str | Response:
    """The relation between those who are written, as codes or names; or a page that says why there is none."""
    names = ActorNames.of(site_of(request).books.values())
    # An address may hold any number of them; only two can be guessed at.
    sides = [(one.strip(), names.code_of(one)) for one in written] if len(written) == SIDES else []
    known = [code for _, code in sides if code is not None]
    if len(known) == SIDES and known[0] != known[1]:
        return relation_of(known[0], known[1])
    reader = reader_of(request)
    near = product(*((code,) if code else names.near(one, _NEAR) for one, code in sides))
    pairs = list(dict.fromkeys(relation_of(*pair) for pair in near if len(set(pair)) == SIDES))
    return page(
        request,
        "no_relation.html",
        status=HTTPStatus.NOT_FOUND,
        strangers=[shown for shown in (_shown(one) for one, code in sides if code is None) if shown],
        near=[(f"/relations/{relation}", reader.pair(relation)) for relation in pairs[:_NEAR]],
        names=name_list(request),
    )


def _shown(written: str) -> str:
    """What somebody wrote, as a page may repeat it: its beginning, without what can't be seen."""
    return "".join(filter(str.isprintable, written[:_LONGEST_SHOWN])).strip()


def name_list(request: Request) -> list[str]:
    """What all actors are called in the reader's language, in alphabetical order, for the form that asks for two."""
    return sorted(set(reader_of(request).book.short_names.values()), key=folded)
