"""What a node says of itself when it is asked to identify itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from tdl.systems.wire.data import put, put_sized, read_sized
from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader
from tdl.systems.wire.titles import Title, read_title

C1218, C1221, C1222 = 0, 2, 3
"""The standards that a node may speak."""

FEATURES = 64
"""The most features of a node."""

_END = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """A way of showing who asks; with a ticket, the challenge that is to be answered."""

    type: int
    algorithm: int
    ticket: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """A way of protecting messages, by its identifier."""

    title: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Sessions: bit 7 says that none is needed, the others how many there may be."""

    control: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceClass:
    """Which class of device it is, by its identifier."""

    title: Title


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIdentity:
    """Its own number, in a form that a code names."""

    form: int
    octets: bytes


Feature: TypeAlias = Authentication | Mechanism | Sessions | DeviceClass | DeviceIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a node says of itself.

    Attributes:
        standard: 0 for C12.18, 2 for C12.21, 3 for C12.22.
        version, revision: of that standard.
    """

    standard: int
    version: int
    revision: int
    features: tuple[Feature, ...] = ()


def put_identity(said: Identity) -> bytes:
    if len(said.features) > FEATURES:
        raise WireError(Layer.SERVICE, f"{len(said.features)} features", f"at most {FEATURES}")
    head = put(said.standard, 1, "standard") + put(said.version, 1, "version") + put(said.revision, 1, "revision")
    return head + b"".join(_put_feature(each) for each in said.features) + bytes([_END])


def read_identity(reader: Reader) -> Identity:
    standard, version, revision = reader.number(1), reader.number(1), reader.number(1)
    features: list[Feature] = []
    while code := reader.number(1):
        if len(features) == FEATURES:
            raise reader.refused(f"more than {FEATURES} features", f"at most {FEATURES}")
        features.append(_read_feature(code, reader))
    return Identity(standard=standard, version=version, revision=revision, features=tuple(features))


def _put_feature(feature: Feature) -> bytes:
    match feature:
        case Authentication(ticket=None):
            return b"\1" + put(feature.type, 1, "type") + put(feature.algorithm, 1, "algorithm")
        case Authentication(type=kind, algorithm=algorithm, ticket=ticket):
            return b"\2" + put(kind, 1, "type") + put(algorithm, 1, "algorithm") + put_sized(ticket or b"", "ticket")
        case Mechanism(title=title):
            return b"\4" + title.encoded
        case Sessions(control=control):
            return b"\5" + put(control, 1, "control")
        case DeviceClass(title=title):
            return b"\6" + title.encoded
        case DeviceIdentity(form=form, octets=octets):
            return b"\7" + put_sized(put(form, 1, "form") + octets, "identity")
    assert_never(feature)


def _read_feature(code: int, reader: Reader) -> Feature:
    start = reader.at - 1
    match code:
        case 1:
            return Authentication(type=reader.number(1), algorithm=reader.number(1))
        case 2:
            return Authentication(type=reader.number(1), algorithm=reader.number(1), ticket=read_sized(reader))
        case 4:
            return Mechanism(title=read_title(reader))
        case 5:
            return Sessions(control=reader.number(1))
        case 6:
            return DeviceClass(title=read_title(reader))
        case 7:
            identity = read_sized(reader)
            if not identity:
                raise reader.refused("an identity without a form", "one octet at least", at=start)
            return DeviceIdentity(form=identity[0], octets=identity[1:])
        case _:
            raise reader.refused(f"feature {code}", "one of 1, 2, 4, 5, 6 and 7", at=start)
