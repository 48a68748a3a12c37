"""The link between a device and the centre, with everything that can happen to a request and to its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

from sync.engine.ports import Answer, LinkDown
from tests.simulation.broken import Broken
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import Time
from tests.simulation.death import Crash
from tests.simulation.weather import Weather

Trace = Callable[[str], None]
Take = Callable[[bytes], None]


class Request(NamedTuple):
    """What a device sends."""

    method: str
    path: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def size(self) -> int:
        """Bytes on the way, TLS and the access token left out."""
        head = len(self.method) + len(self.path) + 12
        named = sum(len(name) + len(value) + 4 for name, value in self.headers.items() if name != "Authorization")
        return head + named + len(self.body)

    def __str__(self) -> str:
        return f"{self.method} {self.path[:60]}"


class Network:
    """Every request of the run goes through here.

    Attributes:
        cut_every: The connection breaks whenever so many bytes have gone through; 0 for never.
        pace: Bytes that go through in a second; 0 where the size of things costs no time.
        parted_until: Until then nobody reaches the centre.
        carried: By device, how many requests there were, and how many bytes were ``sent`` and ``received``.
        late: Requests that the network still holds a copy of.
    """

    def __init__(self, random: Random, time: Time, weather: Weather, centre: CentreProcess, trace: Trace) -> None:
        self._random = random
        self._time = time
        self._weather = weather
        self._centre = centre
        self._trace = trace
        self._gone_through = 0
        self.cut_every = 0
        self.pace = 0.0
        self.parted_until = 0.0
        self.requests = 0
        self.carried: Counter[tuple[str, str]] = Counter()
        self.late: list[Callable[[], None]] = []

    def request(self, who: str, asked: Request, take: Take | None = None) -> Answer:
        """Carry one request there and its answer back.

        Args:
            who: The device.
            asked: What it sends.
            take: Given what arrives of the body of a 200 or 206, piece by piece.

        Raises:
            LinkDown: One of the two did not arrive whole.
        """
        self.requests += 1
        self.carried[who, "requests"] += 1
        if self._time.seconds < self.parted_until:
            raise LinkDown("no way to the centre")
        fault = self._weather.on_the_link()
        if fault:
            self._weather.count(fault)
            self._trace(f"{fault}: {who} {asked}")
        self._pass(asked.size)
        self.carried[who, "sent"] += asked.size
        if fault == "request lost":
            raise LinkDown("the request was lost")
        if self._through(asked.size) < asked.size:
            raise LinkDown("cut while the request was on its way")
        if fault in ("5xx", "429", "captive portal"):
            return self._arrive(who, self._between(fault), False, take)
        if fault == "request with a wrong bit":
            asked = asked._replace(body=self._flipped(asked.body))
        answer = self._deliver(asked)
        if fault == "request delivered twice":
            answer = self._deliver(asked)
        elif fault == "request delivered again later":
            self.late.append(lambda: self._again(asked))
        self._pass(len(answer.body))
        if fault == "answer lost":
            raise LinkDown("the answer was lost")
        if fault == "answer with a wrong bit":
            answer = answer._replace(body=self._flipped(answer.body))
        return self._arrive(who, answer, fault == "answer cut off", take)

    def _arrive(self, who: str, answer: Answer, cut: bool, take: Take | None) -> Answer:
        """The answer as the transport hands it up; what came before a cut is not lost to who takes it in pieces."""
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items()) + 17
        body = answer.body
        arrived = self._through(head + len(body)) - head
        if cut and body:
            arrived = min(arrived, self._random.randrange(len(body)))
        self.carried[who, "received"] += head + max(0, min(arrived, len(body)))
        whole = arrived >= len(body)
        if take is not None and answer.status in (200, 206):
            self._hand_over(body[: max(arrived, 0)], take)
            body = b""
        if whole:
            return answer._replace(body=body)
        if take is None and arrived >= 0 and self._random.random() < 0.5:
            return answer._replace(body=body[:arrived])  # something on the way has made its length fit
        raise LinkDown("the answer broke off")

    def _hand_over(self, body: bytes, take: Take) -> None:
        at = 0
        while at < len(body):
            piece = body[at : at + self._random.randint(1, max(1, len(body)))]
            at += len(piece)
            take(piece)

    def _through(self, size: int) -> int:
        """How many of so many bytes get through before the connection breaks."""
        if not self.cut_every or self._weather.calm:
            return size
        left = self.cut_every - self._gone_through
        if size <= left:
            self._gone_through += size
            return size
        self._gone_through = 0
        self._weather.count("connection cut")
        return left

    def _pass(self, size: int) -> None:
        self._time.pass_(self._random.uniform(0.05, 1.5) if not self.pace else 0.15 + size / self.pace)

    def deliver_late(self) -> None:
        """Deliver one of the copies still held, in any order."""
        if self.late:
            self.late.pop(self._random.randrange(len(self.late)))()

    def _deliver(self, asked: Request) -> Answer:
        if not self._centre.is_up:
            raise LinkDown("nobody listens")
        if self._weather.strikes("centre killed at a commit"):
            self._centre.death.arm(self._random.randint(1, 4))
        try:
            answer = self._centre.answer(asked.method, asked.path, asked.body, dict(asked.headers))
        except Crash as crash:
            self._weather.count("centre killed at a commit")
            self._trace(f"the centre died {crash}: {asked}")
            self._centre.down_until = self._time.seconds + self._random.uniform(1, 90)
            raise LinkDown("the centre died") from None
        finally:
            self._centre.death.disarm()
        if answer.status == 500:
            raise Broken(f"the centre failed by itself: {asked} {answer.body!r}")
        return answer

    def _again(self, asked: Request) -> None:
        self._trace(f"delivered again: {asked}")
        if self._centre.is_up:
            self._centre.answer(asked.method, asked.path, asked.body, dict(asked.headers))

    def _between(self, fault: str) -> Answer:
        """What something between device and centre says in the centre's place."""
        if fault == "429":
            return Answer(429, {"retry-after": str(self._random.randint(1, 40))}, b"")
        if fault == "5xx":
            return Answer(self._random.choice((500, 500, 502, 503, 504)), {}, b"<html>sorry</html>")
        return Answer(200, {"content-type": "text/html"}, b"<html>Welcome to the hotel</html>")

    def _flipped(self, body: bytes) -> bytes:
        if not body:
            return body
        changed = bytearray(body)
        changed[self._random.randrange(len(changed))] ^= 1 << self._random.randrange(8)
        return bytes(changed)
