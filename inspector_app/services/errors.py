"""What a user can act on: one exception with a stable code; the words are the screen's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sync.contract.problems import Refused
from sync.engine.calls import NotTheCentre
from sync.engine.ports import LinkDown


class UserError(Exception):
    """Something the user can act on: the screen translates ``error.<code>`` and fills in ``params``.

    Attributes:
        code: Stable, never reused for another meaning. Those made here: ``address_malformed``, ``address_insecure``,
            ``link_down``, ``wrong_server``, ``enrolment_unfinished``, ``not_on_this_device``, ``recovery_not_asked``,
            ``recovery_person_needed``, ``record_missing``, ``draft_missing``, ``not_yours``, ``checklist_missing``,
            ``checklist_unusable``, ``draft_unreadable``, ``visit_incomplete``, ``closed_item_changed``,
            ``signature_missing``, ``signature_incomplete``, ``nothing_to_correct``, ``image_unreadable``,
            ``image_too_large``, ``recording_unreadable``, ``video_unreadable``, ``file_unsupported``,
            ``file_not_asked``, ``file_unreadable``, ``copy_unwritable``, ``evidence_missing``, ``evidence_too_large``,
            ``case_incomplete``, ``setting_unknown``, ``setting_value``. Of bundles: ``bundle_empty``,
            ``bundle_no_peer``, ``bundle_peer_unknown``, ``bundle_unwritable``, ``bundle_unreadable``,
            ``bundle_foreign``, ``bundle_newer``, ``bundle_damaged``, ``bundle_too_large``, ``bundle_not_for_us``,
            ``bundle_other_centre``, ``bundle_sender_unknown``, ``bundle_signature_wrong``; of single batches,
            ``bundle_signer_unknown``, ``bundle_batch_signature_wrong``, ``bundle_batch_unreadable``,
            ``bundle_event_changed``. Nearby: ``transfer_no_network``, ``transfer_broken``, ``transfer_refused``,
            ``transfer_cancelled``, ``transfer_timeout``, ``pairing_code_malformed``, ``pairing_code_wrong``. A problem
            of ``sync.contract.problems`` comes through with its own code and fields.
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
    except NotTheCentre as error:
        raise UserError("answer_unreadable") from error
    except LinkDown as error:
        raise UserError("link_down", reason=str(error)) from error
