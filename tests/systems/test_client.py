"""A meter read and written by the names of its elements, over a line that is in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import tdl
from tdl.codec.errors import EncodeError
from tdl.image import Image
from tdl.systems.client.elements import Element, UnknownElement, element
from tdl.systems.client.remote import NotKept, RemoteMeter
from tdl.systems.client.simulated import Fault, SimulatedMeter, simulated
from tdl.systems.client.spans import Access, Span, merged
from tdl.systems.meter.meter import Meter
from tdl.systems.wire.credentials import Credentials
from tdl.systems.wire.errors import Damaged, Garbled, LineFailed, NoAnswer, ServiceRefused
from tests.spec.manual import blocks
from tests.unit.meter.meters import GENERAL, meter, profile, standard

PAGE = Path(__file__).parents[2] / "docs/reference/client.md"
WHO = Credentials(user_id=2, user=b"CLIENT")


class Counted:
    """Which octets of tables went over the line, told by what is asked for."""

    def __init__(self, client: SimulatedMeter) -> None:
        self.client, self.asked = client, list[tuple[Any, ...]]()

    async def read(self, table: int, *, offset: int | None = None, count: int | None = None) -> bytes:
        self.asked.append(("read", table, offset, count))
        return await self.client.read(table, offset=offset, count=count)

    async def read_index(self, table: int, indices: Sequence[int], count: int = 1) -> bytes:
        self.asked.append(("index", table, tuple(indices), count))
        return await self.client.read_index(table, indices, count)

    async def write(self, table: int, octets: bytes, *, offset: int | None = None) -> None:
        self.asked.append(("write", table, offset, len(octets)))
        await self.client.write(table, octets, offset=offset)

    async def write_index(self, table: int, indices: Sequence[int], octets: bytes) -> None:
        self.asked.append(("write index", table, tuple(indices), len(octets)))
        await self.client.write_index(table, indices, octets)

    def procedure(self, number: int, parameters: bytes = b"") -> Awaitable[Any]:
        return self.client.procedure(number, parameters)


def talk(
    held: Meter, said: Callable[[RemoteMeter, Counted], Awaitable[None]], fault: Fault = Fault.NONE, **known: Any
) -> None:
    async def conversation() -> None:
        async with simulated(held, WHO, fault) as client:
            counted = Counted(client)
            await said(RemoteMeter(counted, held.tables.definition, **known), counted)  # type: ignore[arg-type]

    asyncio.run(conversation())


def held(access: int = 3, order: int = 0) -> Meter:
    made = meter(Image(profile=profile(general=GENERAL | {"DATA_ACCESS_METHOD": access, "DATA_ORDER": order})))
    made.advance(5000)
    return made


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("access", [0, 1, 2, 3])
def test_an_element_read_alone_is_the_same_as_in_its_table(access: int, order: int) -> None:
    """Whatever partial access the meter has, and in both orders of octets."""

    async def said(remote: RemoteMeter, _: Counted) -> None:
        for key in ("ST0", "ST1", "ST21", "ST22", "ST23", "ST61"):
            reading = await remote.reading(key)
            leaves = reading.located(key).leaves[:40]
            elements = [Element(said=str(leaf.path), table=key, path=leaf.path) for leaf in leaves]
            part = await remote.part(key, elements)
            assert part.values == {each.said: each.pick(reading[key]) for each in elements}
            for each in elements[::7]:
                assert (await remote.part(key, [each])).values == {each.said: each.pick(reading[key])}

    talk(held(access, order), said)


@pytest.mark.parametrize(
    ("access", "asked"),
    [
        (0, ("read", 23, None, None)),
        (1, ("read", 23, 1, 4)),
        (2, ("index", 23, (1, 0, 0), 1)),
        (3, ("index", 23, (1, 0, 0), 1)),
    ],
)
def test_no_more_is_read_than_the_element_takes(access: int, asked: tuple[Any, ...]) -> None:
    async def said(remote: RemoteMeter, counted: Counted) -> None:
        wanted = element(remote.definition, "ST23.TOT_DATA_BLOCK.SUMMATIONS[0]")
        value = (await remote.reading("ST23"))["ST23"].TOT_DATA_BLOCK.SUMMATIONS[0]
        await remote.read("ST1.ED_MODEL")  # what layouts need is known from here on
        counted.asked.clear()
        assert (await remote.part("ST23", [wanted])).values[wanted.said] == value
        assert counted.asked == [asked]

    talk(held(access), said)


def test_what_layouts_need_is_read_once_or_given() -> None:
    async def said(remote: RemoteMeter, counted: Counted) -> None:
        await remote.reading("ST23")
        await remote.reading("ST23")
        assert [each[1] for each in counted.asked].count(21) == 1
        assert [each[1] for each in counted.asked].count(23) == 2

    async def given(remote: RemoteMeter, counted: Counted) -> None:
        reading = await remote.reading("ST23")
        assert "ST23" in reading
        assert [each[1] for each in counted.asked] == [23]

    talk(held(), said)
    talk(held(), given, bind=profile())


def test_what_layouts_need_is_read_again_when_it_may_have_changed() -> None:
    async def said(remote: RemoteMeter, counted: Counted) -> None:
        def read() -> int:
            return [each[:2] for each in counted.asked].count(("read", 21))

        await remote.reading("ST23")
        with pytest.raises(ServiceRefused):
            await remote.write_octets("ST21", bytes(10))
        await remote.reading("ST23")
        assert read() == 2
        assert (await remote.procedure("WARM_START")).done
        await remote.reading("ST23")
        assert read() == 3

    talk(held(), said)


def test_neighbours_are_read_together() -> None:
    near = [Span(offset=0, count=2), Span(offset=6, count=2), Span(offset=40, count=1, indices=(3,))]
    assert merged(near, Access.OFFSET) == (Span(offset=0, count=8), Span(offset=40, count=1))
    assert merged(near, Access.OFFSET | Access.INDEX) == (
        Span(offset=0, count=8),
        Span(offset=40, count=1, indices=(3,)),
    )
    assert merged(near[:2], Access.OFFSET, near=0) == tuple(near[:2])


@pytest.mark.parametrize(
    ("access", "asked"),
    [(0, ("write", 6, None, 210)), (1, ("write", 6, 20, 20)), (2, ("write index", 6, (1,), 20))],
)
def test_only_the_octets_of_an_element_are_written(access: int, asked: tuple[Any, ...]) -> None:
    made = held(access)
    names = list(made.tables.record("ST6") or ())[:2]

    async def said(remote: RemoteMeter, counted: Counted) -> None:
        before = await remote.octets("ST6")
        counted.asked.clear()
        await remote.write(f"ST6.{names[1]}", "TWO".ljust(20))
        written = [each for each in counted.asked if each[0].startswith("write")]
        assert written == [(*asked[:3], len(before) if access == 0 else asked[3])]
        assert await remote.read(f"ST6.{names[1]}") == "TWO".ljust(20)
        assert made.tables.octets("ST6") == before[:20] + b"TWO".ljust(20) + before[40:]

    talk(made, said)


def test_a_write_that_does_not_stay_is_told() -> None:
    made = meter(Image(profile=profile(general=GENERAL | {"STD_TBLS_WRITE": [52]})))

    async def said(remote: RemoteMeter, _: Counted) -> None:
        octets = bytes(len(await remote.octets("ST52")))
        with pytest.raises(NotKept, match="ST52"):
            await remote.write("ST52", octets)
        await remote.write("ST52", octets, check=False)

    talk(made, said)


def test_a_whole_meter_is_what_it_holds() -> None:
    """What it refuses is told by its table, and Table 7 is not asked for."""
    made = held()

    async def said(remote: RemoteMeter, _: Counted) -> None:
        seen = list[int]()
        whole = await remote.image(lambda done, of: seen.append(done))
        assert set(whole.failures) == {"ST42", "ST43", "ST44"}
        assert all(isinstance(error, ServiceRefused) for error in whole.failures.values())
        assert whole.cut is None
        assert "ST7" not in whole.tables
        assert {key: made.tables.octets(key) for key in whole.tables} == whole.tables
        assert len(seen) > 20

    talk(made, said)


@pytest.mark.parametrize(
    ("fault", "kind"), [(Fault.SILENCE, NoAnswer), (Fault.NOISE, Garbled), (Fault.CHECKSUM, Damaged)]
)
def test_the_layer_that_failed_is_told(fault: Fault, kind: type[Exception]) -> None:
    async def said(remote: RemoteMeter, _: Counted) -> None:
        with pytest.raises(kind):
            await remote.reading("ST1")

    talk(held(), said, fault)


def test_paths() -> None:
    definition = standard()
    assert element(definition, "23").path == ()
    assert element(definition, "ST23.TOT_DATA_BLOCK.DEMANDS.CUM_DEMAND").fixed == ("TOT_DATA_BLOCK", "DEMANDS")
    for text in ("ST23.NO_SUCH", "ST23.SUMMATIONS", "ST1.ED_MODEL[0]", "ST23..X"):
        with pytest.raises(UnknownElement):
            element(definition, text)


def test_without_asyncio() -> None:
    """The same from a thread of its own, also where a loop is running."""

    async def inside_a_loop() -> None:
        with tdl.connect("simulated:std:residential", "std:1997", credentials=WHO) as remote:
            assert remote["ST21"].NBR_SUMMATIONS == 1
            assert remote.read("ST21.NBR_SUMMATIONS") == 1
            assert remote.octets("ST1", offset=0, count=2) == b"\0\0"
            assert len(remote.image().tables) > 40
            with pytest.raises(ServiceRefused):
                remote.write("ST5", b"A" * 20)
            with pytest.raises(EncodeError):
                remote.write("ST5.IDENTIFICATION", "longer than the twenty octets")

    asyncio.run(inside_a_loop())
    with pytest.raises(LineFailed):
        tdl.connect("c1218+tcp://127.0.0.1", "std:1997")


def test_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Its examples print what it says."""
    examples = list(blocks(PAGE))
    for example, printed in zip(examples[::2], examples[1::2], strict=True):
        exec(compile(example.body, example.place, "exec"), {})
        assert capsys.readouterr().out == printed.body
