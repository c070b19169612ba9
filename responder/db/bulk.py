"""How do many rows go in quickly? executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlmodel import SQLModel

__all__ = ["insert_rows", "table_of"]


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a model."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # SQLModel does not declare it


def insert_rows(
    connection: Connection, model: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows of plain values, in the order of `columns`; what is not named takes its default.

    SQLAlchemy's own executemany spends more time on each row than SQLite does.
    """
    table = table_of(model)
    prepared = _prepared(connection, table, columns, rows)
    if not prepared:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', prepared)  # noqa: S608  # names of our own tables
        return
    driver = cast("Any", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in prepared:
            copy.write_row(row)


def _prepared(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """The rows as the driver wants them; only columns whose type asks for it are converted."""
    steps: list[tuple[int, Callable[[Any], Any]]] = []
    for place, name in enumerate(columns):
        column_type = table.c[name].type
        needs_work = type(column_type).__name__ in ("Moment", "JSON")
        step = column_type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if needs_work and step is not None:
            steps.append((place, _remembering(step)))
    if not steps:
        return list(rows)
    return [_converted(row, steps) for row in rows]


def _converted(row: tuple[Any, ...], steps: list[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, step in steps:
        values[place] = step(values[place])
    return tuple(values)


def _remembering(step: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A batch holds the same moment a thousand times: convert it once."""
    seen: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:  # a column can hold anything
        if value not in seen:
            seen[value] = step(value)
        return seen[value]

    return remembered
