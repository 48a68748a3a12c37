"""The small markdown of labels where screens look for it; reports read the same."""

from __future__ import annotations

from inspector_app.words.markup import is_marked, to_html, to_plain

__all__ = ["is_marked", "to_html", "to_plain"]
