"""The centre's command line: serve, and what its administrator does beside it."""

from __future__ import annotations

import argparse
import gc
import getpass
import ipaddress
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import xforms
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.domain.errors import DomainError
from sync.domain.geo import Region
from sync.domain.workflow import PEOPLE
from sync.server import overview_text
from sync.server.http.serving import Serving
from sync.server.services import enrolment, overview, people, publishing, sample, tombstones
from sync.server.services.centre import Centre, open_centre
from sync.server.storage.database import DatabaseUrlRefused
from sync.server.storage.schema import NewerDatabase

_ANSWERED = (
    DatabaseUrlRefused,
    DomainError,
    NewerDatabase,
    OSError,
    Refused,
    people.NoSuchCommittee,
    people.PasswordTooShort,
    people.UsernameTaken,
    sample.SampleRefused,
)
"""What the administrator can act on: said in one line, without a stack."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit status: 0 done, 1 refused with a line on stderr (of a workbook a line for each mistake), 2 wrong usage.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except xforms.PublishError as error:
        for mistake in error.mistakes:
            _say(f"{mistake} [{mistake.code}]", sys.stderr)
        return 1
    except _ANSWERED as error:
        _say(f"{type(error).__name__}: {error}", sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync.server", description="The Midan centre.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--db", required=True, metavar="URL", help="SQLite file, or postgresql+psycopg://...")
    common.add_argument("--blobs", required=True, type=Path, metavar="DIR", help="folder of the evidence")

    serve = commands.add_parser("serve", parents=[common], help="answer devices")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8440, help="0 takes any free port")
    serve.add_argument("--sample", action="store_true", help="load the sample season; only on a loopback address")
    serve.set_defaults(run=_serve)

    code = commands.add_parser("enrol-code", parents=[common], help="make a one-time code for a device")
    code.add_argument("--committee", type=int, metavar="N", help="the committee's number; none for a supervisor")
    code.set_defaults(run=_enrol_code)

    user = commands.add_parser("add-user", parents=[common], help="add a person; asks for the password")
    user.add_argument("--username", required=True)
    user.add_argument("--name-ar", required=True)
    user.add_argument("--name-en", required=True)
    user.add_argument("--role", required=True, choices=[str(role) for role in PEOPLE])
    user.add_argument("--committee", type=int, metavar="N")
    user.add_argument("--region", action="append", default=[], help="may be given more than once")
    user.set_defaults(run=_add_user)

    publish = commands.add_parser("publish", parents=[common], help="publish a checklist")
    publish.add_argument(
        "workbook",
        type=Path,
        metavar="WORKBOOK",
        help="an XLSForm, .xlsx; one without a version gets the next number of its form",
    )
    publish.add_argument(
        "--files",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="a file that it refers to, or a folder of them; may be given more than once; NAME-media beside NAME.xlsx "
        "is looked into anyhow",
    )
    publish.add_argument("--inspection-type", required=True, metavar="CODE")
    publish.add_argument("--effective-from", default="", metavar="DAY", help="of publishing where none is given")
    publish.add_argument("--title-ar", default="")
    publish.add_argument("--title-en", default="")
    publish.set_defaults(run=_publish)

    recovery = commands.add_parser("recovery-key", parents=[common], help="make the administrator's recovery key")
    recovery.add_argument("--out", required=True, type=Path, metavar="FILE", help="where the private half goes")
    recovery.set_defaults(run=_recovery_key)

    revoke = commands.add_parser("revoke-device", parents=[common], help="shut a device out for good")
    revoke.add_argument("device", metavar="DEVICE_ID")
    revoke.set_defaults(run=_revoke)

    release = commands.add_parser("release-person", parents=[common], help="end a person's use of a device")
    release.add_argument("device", metavar="DEVICE_ID")
    release.add_argument("person", metavar="PERSON_ID")
    release.set_defaults(run=_release)

    move = commands.add_parser("move-committee", parents=[common], help="have a committee work in another region")
    move.add_argument("number", type=int, metavar="NUMBER")
    move.add_argument("region", metavar="REGION", choices=[str(region) for region in Region])
    move.set_defaults(run=_move_committee)

    status = commands.add_parser("status", parents=[common], help="say what is on its way, refused and held back")
    status.set_defaults(run=_status)

    restored = commands.add_parser("restored", parents=[common], help="say that the database is from a backup")
    restored.set_defaults(run=_restored)

    tidy = commands.add_parser("tidy", parents=[common], help="forget what was deleted long ago; serving does it daily")
    tidy.set_defaults(run=_tidy)
    return parser


@contextmanager
def _centre(options: argparse.Namespace) -> Iterator[Centre]:
    centre = open_centre(options.db, options.blobs)
    try:
        yield centre
    finally:
        centre.close()


def _serve(options: argparse.Namespace) -> None:
    if options.sample and not _is_loopback(options.host):
        raise sample.SampleRefused(f"the sample season has known passwords; it is not served on {options.host}")
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("midan.server").setLevel(logging.INFO)
    with _centre(options) as centre:
        if options.sample:
            sample.load(centre)
        serving = Serving(centre, options.host, options.port)
        for ending in (signal.SIGTERM, signal.SIGINT):
            # uvicorn hands a signal on when it has finished; this is where it ends, with everything closed.
            signal.signal(ending, lambda *_: serving.stop())
        # Modules, routes and tables are for good: looking through them for what can be let go of stops a push for
        # 30 ms, every few thousand events.
        gc.freeze()
        _say(f"listening on {serving.url}")
        serving.run()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _enrol_code(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        committee = None if options.committee is None else people.committee_numbered(centre, options.committee)
        _say(enrolment.make_code(centre, committee))


def _add_user(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        committee = None if options.committee is None else people.committee_numbered(centre, options.committee)
        person = r.Person(
            id=people.new_person_id(),
            name_ar=options.name_ar,
            name_en=options.name_en,
            role=options.role,
            committee_id=committee.id if committee else None,
            regions=tuple(options.region) or ((committee.region,) if committee else ()),
        )
        people.add_person(centre, person, options.username, _password())
        _say(person.id)


def _password() -> str:
    return getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _publish(options: argparse.Namespace) -> None:
    about = publishing.About(options.inspection_type, options.effective_from, options.title_ar, options.title_en)
    with _centre(options) as centre:
        published = publishing.publish(centre, options.workbook, about, options.files)
    for warning in published.warnings:
        _say(f"warning: {warning}", sys.stderr)
    if published.unversioned:
        _say(f"the workbook gives no version: this is version {published.checklist.version}", sys.stderr)
    _say(published.checklist.id)


def _recovery_key(options: argparse.Namespace) -> None:
    # The file first: a key whose private half could not be kept must not be handed to devices.
    handle = os.open(options.out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as file, _centre(options) as centre:
        file.write(people.set_recovery_key(centre).hex() + "\n")
    _say(str(options.out))


def _revoke(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        enrolment.revoke(centre, options.device)


def _release(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        enrolment.release(centre, options.device, options.person)


def _move_committee(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        people.move_committee(centre, options.number, options.region)


def _status(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        for line in overview_text.lines(overview.overview(centre)):
            _say(line)


def _restored(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        people.begin_new_epoch(centre)


def _tidy(options: argparse.Namespace) -> None:
    with _centre(options) as centre:
        tombstones.tidy(centre)


def _say(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream or sys.stdout, flush=True)
