"""Envelopes: what is refused, and with which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdl.systems.wire import apdu, security
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.envelope import HEADER, MOST, SIZE, Invocation
from tdl.systems.wire.epsem import SERVICES, Epsem, Mode, Sealed
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.octets import element
from tdl.systems.wire.titles import Form, Title
from tests.unit.wire import heard

A8 = "A803020101"
BE = "BE0728058103800120"
SEALED = "BE09280781058800000000"
AC = "AC0FA20DA00BA109800102810448F3D061"
PLAIN = Apdu(epsem=Epsem(services=(b"\x20",)), calling_invocation=Invocation(number=1))


def octets(text: str) -> bytes:
    return element(0x60, bytes.fromhex(text))


def test_the_smallest() -> None:
    assert apdu.encode(PLAIN) == octets(A8 + BE)
    assert apdu.decode(octets(A8 + BE)) == PLAIN


BROKEN = {
    "": "apdu at octet 2: no element `A8`, one expected",
    BE: "apdu at octet 11: no element `A8`, one expected",
    A8: "apdu at octet 7: no element `BE`, one expected",
    A8 + A8 + BE: "apdu at octet 7: element `A8` out of order",
    BE + A8: "apdu at octet 11: element `A8` out of order",
    "A80302010100" + BE: "apdu at octet 8: a length of 62 octets, a definite one of at most 3 expected",
    "A8020200" + BE: "apdu at octet 6: a number of 0 octets, 1 to 4, and a leading zero expected",
    "A8040202007F" + BE: "apdu at octet 6: a number in more octets than it needs",
    "A80702050100000000" + BE: "apdu at octet 6: a number of 5 octets, 1 to 4, and a leading zero expected",
    "A80402010100" + BE: "apdu at octet 7: 1 octet behind the end, none expected",
    "A8030401FF" + BE: "apdu at octet 4: tag `04`, `02` expected",
    "A8" + "8103020101" + BE: "apdu at octet 3: a length in more octets than it needs",
    "A880" + BE: "apdu at octet 3: an indefinite length, a definite one of at most 3 expected",
    "A88400000001" + BE: "apdu at octet 3: a length of 4 octets, a definite one of at most 3 expected",
    "A203060180" + A8 + BE: "apdu at octet 6: an arc in more octets than it needs",
    "A203060181" + A8 + BE: "apdu at octet 7: 0 octets left, 1 expected",
    "A203060281" + A8 + BE: "apdu at octet 6: 1 octet left, 2 expected",
    "A2050D037BC175" + A8 + BE: "apdu at octet 4: tag `0D`, `06` or `80` expected",
    "BF0100" + A8 + BE: "apdu at octet 2: tag `BF`, which goes on, one octet expected",
    A8 + "BE0728058103800220": "apdu at octet 15: 1 octet left, 2 expected",
    A8 + "BE0728058103000120": "apdu at octet 13: flags `00`, the highest bit set expected",
    A8
    + "BE07280581038C0120": "apdu at octet 13: flags `8C`, a security mode and a response control of 0 to 2 expected",
    A8 + SEALED: "security: a protected message without a key's number and an iv, both expected",
    A8 + "AC10A20EA00CA10A8002000281040000000A" + SEALED: "apdu at octet 18: 1 octet behind the end, none expected",
    A8 + "AC10A20EA00CA10A8001008105000000000A" + SEALED: "apdu at octet 24: 1 octet behind the end, none expected",
    A8 + "AC0EA20CA00AA1088001008103000000" + SEALED: "apdu at octet 20: 3 octets left, 4 expected",
    "A70402020001" + A8 + BE: "apdu at octet 7: 1 octet behind the end, none expected",
    A8 + "A900" + AC + SEALED: "apdu at octet 7: tag `A9` in a protected message, a known one expected",
    A8 + AC + "BE08280681048800" + "0000": "apdu at octet 31: no message authentication code, 4 octets expected",
    "A303020101" + A8 + BE: "apdu at octet 4: a piece of a message, a whole one expected",
}


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text or "empty")
def test_what_is_refused(text: str) -> None:
    with pytest.raises(WireError) as error:
        apdu.decode(octets(text))
    assert str(error.value) == BROKEN[text]


def test_octets_behind_a_message() -> None:
    with pytest.raises(WireError, match="1 octet behind the end"):
        apdu.decode(octets(A8 + BE) + b"\0")


def test_unknown_elements_in_clear_text_are_passed_over() -> None:
    assert apdu.decode(octets(A8 + "A902AB01" + BE)) == PLAIN


@pytest.mark.parametrize(("number", "written"), [(128, "0180"), (127, "017F"), (0xFFFFFFFF, "04FFFFFFFF"), (0, "0100")])
def test_numbers_have_no_sign(number: int, written: str) -> None:
    """Peers write 128 as one octet, which BER would take for -128."""
    content = element(0xA8, bytes.fromhex("02" + written)).hex()
    assert apdu.decode(octets(content + BE)).calling_invocation == Invocation(number=number)


def test_a_leading_zero_stays() -> None:
    found = apdu.decode(octets("A80402020080" + BE))
    assert found.calling_invocation == Invocation(number=128, signed=True)
    assert apdu.encode(found) == octets("A80402020080" + BE)


def test_sizes_at_their_edge() -> None:
    """One octet more than a message may have, and one octet more around its services."""

    def sized(size: int) -> Apdu:
        """A message with so many octets, of which 22 are around the padding."""
        return replace(PLAIN, epsem=Epsem(padding=bytes(size - 23)))

    assert len(apdu.encode(sized(SIZE))) == SIZE
    assert apdu.decode(apdu.encode(sized(SIZE))) == sized(SIZE)
    with pytest.raises(WireError, match=f"a message of {SIZE + 1} octets, at most {SIZE} expected"):
        apdu.decode(apdu.encode(sized(SIZE + 1)))
    assert apdu.decode(apdu.encode(sized(SIZE + 1)), limit=SIZE + 1)
    with pytest.raises(WireError, match=f"at most {MOST} expected"):
        apdu.encode(replace(PLAIN, epsem=Epsem(padding=bytes(MOST))))
    with pytest.raises(WireError, match=f"at most {MOST} expected"):
        apdu.decode(bytes(MOST + 1), limit=2 * MOST)


def test_headers_at_their_edge() -> None:
    """Two titles of 64 octets leave few octets for anything else."""
    long = Title(arcs=(2, 5, *([1 << 28] * 12), 1, 1, 1))
    message = replace(PLAIN, called=long, calling=long)
    assert len(apdu.encode(message)) - 3 <= HEADER
    with pytest.raises(WireError, match=f"around the services, at most {HEADER} expected"):
        apdu.encode(replace(message, mechanism=(2, 5, *([1 << 28] * 4))))


def test_services_at_their_edge() -> None:
    most = replace(PLAIN, epsem=Epsem(services=(b"\x20",) * SERVICES))
    assert apdu.decode(apdu.encode(most)) == most
    with pytest.raises(WireError, match="at most 64 expected"):
        apdu.encode(replace(PLAIN, epsem=Epsem(services=(b"\x20",) * (SERVICES + 1))))
    with pytest.raises(WireError, match="more than 64 services"):
        apdu.decode(octets(A8 + element(0xBE, element(0x28, element(0x81, b"\x80" + b"\x01\x20" * 65))).hex()))


# --- protection ------------------------------------------------------------------------------------------------------


def test_a_clear_message_is_not_taken_for_a_protected_one() -> None:
    with pytest.raises(WireError, match="a message without protection, a sealed one expected"):
        security.unseal(PLAIN, {0: bytes(16)})


def test_an_unknown_key() -> None:
    with pytest.raises(WireError, match="security: key 2, the number of a known one expected"):
        security.unseal(apdu.decode(heard.EXAMPLE_REQUEST), {0: heard.EXAMPLE_KEY})


def test_sealing_takes_a_key_use_and_a_clear_message() -> None:
    with pytest.raises(WireError, match="without a key's number and an iv"):
        security.seal(PLAIN, bytes(16))
    sealed = security.seal(replace(PLAIN, authentication=KeyUse(key_id=0, iv=1)), bytes(16))
    with pytest.raises(WireError, match="sealed already"):
        security.seal(sealed, bytes(16))


def test_a_relay_may_write_titles_in_full() -> None:
    """The code covers what a title means, and not how it is written."""
    asked = apdu.decode(heard.EXAMPLE_REQUEST)
    assert asked.called is not None
    assert asked.calling is not None
    rewritten = replace(asked, called=asked.called.absolute(), calling=asked.calling.absolute())
    clear = security.unseal(rewritten, {2: heard.EXAMPLE_KEY})
    assert isinstance(clear.epsem, Epsem)
    assert len(clear.epsem.services) == 2
    other = replace(asked, calling=Title(arcs=(123, 5), form=Form.CONTEXT))
    with pytest.raises(WireError, match="wrong message authentication code"):
        security.unseal(other, {2: heard.EXAMPLE_KEY})


def test_another_base() -> None:
    message = replace(PLAIN, calling=Title(arcs=(5,), form=Form.CONTEXT), authentication=KeyUse(key_id=0, iv=1))
    sealed = security.seal(message, bytes(16), base=(1, 2, 3))
    assert security.unseal(sealed, {0: bytes(16)}, base=(1, 2, 3)) == message
    with pytest.raises(WireError, match="wrong message authentication code"):
        security.unseal(sealed, {0: bytes(16)})
    named = replace(message, context=(1, 2, 3))
    assert security.unseal(security.seal(named, bytes(16)), {0: bytes(16)}) == named
    assert Title(arcs=(1, 2, 3, 5)).encoded in security.canonical(security.seal(named, bytes(16)))


def test_nothing_secret_is_printed() -> None:
    clear = security.unseal(apdu.decode(heard.EXAMPLE_REQUEST), {2: heard.EXAMPLE_KEY})
    assert "PASSWORD" not in repr(clear)


def test_a_sealed_list_in_clear_mode() -> None:
    broken = replace(
        PLAIN, epsem=Sealed(mode=Mode.CLEAR, body=b"", mac=bytes(4)), authentication=KeyUse(key_id=0, iv=1)
    )
    with pytest.raises(WireError, match="a sealed list in mode 0, 1 or 2 expected"):
        apdu.encode(broken)
