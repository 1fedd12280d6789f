"""The client's end: messages made of requests, and answers found among what comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tdl.systems.wire import apdu as messages
from tdl.systems.wire import requests, segments
from tdl.systems.wire.acse.dialogue import AcseDialogue
from tdl.systems.wire.acse.errors import Unverified
from tdl.systems.wire.acse.ivs import Ivs
from tdl.systems.wire.acse.settings import Settings
from tdl.systems.wire.answers import Answer, Code, Refused
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.assemblies import Assemblies
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.eax import Cipher
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode, Sealed
from tdl.systems.wire.errors import Layer, LoginRefused, WireError
from tdl.systems.wire.exchange import pair
from tdl.systems.wire.requests import Request, Writing
from tdl.systems.wire.security import seal, unseal
from tdl.systems.wire.titles import Title, base_of

ASSEMBLIES = 4
"""Messages in pieces that are put together at one time."""


class Ignored(StrEnum):
    """What comes and is no answer to what was asked."""

    DAMAGED = "octets that are no message"
    FOREIGN = "a message with other titles"
    LATE = "an answer to another message"
    FORGED = "a wrong code"
    WEAK = "an answer with less protection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message as it goes out.

    Attributes:
        octets: the whole of it.
        parts: what is sent: the whole, or its pieces.
        asked: its services, with a password in front if one is `shown`.
        repeatable: whether it may be sent more than once.
    """

    octets: bytes = field(repr=False)
    parts: tuple[bytes, ...] = field(repr=False)
    invocation: int
    asked: tuple[Request, ...]
    shown: bool
    repeatable: bool


class Client:
    """A client without a line.

    Args:
        ivs: the numbers of its messages; one for all clients that share a key and a title.

    Attributes:
        dialogue: what `Run` carries.
        ignored: how often something came that was no answer.

    Raises:
        WireError: if messages are to be protected and the key is not there, or is none.
    """

    def __init__(self, settings: Settings, credentials: Credentials, *, ivs: Ivs | None = None) -> None:
        self.settings = settings
        self.mode = Mode.ENCRYPTED if settings.mode is None else settings.mode
        self.least = self.mode if settings.least is None else settings.least
        self.dialogue = AcseDialogue(settings, credentials)
        self.ignored: Counter[Ignored] = Counter()
        self._ivs = ivs or Ivs()
        self._keys = _keys(credentials, self.mode)
        self._key_id = credentials.key_id
        self._assemblies = Assemblies(most=ASSEMBLIES, each=ASSEMBLIES, limit=settings.largest)

    def say(self, asked: Sequence[Request]) -> Said:
        """A message with these services.

        Raises:
            WireError: if it has no octets, or too many.
        """
        password = self.dialogue.password
        services = tuple(asked) if password is None else (password, *asked)
        numbers = self._ivs.draw()
        message = Apdu(
            called=self.settings.called,
            calling=self.settings.calling,
            calling_invocation=Invocation(number=numbers.invocation),
            epsem=Epsem(services=tuple(requests.encode(each) for each in services)),
        )
        if self.mode is Mode.CLEAR:
            octets = self._padded(message)
        else:
            message = replace(message, authentication=KeyUse(key_id=self._key_id, iv=numbers.iv))
            octets = messages.encode(seal(message, self._keys[self._key_id], self.mode, base=self.settings.base))
        if len(octets) > self.settings.largest:
            raise WireError(Layer.APDU, f"a message of {len(octets)} octets", f"at most {self.settings.largest}")
        writes = any(isinstance(each, Writing) for each in services)
        return Said(
            octets=octets,
            parts=self._parts(message, octets),
            invocation=numbers.invocation,
            asked=services,
            shown=password is not None,
            repeatable=self.mode is not Mode.CLEAR or not writes,
        )

    def understand(self, said: Said, octets: bytes, now: float) -> tuple[Answer, ...] | None:
        """What answers a message, without what answers the password in front; None if these octets do not.

        Raises:
            WireError: if they do, and say that nothing was done, or make no sense.
        """
        try:
            whole = self._joined(octets, now)
            apdu = None if whole is None else messages.decode(whole, limit=self.settings.largest)
        except WireError:
            self.ignored[Ignored.DAMAGED] += 1
            return None
        if apdu is None:
            return None
        if not self._is_ours(apdu):
            self.ignored[Ignored.FOREIGN] += 1
            return None
        if apdu.called_invocation is None or apdu.called_invocation.number != said.invocation:
            self.ignored[Ignored.LATE] += 1
            return None
        services = self._opened(apdu)
        return None if services is None else _told(said, services)

    def _parts(self, message: Apdu, octets: bytes) -> tuple[bytes, ...]:
        payload = self.settings.payload
        if payload is None or len(octets) <= payload:
            return (octets,)
        return tuple(segments.encode(piece) for piece in segments.cut(message, octets, payload))

    # --- what comes --------------------------------------------------------------------------------------------------

    def _joined(self, octets: bytes, now: float) -> bytes | None:
        """A whole message; None as long as pieces of it are missing."""
        limit = self.settings.largest
        if not segments.is_piece(octets, limit=limit):
            return octets
        return self._assemblies.add(segments.decode(octets, limit=limit), "", now)

    def _is_ours(self, apdu: Apdu) -> bool:
        root = self.settings.base or base_of(apdu.context)
        ours = ((self.settings.called, apdu.calling), (self.settings.calling, apdu.called))
        return all(asked is None or _same(asked, found, self.settings.base, root) for asked, found in ours)

    def _opened(self, apdu: Apdu) -> tuple[bytes, ...] | None:
        """The services of an answer; None if it is not protected as it must be."""
        inside = apdu.epsem
        if isinstance(inside, Epsem):
            if self.least is not Mode.CLEAR:
                self.ignored[Ignored.WEAK] += 1
                _check_refusal(inside.services)
                return None
            return inside.services
        if inside.mode < self.least:
            self.ignored[Ignored.WEAK] += 1
            return None
        try:
            opened = unseal(apdu, self._keys, base=self.settings.base).epsem
        except WireError:
            self.ignored[Ignored.FORGED] += 1
            return None
        return opened.services if isinstance(opened, Epsem) else None

    def _padded(self, message: Apdu) -> bytes:
        octets = messages.encode(message)
        # Lengths around the services grow with what is in them.
        missing = self.settings.padding - len(octets) - _LENGTHS
        inside = message.epsem
        if missing <= 0 or isinstance(inside, Sealed):
            return octets
        return messages.encode(replace(message, epsem=replace(inside, padding=bytes(missing))))


