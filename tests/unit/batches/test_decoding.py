from __future__ import annotations

import _ctypes
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import tdl
from tdl.batches import decoding, running
from tdl.batches.decoding import BATCH, BatchDecoder, UnknownColumn, batch_decoder, decode_batches
from tdl.batches.images import UnusableImages
from tdl.batches.layout import Wanted, layout_of
from tdl.batches.native_engine import NativeEngine, NativeError, compiled
from tdl.batches.types import ENUMERATION
from tdl.codec.environment import Environment
from tests.benchmarks.python.images import CONFIG, PROFILE, REGISTERS
from tests.work import counted

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "c"
SIZE = len(REGISTERS)
BOUND: dict[str, Any] = {"bind": str(BENCHMARKS / "profile.toml")}


@pytest.fixture(scope="module")
def definition() -> tdl.Definition:
    return tdl.load(str(BENCHMARKS / "tables.tdl"))


@pytest.fixture(scope="module")
def registers(definition: tdl.Definition) -> BatchDecoder:
    return batch_decoder(definition, "ST23", **BOUND)


# --- what comes out --------------------------------------------------------------------------------------------------


def test_columns_are_elements_and_arrays_are_nested(definition: tdl.Definition) -> None:
    (batch,) = tdl.batches.decode_batches(definition, "ST23", [REGISTERS, REGISTERS], **BOUND)
    assert batch.num_rows == 2
    assert batch.schema.names == [
        "FLAGS.SEASON", "FLAGS.TIER", "FLAGS.RESET", "FLAGS.CLOCK", "FLAGS.TAMPER", "FLAGS.STATE", "RESETS", "AT",
        "TIERS", "$error",
    ]  # fmt: skip
    assert batch.schema.field("FLAGS.CLOCK").type == pa.bool_()
    assert batch.schema.field("AT").type == pa.timestamp("s")
    demand = pa.struct([("AT", pa.timestamp("s")), ("PEAK", pa.int32()), ("CUM", pa.int64())])
    tier = pa.struct([("SUMMATIONS", pa.list_(pa.uint64(), 5)), ("DEMANDS", pa.list_(demand, 4))])
    assert batch.schema.field("TIERS").type == pa.list_(tier, 4)
    assert batch["AT"][0].as_py() == datetime(2033, 7, 7, 11, 34)
    assert batch["TIERS"][1][3]["SUMMATIONS"][4].as_py() == int.from_bytes(REGISTERS[302:308], "little")


def test_codes_are_numbers_and_their_names_are_metadata() -> None:
    decoder = batch_decoder("std:2012", "ST0", bind="std:residential")
    names = decoder.schema.field("NAMEPLATE_TYPE").metadata[ENUMERATION]
    assert b'"2": "ELECTRIC"' in names
    assert pa.types.is_uint8(decoder.schema.field("NAMEPLATE_TYPE").type)


def test_a_row_that_does_not_decode_says_why(registers: BatchDecoder) -> None:
    batch = registers.decode(pa.array([REGISTERS, REGISTERS[:-1], None, REGISTERS + b"\0"], pa.binary()))
    assert batch["$error"].to_pylist() == [
        None,
        "ST23 TIERS[3].DEMANDS[3].CUM at octet 362: 5 left, 6 octets expected",
        "no image",
        "ST23 at octet 368: 1 more octet, the end of the table expected",
    ]
    assert batch["RESETS"].is_valid().to_pylist() == [True, False, False, False]
    assert batch["TIERS"].is_valid().to_pylist() == [True, False, False, False]


def test_errors_of_one_size_are_explained_once(registers: BatchDecoder) -> None:
    few, many = (pa.array([b"x" * 300] * count, pa.binary()) for count in (10, 1000))
    registers.decode(few)
    with counted() as work_of_few:
        registers.decode(few)
    with counted() as work_of_many:
        registers.decode(many)
    assert work_of_many.calls < work_of_few.calls + 12 * 990


def test_a_date_never_set_is_null(registers: BatchDecoder) -> None:
    batch = registers.decode(pa.array([bytes(SIZE)], pa.binary()))
    assert batch["AT"].to_pylist() == [None]
    assert batch["$error"].to_pylist() == [None]


# --- what goes in ----------------------------------------------------------------------------------------------------

IMAGES = [bytes([number]) + REGISTERS[1:] for number in range(7)]


