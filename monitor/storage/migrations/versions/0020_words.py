"""Finds stories and items by their words, in the database's own full-text index.

Items and stories are numbered in the order in which they came, and the index knows them by these numbers. Triggers keep it:
whatever writes or removes a row, in this version or by hand, takes its words along. It holds what finds a row, and no second
copy of its text.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_COLUMNS = {"item": ("title", "summary"), "story": ("headline",)}
_ORDER = {"item": "seen_at, key", "story": "opened_at, id"}

# Words are compared in lower case and without accents: what combines with a letter goes, once it stands apart from it. Marks
# become spaces, so that PostgreSQL's parser, which knows of addresses and hyphens, sees words alone.
_WORDS = r"""
CREATE FUNCTION relmon_words(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        lower(regexp_replace(normalize(written, NFD), '[\u0300-\u036f]+', '', 'g')),
        '[\u0001-\u002f:-@\[-`{-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g')
$$
"""


def upgrade() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql(_WORDS)
    for table in _COLUMNS:
        op.add_column(table, sa.Column("number", sa.BigInteger(), nullable=True))
        # A row's own place finds it again sooner than its key.
        connection.exec_driver_sql(_number(table, place="rowid" if is_sqlite else "ctid"))
        op.create_index(f"ix_{table}_number", table, ["number"], unique=True)
        for statement in (_on_sqlite if is_sqlite else _on_postgresql)(table):
            connection.exec_driver_sql(statement)


def _number(table: str, place: str) -> str:
    return (
        f"UPDATE {table} SET number = counted.number FROM (SELECT {place} AS place, "
        f"row_number() OVER (ORDER BY {_ORDER[table]}) AS number FROM {table}) AS counted "
        f"WHERE {table}.{place} = counted.place"
    )


def _on_sqlite(table: str) -> Iterator[str]:
    names = ", ".join(_COLUMNS[table])
    old, new, stored = (_texts(table, row) for row in ("old", "new", table))
    yield f"""
        CREATE VIRTUAL TABLE {table}_text USING fts5({names}, content='', tokenize='unicode61 remove_diacritics 2')
    """
    yield f"INSERT INTO {table}_text (rowid, {names}) SELECT number, {stored} FROM {table} ORDER BY number"
    # A row is taken out by the words that it was put in with.
    take_out = f"""
        INSERT INTO {table}_text ({table}_text, rowid, {names})
            SELECT 'delete', old.number, {old} WHERE old.number IS NOT NULL;
    """
    put_in = f"INSERT INTO {table}_text (rowid, {names}) SELECT new.number, {new} WHERE new.number IS NOT NULL;"
    yield f"CREATE TRIGGER {table}_text_insert AFTER INSERT ON {table} BEGIN {put_in} END"
    yield f"CREATE TRIGGER {table}_text_delete AFTER DELETE ON {table} BEGIN {take_out} END"
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in (*_COLUMNS[table], "number"))
    yield f"""
        CREATE TRIGGER {table}_text_update AFTER UPDATE OF {names}, number ON {table} WHEN {changed}
        BEGIN {take_out} {put_in} END
    """


def _on_postgresql(table: str) -> Iterator[str]:
    names = ", ".join(_COLUMNS[table])
    yield f"CREATE SEQUENCE {table}_number OWNED BY {table}.number"
    yield f"SELECT setval('{table}_number', coalesce(max(number), 0) + 1, false) FROM {table}"
    yield f"CREATE TABLE {table}_text (number bigint CONSTRAINT pk_{table}_text PRIMARY KEY, words tsvector NOT NULL)"
    yield f"INSERT INTO {table}_text SELECT number, {_vector(table, table)} FROM {table}"
    yield f"CREATE INDEX ix_{table}_text_words ON {table}_text USING gin (words)"
    yield f"""
        CREATE FUNCTION relmon_{table}_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_OP <> 'INSERT' THEN
                DELETE FROM {table}_text WHERE number = old.number;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                INSERT INTO {table}_text SELECT new.number, {_vector(table, "new")} WHERE new.number IS NOT NULL;
            END IF;
            RETURN NULL;
        END $$
    """
    yield f"""
        CREATE TRIGGER {table}_text_change AFTER INSERT OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION relmon_{table}_text()
    """
    old, new = (", ".join(f"{row}.{name}" for name in (*_COLUMNS[table], "number")) for row in ("old", "new"))
    yield f"""
        CREATE TRIGGER {table}_text_update AFTER UPDATE OF {names}, number ON {table}
        FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION relmon_{table}_text()
    """
    # Which way a search goes depends on how frequent a word is.
    yield f"ANALYZE {table}_text"


def _texts(table: str, row: str) -> str:
    return ", ".join(_text(row, name) for name in _COLUMNS[table])


def _vector(table: str, row: str) -> str:
    whole = " || ' ' || ".join(_text(row, name) for name in _COLUMNS[table])
    return f"to_tsvector('simple', relmon_words({whole}))"


def _text(row: str, name: str) -> str:
    # Of a summary as long as an article, the lead says what it is about; the rest would only make the index larger.
    return f"substr({row}.{name}, 1, 2000)"
