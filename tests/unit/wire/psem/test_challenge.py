"""The authentication of C12.21: its octets, and who is let in."""

from __future__ import annotations

import sys

import pytest

from tdl.systems.wire import requests
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import LoginRefused, WireError
from tdl.systems.wire.psem import challenge
from tdl.systems.wire.psem.server import ServerSettings
from tdl.systems.wire.psem.settings import Standard
from tests.unit.wire.psem.line import Line

KEY = bytes.fromhex("0123456789ABCDEF")
TICKET = bytes.fromhex("0011223344556677")
PROOF = bytes.fromhex("00CADB6782EE2B4823")
ANSWER = bytes.fromhex("00FA4D0B30D39DFE98")
KEYED = ServerSettings(standard=Standard.C1221, keys={0: KEY, 3: bytes(8)}, ticket=lambda: TICKET)


def test_known_octets() -> None:
    assert challenge.prove(KEY, 0, TICKET) == PROOF
    assert challenge.answer(KEY, PROOF) == ANSWER


@pytest.mark.parametrize(("key", "ticket", "words"), [(b"short", TICKET, "a key of 5"), (KEY, b"", "a ticket of 0")])
def test_sizes(key: bytes, ticket: bytes, words: str) -> None:
    with pytest.raises(WireError, match=f"login: {words} octets, 8 expected"):
        challenge.prove(key, 0, ticket)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.decrepit.ciphers.algorithms", None)
    with pytest.raises(WireError, match="login: no package `cryptography`, the extra `wire` expected"):
        challenge.prove(KEY, 0, TICKET)


def keyed(key: bytes | None, key_id: int = 0, settings: ServerSettings = KEYED) -> Line:
    credentials = Credentials(key=key, key_id=key_id)
    return Line(standard=settings.standard, server_settings=settings, credentials=credentials)


def test_whoever_knows_the_key_is_let_in() -> None:
    line = keyed(KEY)
    assert line.run(line.client.dialogue.read(1)) == b"MANUFACTURER SN "
    said = b"".join(octets for _, octets in line.log)
    assert b"\x53\x09" + PROOF in said
    assert b"\x00\x09" + ANSWER in said


@pytest.mark.parametrize(("key", "key_id"), [(bytes(8), 0), (KEY, 3), (KEY, 4)])
def test_others_are_not(key: bytes, key_id: int) -> None:
    line = keyed(key, key_id)
    with pytest.raises(LoginRefused, match="login: an authentication: `ERR`, `OK` expected"):
        line.run(line.client.dialogue.read(1))
    assert [type(each) for each in line.store.asked] == [requests.Logon]


def test_nor_who_does_not_try() -> None:
    line = keyed(None)
    with pytest.raises(WireError, match="`ISC`"):
        line.run(line.client.dialogue.read(1))
    assert [type(each) for each in line.store.asked] == [requests.Logon]


def test_a_ticket_is_good_for_one_try() -> None:
    line = keyed(KEY)
    line.run(line.client.dialogue.read(1))

    def again() -> object:
        return (yield requests.Authenticate(proof=PROOF))

    assert getattr(line.run(again()), "name", None) == "ERR"  # type: ignore[arg-type]


def test_a_meter_that_does_not_know_the_key_is_refused() -> None:
    """It answers something, but not what the key makes."""

    class Pretender(Line):
        def _send(self, to: str, octets: bytes) -> None:
            if to == "client" and ANSWER in octets:
                right = self.server.link
                right.send(b"\0\x09" + bytes(9), self.now)
                octets = b"\x06" + right.take()
            super()._send(to, octets)

    line = Pretender(standard=Standard.C1221, server_settings=KEYED, credentials=Credentials(key=KEY))
    with pytest.raises(LoginRefused, match="that the meter answers without the key"):
        line.run(line.client.dialogue.read(1))


def test_a_meter_that_offers_no_ticket() -> None:
    line = keyed(KEY, settings=ServerSettings(standard=Standard.C1221))
    with pytest.raises(LoginRefused, match="for which the meter offers no ticket"):
        line.run(line.client.dialogue.read(1))


def test_nothing_secret_is_printed() -> None:
    shown = repr(Credentials(user=b"me", password=b"hunter2", key=KEY)) + repr(KEYED)
    assert "hunter2" not in shown
    assert repr(KEY)[2:-1] not in shown
    assert "me" in shown
