"""URLs of meters."""

from __future__ import annotations

import pytest

from tdl.systems.wire.errors import LineFailed, WireError
from tdl.systems.wire.psem.messages import Sizes
from tdl.systems.wire.psem.settings import Settings, Standard
from tdl.systems.wire.shells.addresses import Address, Serial, Tcp, parse

C1221 = Settings(standard=Standard.C1221)
KNOWN = {
    "c1218+tcp://meter.example:2001": Address(place=Tcp(host="meter.example", port=2001), settings=Settings()),
    "c1221+tcp://[::1]:7/": Address(place=Tcp(host="::1", port=7), settings=C1221),
    "c1218:/dev/ttyUSB0": Address(place=Serial(device="/dev/ttyUSB0"), settings=Settings()),
    "c1218:COM3?baud=9600": Address(place=Serial(device="COM3"), settings=Settings()),
    "c1218:/dev/a%20b?baud=19200": Address(place=Serial(device="/dev/a b"), settings=Settings(baud=19200)),
    "c1221+tcp://h:1?identity=7&size=512&packets=3": Address(
        place=Tcp(host="h", port=1),
        settings=Settings(standard=Standard.C1221, identity=7, sizes=Sizes(packet=512, packets=3)),
    ),
    "c1218+tcp://h:1?toggle=ignore&wake=1&answer=20": Address(
        place=Tcp(host="h", port=1), settings=Settings(trust_toggle=False, wake=True, answer=20.0)
    ),
}


@pytest.mark.parametrize("url", KNOWN)
def test_urls(url: str) -> None:
    assert parse(url) == KNOWN[url]


BROKEN = {
    "": "a URL of another form",
    "http://host:1": "a URL of another form",
    "c1218+udp://host:1": "a URL of another form",
    "c1218+tcp://host:1#x": "a URL of another form",
    "c1218+tcp://host": "a URL without a host and a port",
    "c1218+tcp://:1": "a URL without a host and a port",
    "c1218+tcp://host:1/path": "a URL without a host and a port",
    "c1218+tcp://host:99999": "a URL that cannot be read",
    "c1218+tcp://[host:1": "a URL that cannot be read",
    "c1218:": "a URL without a device",
    "c1218://host/dev": "a URL without a device",
    "c1218+tcp://host:1?identity": "settings that cannot be read",
    "c1218+tcp://host:1?" + "wake=1&" * 11 + "wake=1": "settings that cannot be read",
    "c1218+tcp://host:1?colour=red": "a setting `colour`",
    "c1218+tcp://host:1?baud=9600": "a setting `baud`",
    "c1221:/dev/x?baud=9600": "a setting `baud`",
    "c1218:/dev/x?baud=9601": "a speed of 9601",
    "c1218+tcp://host:1?identity=256": "`identity` of `256`, 0 to 255 expected",
    "c1218+tcp://host:1?identity=-1": "`identity` of `-1`",
    "c1218+tcp://host:1?identity=²": "`identity` of `²`",
    "c1218+tcp://host:1?size=31": "`size` of `31`, 32 to 8191 expected",
    "c1218+tcp://host:1?packets=0": "`packets` of `0`, 1 to 255 expected",
    "c1218+tcp://host:1?toggle=on": "`toggle` of `on`, `ignore` expected",
}


@pytest.mark.parametrize("url", BROKEN, ids=lambda url: url[:40] or "empty")
def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(WireError) as error:
        parse(url)
    assert str(error.value).startswith(f"line: {BROKEN[url]}")


def test_secrets_in_a_url_are_refused_and_not_repeated() -> None:
    with pytest.raises(LineFailed) as error:
        parse("c1218+tcp://me:hunter2@host:1")
    assert str(error.value) == "line: a URL with a user, credentials apart from it expected"
