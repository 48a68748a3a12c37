"""The link between a device and the centre, with everything that can happen to a request and to its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from sync.engine.ports import Answer, LinkDown
from tests.simulation.broken import Broken
from tests.simulation.centre import CentreProcess
from tests.simulation.clocks import Time
from tests.simulation.death import Crash
from tests.simulation.weather import Weather

Trace = Callable[[str], None]
Later = Callable[[float, Callable[[], None]], None]


class Network:
    """Every request of the run goes through here."""

    def __init__(self, random: Random, time: Time, weather: Weather, centre: CentreProcess, trace: Trace) -> None:
        self._random = random
        self._time = time
        self._weather = weather
        self._centre = centre
        self._trace = trace
        self.requests = 0
        self.late: list[Callable[[], None]] = []
        """Requests that the network still holds a copy of."""

    def request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Carry one request there and its answer back.

        Raises:
            LinkDown: One of the two did not arrive.
        """
        self.requests += 1
        self._time.pass_(self._random.uniform(0.05, 1.5))
        fault = self._weather.on_the_link()
        if fault:
            self._weather.count(fault)
            self._trace(f"{fault}: {method} {path}")
        if fault == "request lost":
            raise LinkDown("the request was lost")
        if fault in ("5xx", "429", "captive portal"):
            return self._between(fault)
        if fault == "request with a wrong bit":
            body = self._flipped(body)
        answer = self._deliver(method, path, body, dict(headers))
        if fault == "request delivered twice":
            answer = self._deliver(method, path, body, dict(headers))
        elif fault == "request delivered again later":
            self.late.append(lambda: self._again(method, path, body, dict(headers)))
        self._time.pass_(self._random.uniform(0.05, 1.5))
        if fault == "answer lost":
            raise LinkDown("the answer was lost")
        if fault == "answer cut off" and answer.body:
            return answer._replace(body=answer.body[: self._random.randrange(len(answer.body))])
        if fault == "answer with a wrong bit":
            return answer._replace(body=self._flipped(answer.body))
        return answer

    def deliver_late(self) -> None:
        """Deliver one of the copies still held, in any order."""
        if self.late:
            self.late.pop(self._random.randrange(len(self.late)))()

    def _deliver(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if not self._centre.is_up:
            raise LinkDown("nobody listens")
        if self._weather.strikes("centre killed at a commit"):
            self._centre.death.arm(self._random.randint(1, 4))
        try:
            answer = self._centre.answer(method, path, body, headers)
        except Crash as crash:
            self._weather.count("centre killed at a commit")
            self._trace(f"the centre died {crash}: {method} {path}")
            self._centre.down_until = self._time.seconds + self._random.uniform(1, 90)
            raise LinkDown("the centre died") from None
        finally:
            self._centre.death.disarm()
        if answer.status == 500:
            raise Broken(f"the centre failed by itself: {method} {path} {answer.body!r}")
        return answer

    def _again(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        self._trace(f"delivered again: {method} {path}")
        if self._centre.is_up:
            self._centre.answer(method, path, body, headers)

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
