"""Messages that others made, octet for octet."""

from __future__ import annotations

import pytest

from tdl.systems.wire import answers, apdu, requests, security
from tdl.systems.wire.answers import Answer, Done, LoggedOn, Refused, Resolved, TableData, Traced
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import KeyUse
from tdl.systems.wire.eax import Cipher
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.identity import DeviceClass, DeviceIdentity, Identity, Mechanism, Sessions
from tdl.systems.wire.registration import Register, Registered
from tdl.systems.wire.requests import Identify, Logon, Read, ReadIndex, ReadOffset, Request, Resolve, Trace, Wait
from tdl.systems.wire.titles import Form, Title
from tests.unit.wire import heard
from tests.unit.wire.heard import Vector

NODE = Title(arcs=(1, 3, 6, 1, 4, 1, 33507))


def services(message: Apdu) -> tuple[bytes, ...]:
    assert isinstance(message.epsem, Epsem)
    return message.epsem.services


def exchange(messages: tuple[bytes, bytes]) -> tuple[Request, bytes]:
    """What is asked, and the octets that answer it."""
    asked, answered = (services(apdu.decode(each)) for each in messages)
    return requests.decode(asked[0]), answered[0]


# --- protection ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", heard.VECTORS, ids=["1", "2", "3", "4"])
def test_the_vectors_of_the_document(vector: Vector) -> None:
    cipher = Cipher(vector.key)
    assert cipher.protect(vector.canonical, vector.text, Mode.ENCRYPTED) == (vector.body, vector.mac)
    assert cipher.reveal(vector.canonical, vector.body, vector.mac, Mode.ENCRYPTED) == vector.text


def test_the_example_of_the_standard() -> None:
    asked = apdu.decode(heard.EXAMPLE_REQUEST)
    assert security.canonical(asked) == heard.EXAMPLE_CANONICAL
    clear = security.unseal(asked, {2: heard.EXAMPLE_KEY})
    password, read = map(requests.decode, services(clear))
    assert password == requests.Security(password=b"PASSWORD".ljust(20), user_id=2)
    assert read == ReadOffset(table=1, offset=16, count=16)
    answered = security.unseal(apdu.decode(heard.EXAMPLE_ANSWER), {2: heard.EXAMPLE_KEY})
    assert [answers.decode(each, read) for each in services(answered)] == [TableData(octets=b"MANUFACTURER SN ")]


def test_the_example_made_anew() -> None:
    """From values alone to the octets of the standard."""
    message = Apdu(
        called=Title(arcs=(123, 8437), form=Form.CONTEXT),
        calling=Title(arcs=(123, 4), form=Form.CONTEXT),
        calling_invocation=Invocation(number=3),
        authentication=KeyUse(key_id=2, iv=0x48F3D061),
        epsem=Epsem(
            services=(
                requests.encode(requests.Security(password=b"PASSWORD".ljust(20), user_id=2)),
                requests.encode(ReadOffset(table=1, offset=16, count=16)),
            )
        ),
    )
    assert apdu.encode(security.seal(message, heard.EXAMPLE_KEY)) == heard.EXAMPLE_REQUEST


def test_the_example_authenticated_only() -> None:
    clear = security.unseal(apdu.decode(heard.EXAMPLE_REQUEST), {2: heard.EXAMPLE_KEY})
    octets = apdu.encode(security.seal(clear, heard.EXAMPLE_KEY, Mode.AUTHENTICATED))
    assert octets.endswith(bytes.fromhex("083F00010000100010F4540E79"))
    assert security.unseal(apdu.decode(octets), {2: heard.EXAMPLE_KEY}) == clear


def test_a_real_meter() -> None:
    asked = security.unseal(apdu.decode(heard.METER_REQUEST), {0: heard.METER_KEY})
    (read,) = map(requests.decode, services(asked))
    assert read == Read(table=1)
    answered = apdu.decode(heard.METER_ANSWER)
    assert answered.called_invocation == asked.calling_invocation
    (octets,) = services(security.unseal(answered, {0: heard.METER_KEY}))
    answer = answers.decode(octets, read)
    assert isinstance(answer, TableData)
    assert answer.octets == b"EE  A3R     \2\0\3\6        12345678"


MESSAGES = (
    heard.EXAMPLE_REQUEST, heard.EXAMPLE_ANSWER, heard.METER_REQUEST, heard.METER_ANSWER,
    *(each for messages in heard.TRACES for each in messages),
)  # fmt: skip


@pytest.mark.parametrize("octets", MESSAGES, ids=range(len(MESSAGES)))
def test_every_octet_comes_back(octets: bytes) -> None:
    message = apdu.decode(octets)
    assert apdu.encode(message) == octets


# --- services --------------------------------------------------------------------------------------------------------

IDENTITY = Identity(
    standard=3,
    version=1,
    revision=0,
    features=(
        Mechanism(title=NODE),
        Sessions(control=8),
        DeviceClass(title=NODE),
        DeviceIdentity(form=1, octets=bytes.fromhex("000102030A040D050607")),
    ),
)
REGISTERING = Register(
    node_type=0xFD,
    connection_type=0xEF,
    device_class=bytes.fromhex("01828563"),
    title=NODE,
    serial=NODE,
    address=b"fizzbuzz",
    period=0x010203,
    domain=b"beef",
)
WAY = (NODE, Title(arcs=(1, 3, 6, 1, 4, 1, 33507, 1919, 12345678, 0)))
SAID: tuple[tuple[tuple[bytes, bytes], Request, Answer], ...] = (
    (heard.IDENTIFY, Identify(), IDENTITY),
    (heard.LOGON, Logon(user_id=0x1234, user=b"helloworld", timeout=0), LoggedOn(timeout=0)),
    (heard.REGISTER, REGISTERING, Registered(title=NODE, delay=3600, period=0, info=0xEF)),
    (heard.RESOLVE, Resolve(title=NODE), Resolved(address=b"localaddress")),
    (heard.TRACE, Trace(titles=(NODE,)), Traced(titles=WAY)),
    (heard.SECURITY, requests.Security(password=bytes(8) + b"password1234"), Done()),
    (heard.WAIT, Wait(seconds=112), Done()),
    (heard.REFUSED, Identify(), Refused(code=0x0A)),
)


@pytest.mark.parametrize(("messages", "request_", "answer"), SAID, ids=[type(each[1]).__name__ for each in SAID])
def test_services(messages: tuple[bytes, bytes], request_: Request, answer: Answer) -> None:
    asked, answered = exchange(messages)
    assert asked == request_
    assert answers.decode(answered, asked) == answer
    assert answers.encode(answer) == answered


def test_a_wrong_checksum() -> None:
    """In this trace it is 00, whatever the octets."""
    asked, answered = exchange(heard.READ_INDEX)
    assert asked == ReadIndex(table=0, indices=(0,), count=1)
    with pytest.raises(WireError) as error:
        answers.decode(answered, asked)
    assert str(error.value) == "service at octet 11: checksum `00`, `A6` expected"
