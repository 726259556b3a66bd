"""The index of words: which numbers of items and stories hold what a person looks for (domain/searching.py).

SQLite's is FTS5, PostgreSQL's a table of tsvectors with a GIN index; triggers of the migration that made them keep both, so no
writer knows of them. Either one compares words in lower case and without accents, and holds no text of its own: rows are
fetched by their numbers (browse/search.py).
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    TableClause,
    and_,
    column,
    func,
    literal_column,
    not_,
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
    query = _on_sqlite(index, search) if connection.dialect.name == "sqlite" else _on_postgresql(index, search)
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


def _on_postgresql(index: TableClause, search: Search) -> Select[int]:
    words: ColumnElement[Any] = column("words")
    conditions = [words.bool_op("@@")(_vector_query(term)) for term in search.wanted]
    conditions += [not_(words.bool_op("@@")(_vector_query(term))) for term in search.unwanted]
    return select(index.c.number).where(and_(*conditions))


def _vector_query(term: Term) -> ColumnElement[object]:
    """The words one after the other, folded as those of the index were; quoted, so that none is an operator."""
    *whole, last = term.words
    phrase = func.phraseto_tsquery("simple", func.relmon_words(" ".join(whole)))
    quoted = func.concat("'", func.relmon_words(last), "':*" if term.begins else "'")
    ending = func.to_tsquery("simple", quoted)
    return func.tsquery_phrase(phrase, ending) if whole else ending