_LENGTHS = 9
"""The end mark, and two octets more for each of four lengths."""


def _keys(credentials: Credentials, mode: Mode) -> Mapping[int, bytes]:
    if mode is Mode.CLEAR:
        return {} if credentials.key is None else {credentials.key_id: credentials.key}
    if credentials.key is None:
        raise WireError(Layer.SECURITY, "no key to protect messages with", "one, or mode 0 asked for")
    Cipher(credentials.key)
    return {credentials.key_id: credentials.key}


def _same(asked: Title, found: Title | None, base: tuple[int, ...] | None, root: tuple[int, ...]) -> bool:
    return found is not None and found.absolute(root) == asked.absolute(base or base_of(None))


def _check_refusal(services: tuple[bytes, ...]) -> None:
    """Show whoever waits that somebody says the message could not be opened, or its title is unknown."""
    codes = {each[0] for each in services if each}
    for code in (Code.SME, Code.UAT):
        if codes == {code}:
            raise Unverified(code, code.name)


def _told(said: Said, services: tuple[bytes, ...]) -> tuple[Answer, ...]:
    asked = len(said.asked) - said.shown
    if len(services) == 1 and services[0][0] and (asked > 1 or services[0][0] in (Code.UAT, Code.SME)):
        # A message of which nothing is done has one answer, however many services it has.
        return (Refused(code=services[0][0], detail=services[0][1:]),) * asked
    told = [each.answer for each in pair(said.asked, services)]
    if said.shown and isinstance(password := told[0], Refused):
        raise LoginRefused("a password", password.code, password.name)
    return tuple(each for each in told[said.shown :] if each is not None)
