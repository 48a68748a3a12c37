"""A real centre with the sample season for each test, made once and copied."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, Protocol, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
import sqlalchemy as sa

from sync.contract import records as r
from sync.domain.rules import Rules
from sync.server.services import sample
from tests.support import postgresql
from tests.support.sample_centre import copied
from tests.support.sample_centre import sample_season as sample_season
from tests.support.server import CODES, Device, LiveServer, MovedClock, device


class MakeDevice(Protocol):
    """Makes an enrolled device with people bound to it."""

    def __call__(self, where: str, *usernames: str) -> Device: ...


@pytest.fixture
def clock() -> MovedClock:
    """The clock of the live centre."""
    return MovedClock()


@pytest.fixture
def live_server(sample_season: Path, tmp_path: Path, clock: MovedClock) -> Iterator[LiveServer]:
    """A centre with the sample season that answers on a real socket."""
    with copied(sample_season, tmp_path / "centre", clock) as server:
        yield server


@pytest.fixture
def make_device(live_server: LiveServer) -> Iterator[MakeDevice]:
    """Devices at the live centre: ``make_device("makkah", "ahmad")``."""
    with ExitStack() as stack:
        yield lambda where, *usernames: stack.enter_context(device(live_server, CODES[where], *usernames))


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[str]:
    """The URL of a PostgreSQL; the test is skipped where it is not installed."""
    if postgresql.program("postgres") is None:
        pytest.skip("PostgreSQL is not installed")
    with postgresql.cluster() as url:
        yield url


@pytest.fixture
def empty_postgresql(postgresql_cluster: str) -> str:
    """The URL of an empty PostgreSQL database."""
    engine = sa.create_engine(postgresql_cluster)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return postgresql_cluster


@pytest.fixture(scope="session")
def example() -> dict[str, r.Record]:
    """One record of each kind with every field set, by kind."""
    return {kind: msgspec.convert(_filled(record, kind), record) for kind, record in r.KINDS.items()}


def _filled(hint: Any, name: str) -> Any:
    """A plain value that fits a type, with nothing left out."""
    options = [option for option in get_args(hint) if option is not type(None)]
    if isinstance(hint, type) and issubclass(hint, Rules):
        return msgspec.json.decode((sample.RESOURCES / "sample" / "season.json").read_bytes())["rules"]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return {field: _filled(inner, field) for field, inner in get_type_hints(hint).items()}
    if get_origin(hint) in (Union, types.UnionType):
        return _filled(options[0], name)
    if get_origin(hint) is tuple:
        return [_filled(options[0], name)]
    if get_origin(hint) is Literal:
        return options[0]
    return {str: f"{name} ـ نص", int: 7, float: 21.5, bool: True}[hint]
