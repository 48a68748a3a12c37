"""Getting in: enrolling a device, unlocking it, adding a person, recovering a forgotten passphrase."""

from __future__ import annotations

from collections.abc import Callable

from inspector_app.services.desk import Desk
from inspector_app.services.ground import Clock, system_clock
from inspector_app.storage.profile import Profile
from sync.contract import records as r
from sync.engine.ports import Transport


class Access:
    """The door of one profile; see each method for what it raises besides ``storage.errors.StorageError``.

    Args:
        profile: Where the cache lives.
        connect: Makes a transport to the server at an address.
        clock: The time.
    """

    def __init__(self, profile: Profile, connect: Callable[[str], Transport], clock: Clock = system_clock) -> None:
        raise NotImplementedError

    def has_cache(self) -> bool:
        """Whether there is anything to unlock."""
        raise NotImplementedError

    def unfinished(self) -> bool:
        """Whether an enrolment was broken off: call ``enrol`` again with the same passphrase, or ``set_aside``."""
        raise NotImplementedError

    def enrol(
        self, url: str, code: str, username: str, password: str, passphrase: str, device_name: str
    ) -> Desk:
        """Make this machine a device of the centre and sign its first person in.

        The cache and its key slot are made first; then the device's key, inside it; then the centre is told. Whatever
        was done stays done if it breaks off, and the same call takes it up again.

        Raises:
            UserError: ``link_down``, ``answer_unreadable``, ``wrong_server``, or a problem of the centre such as
                ``enrol_code_unknown``, ``enrol_code_used``, ``enrol_code_expired``, ``password_wrong``,
                ``too_many_attempts`` or ``user_not_allowed``.
        """
        raise NotImplementedError

    def unlock(self, passphrase: str) -> Desk:
        """Open the cache for the person whose passphrase it is.

        Raises:
            UserError: ``enrolment_unfinished``, ``not_on_this_device``.
        """
        raise NotImplementedError

    def add_person(self, desk: Desk, username: str, password: str, passphrase: str) -> r.Person:
        """Let another member of the committee use this device; the centre has to be reached.

        Raises:
            UserError: As ``enrol``.
        """
        raise NotImplementedError

    def recovery_request(self) -> str:
        """A text for the administrator, who answers it with another; what opens the answer stays in this object only.

        Raises:
            UserError: ``recovery_not_set_up``.
        """
        raise NotImplementedError

    def recoverable(self, response: str) -> tuple[r.Person, ...]:
        """The people of this device, once the administrator's answer is here: to ask who is asking.

        Raises:
            UserError: ``recovery_not_asked``.
        """
        raise NotImplementedError

    def recover(self, response: str, new_passphrase: str, person_id: str = "") -> Desk:
        """Give a person a new passphrase by the administrator's answer, and sign him in.

        Args:
            response: The administrator's text.
            new_passphrase: Chosen now.
            person_id: Whose; may be left out where the device has one person only.

        Raises:
            UserError: ``recovery_not_asked``, ``recovery_person_needed``, ``not_on_this_device``.
        """
        raise NotImplementedError

    def set_aside(self) -> None:
        """Move a cache nobody can open out of the way, whole, so that the device can be enrolled again."""
        raise NotImplementedError
