"""Numbered problems: every refusal that travels, with a number and a code that are never used again for another."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Problem(NamedTuple):
    """One kind of refusal: a number for the telephone, a code for programs, the HTTP status it travels with."""

    number: int
    code: str
    status: int


_ALL = (
    Problem(100, "bad_request", 400),
    Problem(101, "too_large", 413),
    Problem(102, "not_found", 404),
    Problem(103, "version_unsupported", 426),
    Problem(104, "too_many_attempts", 429),
    Problem(105, "internal", 500),
    Problem(106, "busy", 503),
    Problem(110, "enrol_code_unknown", 403),
    Problem(111, "enrol_code_used", 403),
    Problem(112, "enrol_code_expired", 403),
    Problem(113, "device_unknown", 401),
    Problem(114, "device_revoked", 403),
    Problem(115, "nonce_unknown", 401),
    Problem(116, "signature_wrong", 401),
    Problem(117, "token_expired", 401),
    Problem(118, "password_wrong", 403),
    Problem(119, "user_not_allowed", 403),
    Problem(120, "wrong_server", 409),
    Problem(130, "epoch_changed", 409),
    Problem(131, "scope_changed", 409),
    Problem(132, "cursor_ahead", 409),
    Problem(133, "cursor_too_old", 409),
    Problem(134, "snapshot_gone", 409),
    Problem(140, "event_unknown", 422),
    Problem(141, "event_malformed", 422),
    Problem(142, "event_id_reused", 422),
    Problem(143, "number_reused", 422),
    Problem(144, "user_not_on_device", 422),
    Problem(145, "record_unknown", 422),
    Problem(146, "illegal_step", 422),
    Problem(147, "not_your_role", 422),
    Problem(148, "own_report", 422),
    Problem(149, "needs_reason", 422),
    Problem(150, "needs_remarks", 422),
    Problem(151, "revision_stale", 422),
    Problem(152, "outside_scope", 422),
    Problem(153, "record_exists", 422),
    Problem(154, "batch_signature_wrong", 422),
    Problem(160, "upload_offset_wrong", 409),
    Problem(161, "upload_hash_wrong", 422),
    Problem(162, "upload_incomplete", 409),
)

PROBLEMS: dict[str, Problem] = {problem.code: problem for problem in _ALL}
"""Every problem by its code."""


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON body of a response that refuses, in the shape of RFC 9457; the words are the client's to say."""

    code: str
    number: int
    fields: dict[str, str] = {}


class Refused(Exception):
    """Something that was asked of the centre, or of the rules, is refused.

    Attributes:
        problem: Which problem.
        fields: What it is about, as plain text values.
    """

    def __init__(self, code: str, **fields: str) -> None:
        self.problem = PROBLEMS[code]
        self.fields = fields
        super().__init__(f"{self.problem.number} {code} {fields}" if fields else f"{self.problem.number} {code}")

    @property
    def code(self) -> str:
        """The problem's code."""
        return self.problem.code

    def body(self) -> ProblemBody:
        """What travels."""
        return ProblemBody(code=self.problem.code, number=self.problem.number, fields=self.fields)
