"""What a user can act on: one exception with a stable code; the words are the screen's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sync.contract.problems import Refused
from sync.engine.ports import LinkDown


class UserError(Exception):
    """Something the user can act on: the screen translates ``error.<code>`` and fills in ``params``.

    Attributes:
        code: Stable, never reused for another meaning. Those made here: ``link_down``, ``answer_unreadable``,
            ``wrong_server``, ``enrolment_unfinished``, ``not_on_this_device``, ``recovery_not_asked``, ``recovery_person_needed``,
            ``record_missing``, ``draft_missing``, ``not_yours``, ``checklist_missing``, ``draft_unreadable``,
            ``visit_incomplete`` (``count``, ``first``), ``signature_missing``, ``signature_incomplete`` (``field``),
            ``no_committee``, ``region_not_yours``, ``image_unreadable``, ``image_too_large``, ``evidence_missing``,
            ``evidence_too_large``, ``nothing_to_correct``, ``case_incomplete`` (``field``), ``setting_unknown``,
            ``setting_value`` (``key``, ``value``). Those of ``sync.contract.problems`` come through with their own
            code.
        params: What the sentence needs, as text; never a secret and never a pilgrim's name.
    """

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params: Mapping[str, str] = dict(params)
        super().__init__(f"{code} {self.params}" if params else code)


@contextmanager
def told_to_the_user() -> Iterator[None]:
    """Turn the refusals of the rules and of the centre, and a broken link, into the error screens know.

    Raises:
        UserError: With the code of the problem, or ``link_down``.
    """
    try:
        yield
    except Refused as refusal:
        raise UserError(refusal.code, **refusal.fields) from refusal
    except LinkDown as error:
        raise UserError("link_down", reason=str(error)) from error
