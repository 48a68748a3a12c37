"""Down: the snapshot where nothing is here yet, the feed of changes, and the check that all of it arrived right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from urllib.parse import urlencode

from sync.contract import snapshots, wire
from sync.contract.problems import Refused
from sync.engine import calls
from sync.engine.calls import Caller, NotTheCentre
from sync.engine.ports import Answer, LinkDown, Store
from sync.engine.reports import Link, Phase, Report
from sync.engine.snapshot import Snapshot

_RESTART = {"epoch_changed", "scope_changed", "cursor_ahead", "cursor_too_old"}
_NO_SUCH_BUCKET = {"not_found", "bad_request", "record_unknown"}
_NO_CONTENT = 204


class _Stage(Enum):
    """Where a round's pull stands."""

    FEED = auto()
    CHECK = auto()
    REPAIR = auto()
    DONE = auto()


class Puller:
    """Gets what is new, a request a step."""

    def __init__(self, store: Store, caller: Caller, snapshot: Snapshot) -> None:
        self._store = store
        self._caller = caller
        self._snapshot = snapshot
        self._stage = _Stage.FEED
        self._taken_in = False
        self._can_check = True
        self._last_page: wire.Page | None = None
        self._wrong: list[snapshots.Bucket] = []
        self._repaired: list[snapshots.Bucket] = []

    def begin(self) -> None:
        """A round begins."""
        self._stage, self._taken_in, self._last_page = _Stage.FEED, False, None

    def step(self) -> Report | None:
        """Do the next thing; None where this device has everything.

        Raises:
            LinkDown: No whole answer.
            Refused: The centre says no.
            Enough: An event goes before the rest of a snapshot.
        """
        steps: dict[_Stage, Callable[[], Report | None]] = {
            _Stage.FEED: self._feed,
            _Stage.CHECK: self._check,
            _Stage.REPAIR: self._repair,
        }
        while self._stage in steps:
            report = steps[self._stage]()
            if report is not None:
                return report
        return None

    def _feed(self) -> Report:
        epoch, since = self._store.cursor()
        if since == 0 and self._snapshot.usable and not self._taken_in:
            report = self._snapshot.step()
            if report is not None:
                return report
            self._taken_in = True
            epoch, since = self._store.cursor()
        due = self._can_check and self._store.check_due()
        query = {"since": since, "epoch": epoch} | ({"quiet": 1} if since else {}) | ({"check": 1} if due else {})
        try:
            answer = self._caller.call("GET", f"{wire.CHANGES}?{urlencode(query)}")
        except Refused as error:
            if error.code not in _RESTART:
                raise
            self._store.restart(error.code, error.fields.get("epoch", ""))
            self._store.note("warning", error.code, error.fields)
            self._taken_in = False
            return Report(Phase.PULL, Link.ONLINE, problem=error.code)
        page = _nothing_new(answer, epoch, since) if answer.status == _NO_CONTENT else self._page(answer)
        if page.since != since:
            raise LinkDown(f"a page for cursor {page.since}, not {since}")
        self._store.apply(page)
        if not page.more:
            self._last_page = page._replace(changes=())
            self._stage = _Stage.CHECK if self._can_check and self._store.check_due() else _Stage.DONE
        return Report(Phase.PULL, Link.ONLINE, rows=len(page.changes))

    def _check(self) -> Report | None:
        epoch, since = self._store.cursor()
        page, self._last_page = self._last_page, None
        if page is not None and page.buckets is not None and (page.epoch, page.next) == (epoch, since):
            return self._compare(page.buckets)
        try:
            answer = self._caller.call("GET", f"{wire.CHECK}?{urlencode({'since': since, 'epoch': epoch})}")
        except Refused as error:
            if error.code == "not_found":  # a centre older than the check
                self._can_check, self._stage = False, _Stage.DONE
                return None
            if error.code in _RESTART:  # the feed will say so too, and begins again
                self._stage = _Stage.DONE
                return Report(Phase.CHECK, Link.ONLINE, problem=error.code)
            raise
        said = calls.reply(answer, snapshots.CheckReply)
        if not said.level:
            self._stage = _Stage.DONE
            return Report(Phase.CHECK, Link.ONLINE)
        return self._compare(said.buckets)

    def _compare(self, theirs: Sequence[snapshots.Bucket]) -> Report:
        wrong = _different(theirs, self._store.buckets())
        places = {(one.kind, one.bucket) for one in self._repaired}
        self._wrong = [one for one in wrong if (one.kind, one.bucket) not in places]
        if self._wrong:
            self._stage = _Stage.REPAIR
        else:
            self._store.checked(self._repaired)
            self._repaired, self._stage = [], _Stage.DONE
        return Report(Phase.CHECK, Link.ONLINE)

    def _repair(self) -> Report | None:
        """Make the next wrong bucket right; after the last, everything is compared once more."""
        if not self._wrong:
            self._stage = _Stage.CHECK
            return None
        bucket = self._wrong[0]
        epoch, _ = self._store.cursor()
        query = urlencode({"kind": bucket.kind, "bucket": bucket.bucket, "epoch": epoch})
        try:
            page = self._page(self._caller.call("GET", f"{wire.BUCKET}?{query}"))
        except Refused as error:
            if error.code in _RESTART:  # the feed will say so too, and begins again
                self._stage = _Stage.DONE
            elif error.code in _NO_SUCH_BUCKET:
                self._repaired.append(self._wrong.pop(0))
            else:
                raise
            return Report(Phase.CHECK, Link.ONLINE, problem=error.code, detail=str(error))
        if any(
            (change.kind, snapshots.bucket_of(change.id)) != (bucket.kind, bucket.bucket) for change in page.changes
        ):
            raise LinkDown("rows of another bucket than was asked for")
        self._store.replace_bucket(bucket.kind, bucket.bucket, page)
        self._store.note("warning", "bucket_wrong", {"kind": bucket.kind, "bucket": str(bucket.bucket)})
        self._repaired.append(self._wrong.pop(0))
        return Report(Phase.CHECK, Link.ONLINE, rows=len(page.changes))

    def _page(self, answer: Answer) -> wire.Page:
        try:
            return wire.read_page(wire.decompress(answer.body, wire.MAX_PAGE_BYTES))
        except (wire.BadPage, wire.TooLarge) as error:
            self._caller.session.meter.count(wasted=len(answer.body), retries=1)
            raise LinkDown(f"a page that is not whole: {error}") from error


def _nothing_new(answer: Answer, epoch: str, since: int) -> wire.Page:
    """The empty page that an answer without content stands for.

    Raises:
        NotTheCentre: It does not say the centre's time: such an answer comes from anywhere.
    """
    if wire.SERVER_TIME.lower() not in answer.headers:
        raise NotTheCentre("an answer without content, and not the centre's")
    return wire.Page(epoch, since, since, False, {}, ())


def _different(theirs: Sequence[snapshots.Bucket], ours: Sequence[snapshots.Bucket]) -> list[snapshots.Bucket]:
    """The centre's buckets that are not alike here; one that it does not have at all has no rows."""
    there = {(one.kind, one.bucket): one for one in theirs}
    here = {(one.kind, one.bucket): one for one in ours}
    return [
        there.get(place) or snapshots.Bucket(kind=place[0], bucket=place[1], rows=0, sum=0)
        for place in sorted(there.keys() | here.keys())
        if there.get(place) != here.get(place)
    ]
