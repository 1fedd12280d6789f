"""URLs of C12.22."""

from __future__ import annotations

import pytest

from tdl.systems.wire.acse.settings import Settings
from tdl.systems.wire.envelope import MOST
from tdl.systems.wire.epsem import Mode
from tdl.systems.wire.errors import LineFailed
from tdl.systems.wire.shells.c1222.addresses import Node, parse
from tdl.systems.wire.titles import Form, Title

OVER_TCP = {"answer": 20.0, "repeats": 1}


@pytest.mark.parametrize(
    ("url", "node"),
    [
        (
            "c1222+tcp://meter.example/1.3.6.1",
            Node(
                host="meter.example",
                port=1153,
                datagrams=False,
                settings=Settings(called=Title(arcs=(1, 3, 6, 1)), **OVER_TCP),  # type: ignore[arg-type]
            ),
        ),
        (
            "c1222+udp://[2001:db8::1]:7/.123.8437?from=.5&session=1&idle=0&repeats=0",
            Node(
                host="2001:db8::1",
                port=7,
                datagrams=True,
                settings=Settings(
                    called=Title(arcs=(123, 8437), form=Form.CONTEXT),
                    calling=Title(arcs=(5,), form=Form.CONTEXT),
                    session=True,
                    idle=0,
                    repeats=0,
                    largest=1232,
                ),
            ),
        ),
        (
            "c1222+udp://192.0.2.1?mode=0&least=0&answer=9",
            Node(
                host="192.0.2.1",
                port=1153,
                datagrams=True,
                settings=Settings(mode=Mode.CLEAR, least=Mode.CLEAR, answer=9.0, largest=548, padding=548),
            ),
        ),
        (
            "c1222+udp://192.0.2.1?mode=0&pad=0&size=1048576",
            Node(host="192.0.2.1", port=1153, datagrams=True, settings=Settings(mode=Mode.CLEAR, largest=MOST)),
        ),
        (
            "c1222+udp://192.0.2.1?pieces=548&mode=0",
            Node(
                host="192.0.2.1",
                port=1153,
                datagrams=True,
                settings=Settings(mode=Mode.CLEAR, payload=548, padding=548),
            ),
        ),
        (
            "c1222+udp://192.0.2.1?size=4000&pieces=1232",
            Node(host="192.0.2.1", port=1153, datagrams=True, settings=Settings(payload=1232, largest=4000)),
        ),
    ],
)
def test_what_urls_say(url: str, node: Node) -> None:
    assert parse(url) == node


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("c1222+tcp://", "another form"), ("c1222://host", "another form"), ("c1222+tcp://host#a", "another form"),
        ("c1222+tcp://host:99999", "cannot be read"), ("c1222+tcp://me:secret@host", "with a user"),
        ("c1222+tcp://host/1.3.x", "a title"), ("c1222+tcp://host/9.9", "begins with no known root"),
        ("c1222+tcp://host/.4294967296", "an arc out of bounds"), ("c1222+tcp://host/1..3", "a title"),
        ("c1222+tcp://host?mode=3", "0 to 2"), ("c1222+tcp://host?mode", "cannot be read"),
        ("c1222+tcp://host?key=00", "a setting `key`"), ("c1222+tcp://host?size=9", "224 to 1048576"),
        ("c1222+tcp://host?from=", "a title"), ("c1222+tcp://host?pieces=548", "a setting `pieces`"),
        ("c1222+udp://host?pieces=65508", "224 to 65507"),
    ],
)  # fmt: skip
def test_what_is_no_url(url: str, wrong: str) -> None:
    with pytest.raises(LineFailed, match=wrong) as caught:
        parse(url)
    assert "secret" not in str(caught.value)
