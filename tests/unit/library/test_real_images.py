"""Octets of real meters, in every edition: nothing is left over, and the values make sense."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tdl.codec.decoder import decode
from tdl.codec.encoder import encode
from tdl.codec.environment import Environment
from tdl.codec.values import Record
from tdl.pipeline import Compiled
from tests.unit.library.meters import environment, table


def test_table_0_of_a_real_meter(edition: str, editions: Mapping[str, Compiled], images: Path) -> None:
    octets = (images / "epri-st0/ST0.bin").read_bytes()
    configuration = table(editions[edition].plan, "ST0")
    decoded = decode(configuration, octets, Environment())
    assert encode(configuration, decoded, Environment()) == octets
    if edition == "1997":
        assert decoded.MANUFACTURER == "EPRI"
    else:
        assert decoded.DEVICE_CLASS == b"EPRI"
    assert (decoded.FORMAT_CONTROL_1.DATA_ORDER, decoded.FORMAT_CONTROL_1.MODEL_SELECT) == (0, 1)
    assert (decoded.FORMAT_CONTROL_3.NI_FORMAT1, decoded.FORMAT_CONTROL_3.NI_FORMAT2) == (10, 9)
    assert (decoded.DIM_STD_TBLS_USED, decoded.DIM_MFG_STATUS_USED, decoded.NBR_PENDING) == (13, 13, 6)
    assert list(decoded.STD_PROC_USED) == [*range(3, 13), 14, 20]
    expect_sense(decoded, editions[edition])


def expect_sense(configuration: Record, compiled: Compiled) -> None:
    """What Table 0 says of a meter's tables is possible."""
    declared = {t.id.value for t in compiled.model.tables}
    used = set(configuration.STD_TBLS_USED)
    assert {0, 1} <= used <= declared
    for dimension, actual in ((10, 11), (20, 21), (50, 51), (60, 61), (70, 71)):
        assert dimension not in used or actual in used
    assert set(configuration.STD_PROC_USED) <= {p.id.number for p in compiled.model.procedures}
    assert configuration.STD_VERSION_NO in (0, 1, 2)


def test_table_1_of_a_real_meter(edition: str, editions: Mapping[str, Compiled], images: Path) -> None:
    octets = (images / "elster-a3/ST1.bin").read_bytes()
    identification = table(editions[edition].plan, "ST1")
    known = environment(identification, {})
    decoded = decode(identification, octets, known)
    assert encode(identification, decoded, known) == octets
    assert (decoded.MANUFACTURER, decoded.ED_MODEL) == ("EE  ", "A3R     ")
    assert (decoded.HW_VERSION_NUMBER, decoded.HW_REVISION_NUMBER) == (2, 0)
    assert (decoded.FW_VERSION_NUMBER, decoded.FW_REVISION_NUMBER) == (3, 6)
    serial = decoded.MFG_SERIAL_NUMBER
    assert serial == serial.strip().rjust(16)
    assert serial.strip().isdecimal()
