"""Many rows by one statement, written or looked up: the way that costs what the database itself costs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

Make = Callable[[str], sa.sql.expression.UpdateBase]
"""Makes a statement for a dialect by its name; a module's own function, so that what it made is kept."""


class Statement:
    """A statement in the words of one driver.

    Values go in as the driver takes them: text of JSON columns as text, never as objects.
    """

    def __init__(self, statement: sa.sql.expression.UpdateBase, dialect: sa.Dialect, names: tuple[str, ...]) -> None:
        """Compile it once.

        Args:
            statement: An insert, update or delete whose only parameters are ``names``.
            dialect: Of the connections it will run on.
            names: The parameters, in the order in which rows will give them.
        """
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        self._text = str(compiled)
        self._names = names
        taken = compiled.positiontup if compiled.positional else None
        self._order = None if taken is None else tuple(names.index(name) for name in taken)

    def run(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run it for each row, of which there is one at least."""
        if self._order is None:
            connection.exec_driver_sql(self._text, [dict(zip(self._names, row, strict=True)) for row in rows])
        elif self._order == tuple(range(len(self._names))):
            connection.exec_driver_sql(self._text, list(rows))
        else:
            connection.exec_driver_sql(self._text, [tuple(row[place] for place in self._order) for row in rows])


_AMONG = "among"

_prepared: dict[tuple[Make, tuple[str, ...], str], Statement] = {}
"""Statements by what makes them, their parameters, and the dialect. Compiling one costs more than running it."""


def run(connection: sa.Connection, make: Make, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement for each row, compiling it the first time only.

    Args:
        connection: Inside ``Database.write``.
        make: Makes it.
        names: Its parameters, in the order in which ``rows`` give them.
        rows: The values.
    """
    if not rows:
        return
    key = (make, names, connection.dialect.name)
    if key not in _prepared:
        _prepared[key] = Statement(make(connection.dialect.name), connection.dialect, names)
    _prepared[key].run(connection, rows)


def among(dialect: str, column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    """Whether a column is one of any number of values, which ``these`` gives when the statement is run.

    They are one parameter, so that a statement is made once and kept: making one costs more than running it.
    """
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam(_AMONG, type_=ARRAY(column.type)))
    each = sa.func.json_each(sa.bindparam(_AMONG, type_=sa.Text())).table_valued("value")
    return column.in_(sa.select(each.c.value))


def these(connection: sa.Connection, values: Collection[str] | Collection[int]) -> dict[str, Any]:
    """The values of ``among``, as the parameters of a statement."""
    some = list(values)
    return {_AMONG: some if connection.dialect.name == "postgresql" else msgspec.json.encode(some).decode()}
