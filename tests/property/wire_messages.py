"""Messages of C12.22 that nobody chose, for properties."""

from __future__ import annotations

from hypothesis import strategies as st

from tdl.systems.wire import answers, requests
from tdl.systems.wire.apdu import Apdu
from tdl.systems.wire.authentication import Challenge, KeyUse
from tdl.systems.wire.envelope import Invocation
from tdl.systems.wire.epsem import Epsem, Mode, Respond, Sealed
from tdl.systems.wire.identity import (
    Authentication,
    DeviceClass,
    DeviceIdentity,
    Feature,
    Identity,
    Mechanism,
    Sessions,
)
from tdl.systems.wire.registration import DOMAIN, Register, Registered
from tdl.systems.wire.titles import Form, Title

KEY = bytes(range(16))

octet = st.integers(0, 0xFF)
word = st.integers(0, 0xFFFF)
three = st.integers(0, 0xFFFFFF)
four = st.integers(0, 0xFFFFFFFF)
arc = st.one_of(st.integers(0, 200), four)
some = st.binary(max_size=40)


def absolute(most: int = 5) -> st.SearchStrategy[tuple[int, ...]]:
    """Identifiers."""
    roots = st.one_of(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), arc))
    return st.tuples(roots, st.lists(arc, max_size=most - 2)).map(lambda parts: (*parts[0], *parts[1]))


def titles(*forms: Form) -> st.SearchStrategy[Title]:
    def of(form: Form) -> st.SearchStrategy[Title]:
        arcs = st.one_of(st.just(()), absolute()) if form is Form.ABSOLUTE else st.lists(arc, max_size=4).map(tuple)
        return arcs.map(lambda arcs: Title(arcs=arcs, form=form))

    return st.sampled_from(forms or tuple(Form)).flatmap(of)


indices = st.lists(word, min_size=1, max_size=9).map(tuple)


@st.composite
def registers(draw: st.DrawFn) -> Register:
    node = draw(octet)
    return Register(
        node_type=node,
        connection_type=draw(octet),
        device_class=draw(st.binary(min_size=4, max_size=4)),
        title=draw(titles()),
        serial=draw(titles()),
        address=draw(some),
        period=draw(three),
        domain=draw(some) if node & DOMAIN else None,
    )


REQUESTS: tuple[st.SearchStrategy[requests.Request], ...] = (
    st.builds(requests.Identify),
    st.builds(requests.Terminate),
    st.builds(requests.Disconnect),
    st.builds(requests.Deregister, title=titles()),
    st.builds(requests.Resolve, title=titles()),
    st.builds(requests.Trace, titles=st.lists(titles(), max_size=4).map(tuple)),
    registers(),
    st.builds(requests.Read, table=word),
    st.builds(requests.ReadDefault),
    st.builds(requests.ReadIndex, table=word, indices=indices, count=word),
    st.builds(requests.ReadOffset, table=word, offset=three, count=word),
    st.builds(requests.Write, table=word, octets=some),
    st.builds(requests.WriteIndex, table=word, indices=indices, octets=some),
    st.builds(requests.WriteOffset, table=word, offset=three, octets=some),
    st.builds(
        requests.Logon, user_id=word, user=st.binary(min_size=10, max_size=10), timeout=st.one_of(st.none(), word)
    ),
    st.builds(requests.Security, password=st.binary(min_size=20, max_size=20), user_id=st.one_of(st.none(), word)),
    st.builds(requests.Logoff),
    st.builds(requests.Negotiate, packet_size=word, packets=octet, speeds=st.lists(octet, max_size=11).map(tuple)),
    st.builds(requests.Wait, seconds=octet),
    st.builds(requests.Authenticate, proof=some),
    st.builds(requests.TimingSetup, traffic=octet, character=octet, response=octet, retries=octet),
)

any_request = st.one_of(*REQUESTS)

_ticket = st.binary(max_size=16)
features: st.SearchStrategy[Feature] = st.one_of(
    st.builds(Authentication, type=octet, algorithm=octet, ticket=st.one_of(st.none(), _ticket)),
    st.builds(Mechanism, title=titles()),
    st.builds(Sessions, control=octet),
    st.builds(DeviceClass, title=titles()),
    st.builds(DeviceIdentity, form=octet, octets=some),
)

