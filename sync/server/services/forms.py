"""Published checklists, compiled once: a published version never changes, so it is kept by its id."""

from __future__ import annotations

import threading
from collections import OrderedDict

import xforms
from sync.contract import attached
from sync.contract import records as r

_KEPT = 32
"""Compiled checklists held in memory; those not used for longest go first."""


class Forms:
    """Compiled checklists, shared by all requests; a compiled form is not changed by its use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: OrderedDict[str, xforms.Form] = OrderedDict()

    def compiled(self, checklist: r.Checklist, chunks: attached.Chunks) -> xforms.Form:
        """The compiled form of a published checklist.

        Args:
            checklist: The checklist.
            chunks: Where the parts of its files are.
        """
        with self._lock:
            form = self._forms.pop(checklist.id, None)
            if form is None:
                form = xforms.load(checklist.xform, attached.lists(checklist, chunks))
            self._forms[checklist.id] = form
            if len(self._forms) > _KEPT:
                self._forms.popitem(last=False)
            return form
