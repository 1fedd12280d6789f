"""Identifiers at their edges."""

from __future__ import annotations

import pytest

from tdl.systems.wire.errors import Layer, WireError
from tdl.systems.wire.octets import Reader
from tdl.systems.wire.titles import ARC, ARCS, BASE, OCTETS, Form, Title, read_title


def read(octets: bytes, *forms: Form) -> Title:
    reader = Reader(octets, Layer.TITLE)
    title = read_title(reader, *forms)
    reader.finish()
    return title


@pytest.mark.parametrize(
    ("title", "octets"),
    [
        (Title(arcs=BASE), "0608607C86F754011600"),
        (Title(arcs=(0, 39)), "060127"),
        (Title(arcs=(2, 40)), "060178"),
        (Title(arcs=(2, ARC - 1)), "0605908080804F"),
        (Title(arcs=()), "0600"),
        (Title(arcs=(), form=Form.RELATIVE), "0D00"),
        (Title(arcs=(123, 8437), form=Form.CONTEXT), "80037BC175"),
        (Title(arcs=(127, 128), form=Form.RELATIVE), "0D037F8100"),
        (Title(arcs=(ARC - 1,), form=Form.RELATIVE), "0D058FFFFFFF7F"),
    ],
)
def test_octets(title: Title, octets: str) -> None:
    assert title.encoded.hex().upper() == octets
    assert read(bytes.fromhex(octets)) == title


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        ("060180", "an arc in more octets than it needs"),
        ("06020181", "0 octets left"),
        ("0D059080808000", "an arc out of bounds"),
        ("06059080808050", "an arc out of bounds"),
        ("0D41" + "01" * (OCTETS + 1), f"an identifier of {OCTETS + 1} octets"),
        ("0D19" + "01" * (ARCS + 1), f"{ARCS + 1} arcs"),
        ("0618" + "01" * ARCS, "an arc out of bounds"),
        ("0401", "tag `04`"),
        ("", "the end"),
    ],
)
def test_octets_that_are_none(octets: str, found: str) -> None:
    with pytest.raises(WireError, match=found):
        read(bytes.fromhex(octets))


@pytest.mark.parametrize(
    "title",
    [
        Title(arcs=(3, 1)),
        Title(arcs=(0, 40)),
        Title(arcs=(1,)),
        Title(arcs=(2, -1)),
        Title(arcs=(2, ARC)),
        Title(arcs=(2, 1, *([1] * (ARCS - 1)))),
        Title(arcs=(1,) * (ARCS + 1), form=Form.CONTEXT),
        Title(arcs=(ARC - 1,) * 13, form=Form.CONTEXT),
    ],
)
def test_arcs_that_are_none(title: Title) -> None:
    with pytest.raises(WireError):
        _ = title.encoded


def test_in_full() -> None:
    relative = Title(arcs=(123, 4), form=Form.RELATIVE)
    assert relative.absolute() == Title(arcs=(2, 16, 124, 113620, 1, 22, 0, 123, 4))
    assert relative.absolute((1, 2)) == Title(arcs=(1, 2, 123, 4))
    assert relative.absolute().absolute((1, 2)) == relative.absolute()
    assert (str(relative), str(relative.absolute())) == (".123.4", "2.16.124.113620.1.22.0.123.4")
