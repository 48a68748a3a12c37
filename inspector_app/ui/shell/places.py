"""The workspaces in the order of the side, who sees them, and how each is made when it is first opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple

from inspector_app.services.access import Access
from inspector_app.services.desk import Desk
from inspector_app.ui.kit.workspace import Navigator, Workspace
from inspector_app.ui.look import Look
from inspector_app.viewmodels.syncing import SyncHandle
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r
from sync.domain.workflow import Role

REVIEWERS = frozenset({Role.SUPERVISOR})
WRITERS = frozenset({Role.INSPECTOR, Role.COMMITTEE_HEAD})


class Given(NamedTuple):
    """What a workspace is made of."""

    desk: Desk
    look: Look
    tasks: Tasks
    navigator: Navigator
    sync: SyncHandle
    access: Access | None


class Place(NamedTuple):
    """One entry of the side: its name, icon, and the screen behind it, imported only when it is made."""

    name: str
    icon: str
    make: Callable[[Given], Workspace]
    roles: frozenset[Role] | None = None

    def open_to(self, person: r.Person) -> bool:
        """Whether a person sees it."""
        return self.roles is None or person.role in self.roles


def _today(given: Given) -> Workspace:
    from inspector_app.ui.today.workspace import TodayWorkspace

    return TodayWorkspace(*given[:4])


def _register(given: Given) -> Workspace:
    from inspector_app.ui.register.workspace import RegisterWorkspace

    return RegisterWorkspace(*given[:4])


def _visits(given: Given) -> Workspace:
    from inspector_app.ui.visits.workspace import VisitsWorkspace

    return VisitsWorkspace(*given[:4])


def _cases(given: Given) -> Workspace:
    from inspector_app.ui.cases.workspace import CasesWorkspace

    return CasesWorkspace(*given[:4])


def _review(given: Given) -> Workspace:
    from inspector_app.ui.review.workspace import ReviewWorkspace

    return ReviewWorkspace(*given[:4])


def _sync(given: Given) -> Workspace:
    from inspector_app.ui.sync.workspace import SyncWorkspace

    return SyncWorkspace(*given[:5])


def _settings(given: Given) -> Workspace:
    from inspector_app.ui.settings.workspace import SettingsWorkspace

    return SettingsWorkspace(*given[:4], given.access)


PLACES: tuple[Place, ...] = (
    Place("today", "today", _today),
    Place("register", "register", _register),
    Place("visits", "visit", _visits),
    Place("cases", "case", _cases),
    Place("review", "review", _review, REVIEWERS),
    Place("sync", "sync", _sync),
    Place("settings", "settings", _settings),
)


def imported() -> Iterator[str]:
    """Import what the screens are made of, one at a time; gives the name of each when that is done."""
    for place in PLACES:
        import_module(f"inspector_app.ui.{place.name}.workspace")
        yield place.name
