"""What all tables have in common: how constraints are named, and columns that several have."""

from typing import Any

from sqlalchemy import BigInteger, MetaData
from sqlmodel import Field, SQLModel

from monitor.storage.columns import NextNumber

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """The base of all rows."""

    metadata = METADATA


def counted(table: str) -> Any:
    """A column that numbers the rows as they come; see NextNumber."""
    return Field(sa_type=BigInteger, sa_column_kwargs={"default": NextNumber(table)})
