"""The page of all relations: who warmed and who cooled most, and how the most active states stand with each other.

It also takes the form that asks for any two states. How all pairs stand is all_pairs.py's to know; one pair by itself is
relation.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.domain.bands import Band
from monitor.domain.stories import relation_of
from monitor.stories.standings import Standing, Standings
from monitor.web.all_pairs import AllPairs
from monitor.web.charts import Sparkline, sparkline
from monitor.web.numbers import signed
from monitor.web.pages.pairs import meant, name_list
from monitor.web.render import Reader, page, reader_of
from monitor.web.site import site_of

_STATES = 12
# A course that moved less than this looks as flat as it is.
_LEAST_SPAN = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverRow:
    """A pair that has moved: how it stands now, and by how much it has changed."""

    link: str
    pair: str
    index: str
    band: Band
    change: str
    small: Sparkline


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverList:
    """Those that have moved one way in a span; `name` is the key of what the list is called."""

    name: str
    rows: tuple[MoverRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How the state of a row stands with that of a column; no index where nothing is known, no link on the diagonal."""

    link: str | None
    pair: str
    index: str | None
    band: Band | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A state and its cells, in the order of the columns."""

    name: str
    cells: tuple[Cell, ...]


def routes(all_pairs: AllPairs) -> list[Route]:
    """The page, over what is remembered of all pairs."""

    def matrix(request: Request) -> Response:
        one, other = (request.query_params.get(name, "").strip() for name in ("one", "other"))
        if one or other:
            relation = meant(request, (one, other))
            return relation if isinstance(relation, Response) else _to(relation)
        reader = reader_of(request)
        kept, renew = all_pairs.look(site_of(request))
        found = kept.value
        states = found.most_active(_STATES)
        answer = page(
            request,
            "matrix.html",
            as_of=kept.at,
            lists=[
                MoverList(name="cooled_in_week", rows=_rows(found.cooled_in_week, "over_week", reader)),
                MoverList(name="warmed_in_week", rows=_rows(found.warmed_in_week, "over_week", reader)),
                MoverList(name="cooled_in_month", rows=_rows(found.cooled_in_month, "over_month", reader)),
                MoverList(name="warmed_in_month", rows=_rows(found.warmed_in_month, "over_month", reader)),
            ],
            states=[(code, reader.side(code)) for code in states],
            matrix=[_matrix_row(code, states, found, reader) for code in states],
            bands=list(Band),
            pairs=len(found.pairs),
            names=name_list(request),
        )
        answer.background = BackgroundTask(renew) if renew else None
        return answer

    return [Route("/relations", matrix, methods=["GET"])]


def _to(relation: str) -> Response:
    return RedirectResponse(f"/relations/{relation}", HTTPStatus.SEE_OTHER)


def _rows(movers: Sequence[Standing], change: str, reader: Reader) -> tuple[MoverRow, ...]:
    return tuple(
        MoverRow(
            link=f"/relations/{mover.relation}",
            pair=reader.pair(mover.relation),
            index=signed(mover.index),
            band=mover.band,
            change=signed(getattr(mover, change)),
            small=sparkline(mover.course, least_span=_LEAST_SPAN),
        )
        for mover in movers
    )


def _matrix_row(code: str, states: Sequence[str], found: Standings, reader: Reader) -> MatrixRow:
    cells = []
    for other in states:
        relation = relation_of(code, other)
        standing = found.pairs.get(relation)
        cells.append(
            Cell(
                link=f"/relations/{relation}" if other != code else None,
                pair=reader.pair(relation),
                index=signed(standing.index) if standing else None,
                band=standing.band if standing else None,
            )
        )
    return MatrixRow(name=reader.side(code), cells=tuple(cells))