@pytest.mark.parametrize(
    "images",
    [
        pa.array(IMAGES, pa.binary()),
        pa.array(IMAGES, pa.large_binary()),
        pa.array(IMAGES, pa.binary_view()),
        pa.array(IMAGES, pa.binary(SIZE)),
        pa.array([b"", *IMAGES, b""], pa.binary())[1:8],
        pa.array([bytes(SIZE), *IMAGES], pa.binary(SIZE))[1:],
        pa.array(IMAGES, pa.binary()).dictionary_encode(),
        pa.chunked_array([pa.array(IMAGES[:3], pa.binary()), pa.array(IMAGES[3:], pa.binary())]),
        [pa.array(IMAGES[:3], pa.binary()), *IMAGES[3:]],
        iter(IMAGES),
        b"".join(IMAGES),
        memoryview(b"".join(IMAGES)),
        pa.py_buffer(b"".join(IMAGES)),
        np.frombuffer(b"".join(IMAGES), np.uint8),
    ],
    ids=[
        "binary", "large", "view", "fixed", "slice", "fixed slice", "dictionary", "chunks", "mixed", "iterator",
        "bytes", "memoryview", "buffer", "numpy",
    ],
)  # fmt: skip
def test_images_in_every_form(registers: BatchDecoder, images: Any) -> None:
    batches = list(registers.batches(images, rows=3))
    assert all(batch.num_rows <= 3 for batch in batches)
    table = pa.Table.from_batches(batches)
    assert table["FLAGS.SEASON"].to_pylist() == list(range(7))
    assert table["$error"].null_count == 7


def test_what_is_left_behind_whole_images_is_an_error(registers: BatchDecoder) -> None:
    table = pa.Table.from_batches(registers.batches(REGISTERS * 2 + b"abc"))
    assert table["$error"].is_null().to_pylist() == [True, True, False]


@pytest.mark.parametrize("images", [7, "text", [7], pa.array([1, 2])], ids=["number", "text", "numbers", "integers"])
def test_what_is_no_images(registers: BatchDecoder, images: Any) -> None:
    with pytest.raises(UnusableImages, match="expected"):
        list(registers.batches(images))


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize(
    "offsets",
    [[0, SIZE, 5, 2 * SIZE], [0, 2**30, 2**30 + SIZE, 2 * SIZE], [0, -SIZE, 0, SIZE]],
    ids=["backwards", "outside", "before"],
)
def test_an_array_that_lies(definition: tdl.Definition, engine: Any, offsets: list[int]) -> None:
    decoder = batch_decoder(definition, "ST23", engine=engine, **BOUND)
    buffers = [None, pa.py_buffer(np.array(offsets, np.int32)), pa.py_buffer(bytes(2 * SIZE))]
    with pytest.raises(UnusableImages, match="an array that cannot be"):
        decoder.decode(pa.Array.from_buffers(pa.binary(), 3, buffers))


