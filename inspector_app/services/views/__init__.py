"""What screens and reports read: frozen values put together from the cache, each made by one service call."""

from __future__ import annotations

# The simulation asks for these two here; everybody else names the module of the area.
from inspector_app.services.views.cases import CaseFields
from inspector_app.services.views.common import Device

__all__ = ["CaseFields", "Device"]
