"""The three columns that hold an event's date (first day, last day, precision), for events and stories alike."""

from sqlalchemy import RowMapping, Table

from monitor.domain.events import DatePrecision, EventDate


def date_columns(date: EventDate | None) -> dict[str, object]:
    """The columns' values; all empty where the text states no date."""
    return {
        "date_first": date.first if date else None,
        "date_last": date.last if date else None,
        "date_precision": date.precision.value if date else None,
    }


def date_of(row: RowMapping, table: Table) -> EventDate | None:
    """The date in a row that selects the columns of `table`."""
    if row[table.c.date_precision] is None:
        return None
    return EventDate(
        first=row[table.c.date_first],
        last=row[table.c.date_last],
        precision=DatePrecision(row[table.c.date_precision]),
    )
