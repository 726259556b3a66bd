"""The index of words: which numbers of items and stories hold what a person looks for (domain/searching.py).

SQLite's is FTS5, PostgreSQL's a table of tsvectors with a GIN index; triggers of the migration that made them keep both, so no
writer knows of them. Either one compares words in lower case and without accents, and holds no text of its own: rows are
fetched by their numbers (browse/search.py).
"""

import sqlite3
from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    TableClause,
    Text,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)

from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.searching import Search, Term

ITEM_TEXT = table("item_text", column("number", Integer))
STORY_TEXT = table("story_text", column("number", Integer))
_ROWS_OF = {ITEM_TEXT.name: "item", STORY_TEXT.name: "story"}


def is_table_of_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic is to compare a table with METADATA: those of the index belong to the database's engine."""
    return kind != "table" or name is None or not name.startswith(tuple(_ROWS_OF))


def newest_matches(
    connection: Connection, index: TableClause, search: Search, *, before: int | None, limit: int
) -> Sequence[int]:
    """The numbers of the newest rows that hold what is looked for, the newest first; `before` leaves those below it."""
    is_sqlite = connection.dialect.name == "sqlite"
    query = _on_sqlite(index, search) if is_sqlite else _on_postgresql(connection, index, search)
    number = query.selected_columns[0]
    if before is not None:
        query = query.where(number < before)
    return connection.execute(query.order_by(number.desc()).limit(limit)).scalars().all()


def require_index(connection: sqlite3.Connection) -> None:
    """Raises DatabaseUnavailable where this build of SQLite has no FTS5."""
    if connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone() is None:
        raise DatabaseUnavailable(
            f"The SQLite {sqlite3.sqlite_version} of this Python was built without full-text search (FTS5), which Relation "
            "Monitor needs. Use the Python of your distribution or of python.org, or PostgreSQL."
        )


def gaps(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Sentences about rows that the index of an SQLite file has lost, or words of rows that are gone."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = []
    for index, of in _ROWS_OF.items():
        if index not in there:
            continue
        lost, left = (
            connection.execute(statement).fetchone()[0]
            for statement in (
                f"SELECT count(*) FROM {of} WHERE number NOT IN (SELECT id FROM {index}_docsize)",  # noqa: S608 - our own names
                f"SELECT count(*) FROM {index}_docsize WHERE id NOT IN (SELECT number FROM {of} WHERE number IS NOT NULL)",  # noqa: S608
            )
        )
        if lost or left:
            found.append(
                f"the search for words misses {lost} rows of {of} and finds {left} that are gone; "
                "`relmon db copy` to a new database makes its index anew"
            )
    return tuple(found)


def _on_sqlite(index: TableClause, search: Search) -> Select[int]:
    """FTS5's language, in which a word between quotation marks is never an operator."""
    wanted = " AND ".join(map(_quoted, search.wanted))
    unwanted = "".join(f" NOT {_quoted(term)}" for term in search.unwanted)
    rowid: ColumnElement[int] = literal_column("rowid", Integer)
    return (
        select(rowid).select_from(index).where(literal_column(index.name, String).op("MATCH")(f"({wanted}){unwanted}"))
    )


def _quoted(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.begins else ""}'


def _on_postgresql(connection: Connection, index: TableClause, search: Search) -> Select[int]:
    """Asked in two steps: which way is quick depends on how frequent the words are, which the planner is to know beforehand."""
    from sqlalchemy.dialects.postgresql import TSQUERY  # noqa: PLC0415 - four drivers' modules, which SQLite does without

    wanted = [_vector_query(term) for term in search.wanted]
    unwanted = [func.tsquery_not(_vector_query(term)) for term in search.unwanted]
    whole = reduce(func.tsquery_and, (*wanted, *unwanted))
    # A plan that is kept for whatever comes would be that of a rare word.
    planned_anew = func.set_config("plan_cache_mode", "force_custom_plan", literal(value=True))
    written = connection.execute(select(cast(whole, Text), planned_anew)).scalar_one()
    words: ColumnElement[Any] = column("words")
    return select(index.c.number).where(words.bool_op("@@")(cast(written, TSQUERY)))


def _vector_query(term: Term) -> ColumnElement[Any]:
    """The words one after the other, folded as those of the index were; quoted, so that none is an operator."""
    *whole, last = term.words
    phrase = func.phraseto_tsquery("simple", func.relmon_words(" ".join(whole)))
    quoted = func.concat("'", func.relmon_words(last), "':*" if term.begins else "'")
    ending = func.to_tsquery("simple", quoted)
    return func.tsquery_phrase(phrase, ending) if whole else ending