_refusals = st.one_of(
    st.builds(answers.Refused, code=st.integers(1, 0xFF), detail=st.binary(max_size=4)),
)


def answers_to(request: requests.Request) -> st.SearchStrategy[answers.Answer]:
    """Answers that this request may have."""
    good: st.SearchStrategy[answers.Answer]
    match request:
        case requests.Identify():
            good = st.builds(
                Identity,
                standard=octet,
                version=octet,
                revision=octet,
                features=st.lists(features, max_size=5).map(tuple),
            )
        case requests.Read() | requests.ReadDefault() | requests.ReadIndex() | requests.ReadOffset():
            good = st.builds(answers.TableData, octets=some)
        case requests.Logon():
            good = st.builds(answers.LoggedOn, timeout=st.one_of(st.none(), word))
        case requests.Negotiate():
            good = st.builds(answers.Negotiated, packet_size=word, packets=octet, speed=st.one_of(st.none(), octet))
        case requests.Authenticate():
            good = st.builds(answers.Authenticated, proof=some)
        case requests.TimingSetup():
            good = st.builds(answers.Timed, traffic=octet, character=octet, response=octet, retries=octet)
        case requests.Resolve():
            good = st.builds(answers.Resolved, address=some)
        case requests.Trace():
            good = st.builds(answers.Traced, titles=st.lists(titles(), max_size=4).map(tuple))
        case Register():
            good = st.builds(Registered, title=titles(), delay=word, period=three, info=octet)
        case requests.Deregister():
            good = st.builds(answers.Deregistered, title=st.one_of(st.none(), titles()))
        case _:
            good = st.just(answers.Done())
    return st.one_of(good, _refusals)


@st.composite
def invocations(draw: st.DrawFn) -> Invocation:
    number = draw(four)
    top = number >> max(0, 8 * ((number.bit_length() + 7) // 8) - 8)
    return Invocation(number=number, signed=draw(st.booleans()) if top >= 0x80 else False)


services = st.lists(st.one_of(any_request.map(requests.encode), st.binary(min_size=1, max_size=200)), max_size=5)
clear = st.builds(
    Epsem,
    services=services.map(tuple),
    ed_class=st.one_of(st.none(), st.binary(min_size=4, max_size=4)),
    respond=st.sampled_from(Respond),
    recovery=st.booleans(),
    proxy=st.booleans(),
    padding=st.one_of(st.none(), st.binary(max_size=3)),
)
sealed = st.builds(
    Sealed,
    mode=st.sampled_from((Mode.AUTHENTICATED, Mode.ENCRYPTED)),
    body=some,
    mac=st.binary(min_size=4, max_size=4),
    classed=st.booleans(),
    respond=st.sampled_from(Respond),
    recovery=st.booleans(),
    proxy=st.booleans(),
)
key_uses = st.builds(KeyUse, key_id=octet, iv=four, reference=st.one_of(st.none(), octet))
_short = st.one_of(st.none(), st.binary(max_size=8))
challenges = st.builds(
    Challenge, identification=_short, request=_short, response=_short, reference=st.one_of(st.none(), octet)
)


@st.composite
def apdus(draw: st.DrawFn, inside: st.SearchStrategy[Epsem | Sealed]) -> Apdu:
    """Messages; those that are sealed, or to be sealed, name their key."""
    epsem = draw(inside)
    called = st.one_of(st.none(), titles(Form.ABSOLUTE, Form.CONTEXT))
    keyed = isinstance(epsem, Sealed) or draw(st.booleans())
    return Apdu(
        epsem=epsem,
        calling_invocation=draw(invocations()),
        context=draw(st.one_of(st.none(), absolute(4))),
        called=draw(called),
        called_invocation=draw(st.one_of(st.none(), invocations())),
        calling=draw(called),
        calling_qualifier=draw(st.one_of(st.none(), octet)),
        mechanism=draw(st.one_of(st.none(), absolute(4))),
        authentication=draw(key_uses if keyed else st.one_of(st.none(), challenges)),
        reference=draw(st.one_of(st.none(), octet)),
    )
