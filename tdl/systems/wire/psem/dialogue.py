"""What a client says to have a session in C12.18 or C12.21."""

from __future__ import annotations

from contextlib import suppress

from tdl.systems.wire import requests
from tdl.systems.wire.answers import Answer, Authenticated, Code, Negotiated, Refused, Timed
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.data import padded
from tdl.systems.wire.dialogue import Dialogue, Pause, Steps
from tdl.systems.wire.errors import Layer, LoginRefused, ServiceRefused, WireError
from tdl.systems.wire.identity import Authentication, Identity
from tdl.systems.wire.psem import challenge
from tdl.systems.wire.psem.link import NEVER, Link
from tdl.systems.wire.psem.messages import LEAST, Sizes
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.psem.speeds import BAUD, FIRST, speed_code
from tdl.systems.wire.psem.timing import Timing

MARGIN = 1.0
"""Seconds of silence more than it takes a meter to forget a session: what was under way comes before they end."""

WAKING = 0.05
"""Seconds that a port takes to wake."""

_USER, _PASSWORD = 10, 20


class PsemDialogue(Dialogue):
    """The client's part.

    Args:
        link: to the meter; whoever has it carries what is asked over it.
        credentials: None to ask for nothing but the identity.

    Attributes:
        identity: what the meter said of itself last; None before.
    """

    def __init__(self, link: Link, settings: Settings, credentials: Credentials) -> None:
        super().__init__(settings.patience)
        self.link = link
        self.settings = settings
        self.identity: Identity | None = None
        self._credentials = credentials
        self._open = False
        self._silence_first = False
        self._slow = False

    @property
    def room(self) -> int:
        return self.link.sizes.message

    @property
    def heard_once(self) -> bool:
        return not self.link.repeated

    def now(self, seconds: float) -> None:
        """Say what time it is: a session that had no traffic for long is over."""
        if self.link.heard_at != NEVER and seconds - self.link.heard_at >= self.link.timing.traffic:
            self._open = False
            self.link.reset()

    def lost(self, why: WireError | None) -> None:
        self._open = False
        # An answer that did not come may come yet; after a silence the meter has given it up.
        self._silence_first = why is not None

    def ready(self) -> Steps[None]:
        if self._open:
            return
        for left in reversed(range(self.settings.tries)):
            try:
                yield from self._begin()
            except WireError as error:
                # A meter that knows of no session has forgotten it on the way; another refusal stays one.
                if isinstance(error, ServiceRefused) and error.code not in (Code.ISSS, Code.RNO):
                    raise
                self.lost(error)
                self._slow = True
                if not left:
                    raise
            else:
                self._open = True
                return

    def close(self) -> Steps[None]:
        if not self._open:
            return
        self._open = False
        with suppress(WireError):
            yield requests.Logoff()
            yield requests.Terminate()
        self._begin_anew()

    # --- a session begins --------------------------------------------------------------------------------------------

    def _begin(self) -> Steps[None]:
        if self._silence_first:
            self.link.reset()
            yield Pause(seconds=self.link.timing.traffic + MARGIN)
            # Late answers that came meanwhile are not those of the next conversation.
            self.link.reset()
            self._silence_first = False
        self._begin_anew()
        if self.settings.wake:
            self.link.wake()
            yield Pause(seconds=WAKING)
        yield from self._identify()
        yield from self._negotiate()
        if self.settings.timing is not None and self.settings.standard is Standard.C1221:
            yield from self._set_timing(self.settings.timing)
        yield from self._log_on(self._credentials)

    def _begin_anew(self) -> None:
        # What was heard before may come once more, unless there was a silence.
        self.link.reset(forget=False)
        self.link.retime(self.settings.standard.timing)
        self.link.baud = FIRST if self.link.baud else None

    def _identify(self) -> Steps[None]:
        answer = yield requests.Identify()
        if isinstance(answer, Refused) and answer.code == Code.ISSS:
            # There is a session, which its client left without a word.
            yield requests.Terminate()
            self.link.reset(forget=False)
            answer = yield requests.Identify()
        match answer:
            case Identity():
                self.identity = answer
            case _:
                _accepted("an identification", answer)

    def _negotiate(self) -> Steps[None]:
        sizes = self.settings.sizes
        if sizes is None:
            return
        wanted = None if self._slow or self.settings.standard is Standard.C1221 else self.settings.baud
        speeds = () if wanted is None else (speed_code(wanted),)
        answer = yield requests.Negotiate(packet_size=sizes.packet, packets=sizes.packets, speeds=speeds)
        match answer:
            case Refused(code=Code.SNS):
                pass
            case Negotiated(packet_size=size, packets=packets, speed=speed):
                if size < LEAST or not packets:
                    raise WireError(Layer.SERVICE, f"{packets} packets of {size} octets", f"1 at least of {LEAST}")
                self.link.resize(Sizes(packet=min(size, sizes.packet), packets=min(packets, sizes.packets)))
                if self.link.baud and speeds and speed is not None and speed in BAUD:
                    self.link.baud = BAUD[speed]
            case _:
                _accepted("a negotiation", answer)

    def _set_timing(self, timing: Timing) -> Steps[None]:
        answer = yield requests.TimingSetup(
            traffic=round(timing.traffic),
            character=round(timing.character),
            response=round(timing.response),
            retries=timing.retries,
        )
        match answer:
            case Refused(code=Code.SNS):
                pass
            case Timed(traffic=traffic, character=character, response=response, retries=retries):
                granted = Timing(traffic=traffic, character=character, response=response, retries=retries)
                if min(traffic, character, response) < 1:
                    raise WireError(Layer.SERVICE, "a timer of 0 seconds", "1 at least")
                self.link.retime(granted)
            case _:
                _accepted("a setup of timers", answer)

    def _log_on(self, who: Credentials) -> Steps[None]:
        yield from self._shown("a logon", requests.Logon(user_id=who.user_id, user=padded(who.user, _USER)))
        if who.password is not None:
            password = padded(who.password, _PASSWORD, who.pad)
            yield from self._shown("a password", requests.Security(password=password))
        if who.key is not None:
            yield from self._authenticate(who.key, who.key_id)

    def _authenticate(self, key: bytes, key_id: int) -> Steps[None]:
        tickets = [
            each.ticket
            for each in (self.identity.features if self.identity else ())
            if isinstance(each, Authentication) and each.algorithm == challenge.DES and each.ticket
        ]
        if not tickets:
            raise LoginRefused("an authentication for which the meter offers no ticket", Code.SNS, Code.SNS.name)
        proof = challenge.prove(key, key_id, tickets[0])
        answer = yield from self._shown("an authentication", requests.Authenticate(proof=proof))
        expected = challenge.answer(key, proof)
        if not isinstance(answer, Authenticated) or not challenge.same(answer.proof, expected):
            raise LoginRefused("an authentication that the meter answers without the key", Code.ERR, Code.ERR.name)


def _accepted(what: str, answer: Answer) -> None:
    if isinstance(answer, Refused):
        raise ServiceRefused(what, answer.code, answer.name)