def test_more_than_a_batch_may_have(registers: BatchDecoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MOST", 3 * SIZE)
    with pytest.raises(ValueError, match="at most 1104 expected"):
        registers.decode(pa.array(IMAGES, pa.binary(SIZE)))
    assert [batch.num_rows for batch in registers.batches(pa.array(IMAGES, pa.binary(SIZE)))] == [3, 3, 1]


def test_images_behind_each_other_need_a_size(definition: tdl.Definition) -> None:
    decoder = batch_decoder(definition, "ST0", **BOUND)
    assert decoder.size is None
    with pytest.raises(UnusableImages, match="of unknown size, `size` expected"):
        list(decoder.batches(CONFIG))
    (batch,) = decoder.batches(CONFIG * 2, size=len(CONFIG))
    assert batch["MANUFACTURER"].to_pylist() == ["ACME", "ACME"]
    assert decoder.engine == "one by one"


def test_batches_are_of_a_size_that_stays_in_the_cache(registers: BatchDecoder) -> None:
    first = next(registers.batches(REGISTERS * 20_000))
    assert first.num_rows == BATCH // SIZE


def test_no_images(registers: BatchDecoder) -> None:
    assert list(registers.batches([])) == []
    assert registers.decode(pa.array([], pa.binary())).num_rows == 0


# --- what is wanted --------------------------------------------------------------------------------------------------


def test_chosen_columns_alone(definition: tdl.Definition, registers: BatchDecoder) -> None:
    chosen = ["FLAGS.SEASON", "TIERS[].DEMANDS.PEAK"]
    decoder = batch_decoder(definition, "ST23", columns=chosen, **BOUND)
    images = pa.array(IMAGES, pa.binary())
    found, whole = decoder.decode(images), registers.decode(images)
    assert found.schema.names == ["FLAGS.SEASON", "TIERS", "$error"]
    assert found["FLAGS.SEASON"] == whole["FLAGS.SEASON"]
    assert peaks(found) == peaks(whole)
    assert found.schema.field("TIERS").type.value_type.num_fields == 1


def peaks(batch: pa.RecordBatch) -> list[int]:
    return [demand["PEAK"] for row in batch["TIERS"].to_pylist() for tier in row for demand in tier["DEMANDS"]]


def test_a_column_that_is_not_there(definition: tdl.Definition) -> None:
    with pytest.raises(UnknownColumn, match=r"ST23 has no element `FLAGS.SEASONS`, did you mean `FLAGS.SEASON`"):
        decode_batches(definition, "ST23", [], columns=["FLAGS.SEASONS"], **BOUND)


def test_memory_is_used_again(registers: BatchDecoder) -> None:
    memory = registers.buffers(7)
    assert memory is not None
    first = registers.decode(pa.array(IMAGES, pa.binary()), memory)
    assert first["FLAGS.SEASON"].to_pylist() == list(range(7))
    address = first["FLAGS.SEASON"].buffers()[1].address
    again = registers.decode(pa.array(IMAGES[::-1], pa.binary()), memory)
    assert again["FLAGS.SEASON"].buffers()[1].address == address
    assert again["FLAGS.SEASON"].to_pylist() == list(range(7))[::-1]
    with pytest.raises(ValueError, match="room for 7 images, 8 expected"):
        registers.decode(pa.array([*IMAGES, REGISTERS], pa.binary()), memory)


def test_images_are_not_copied(registers: BatchDecoder) -> None:
    from tdl.batches.images import dense

    array = pa.array(IMAGES, pa.binary())[2:5]
    found, fits = dense(array, SIZE)
    assert fits is None
    assert found.octets.ctypes.data == array.buffers()[2].address + 2 * SIZE


# --- engines ---------------------------------------------------------------------------------------------------------


def test_native_code_when_it_pays(definition: tdl.Definition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PAYS", 3 * SIZE)
    decoder = batch_decoder(definition, "ST23", **BOUND)
    images = pa.array(IMAGES[:3], pa.binary())
    first = decoder.decode(images)
    assert decoder.engine == "numpy"
    second = decoder.decode(images)
    assert decoder.engine == "native"
    assert first.equals(second)


def test_numpy_goes_on_where_nothing_can_be_compiled(
    definition: tdl.Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*layouts: object) -> list[NativeEngine]:
        raise NativeError("no compiler")

    monkeypatch.setattr(running, "PAYS", 0)
    monkeypatch.setattr(running, "compiled", refuse)
    decoder = batch_decoder(definition, "ST23", **BOUND)
    assert decoder.decode(pa.array(IMAGES, pa.binary())).num_rows == 7
    assert decoder.engine == "numpy"
    with pytest.raises(NativeError, match="no compiler"):
        batch_decoder(definition, "ST23", engine="native", **BOUND)


def test_other_threads_run_on_while_native_code_decodes(definition: tdl.Definition) -> None:
    layout = layout_of(definition.bind("ST21", Environment()).root, Wanted())
    assert layout is not None
    (engine,) = compiled(layout)
    assert not engine._call._flags_ & _ctypes.FUNCFLAG_PYTHONAPI  # which would keep the interpreter's lock


def test_a_load_profile_in_columns(definition: tdl.Definition) -> None:
    (batch,) = decode_batches(definition, "ST64", [PROFILE], engine="native", **BOUND)
    interval = batch["BLOCKS"][0][39]["INTERVALS"][95]
    octets = PROFILE[-11:]
    assert interval["STATUS"]["F"].as_py() == octets[2] >> 4
    assert interval["CHANNELS"].as_py() == [int.from_bytes(octets[at : at + 2], "little") for at in (3, 5, 7, 9)]


# --- the extra -------------------------------------------------------------------------------------------------------


def test_nothing_is_imported_before_it_is_used() -> None:
    script = "import sys, tdl, tdl.batches; print(sorted({'pyarrow', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_without_the_extra_one_line_names_it() -> None:
    script = """
import sys
sys.modules["pyarrow"] = None
import tdl
try:
    tdl.batches.decode_batches
except tdl.TdlError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "columns need the extra `arrow`: pip install 'tdl-compiler[arrow]'\n"
