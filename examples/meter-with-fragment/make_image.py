"""Makes ``image/`` and ``expected.json``: a made-up AX200's tables and the values in them.

Uses nothing of tdl, so that decoding the one must give the other.

    python make_image.py [FOLDER]
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]

STD_TABLES = [*range(9), *range(10, 17), *range(20, 29), *range(60, 65)]

TABLES: dict[str, dict[str, Any]] = {
    "ST0": {
        "FORMAT_CONTROL_1": {"DATA_ORDER": 0, "CHAR_FORMAT": 1, "MODEL_SELECT": 0},
        "FORMAT_CONTROL_2": {"TM_FORMAT": 2, "DATA_ACCESS_METHOD": 3, "ID_FORM": 0, "INT_FORMAT": 0},
        "FORMAT_CONTROL_3": {"NI_FORMAT1": 8, "NI_FORMAT2": 4},
        "DEVICE_CLASS": "8F3A0501",
        "NAMEPLATE_TYPE": 2,
        "DEFAULT_SET_USED": 0,
        "MAX_PROC_PARM_LENGTH": 32,
        "MAX_RESP_DATA_LEN": 32,
        "STD_VERSION_NO": 2,
        "STD_REVISION_NO": 1,
        "DIM_STD_TBLS_USED": 9,
        "DIM_MFG_TBLS_USED": 1,
        "DIM_STD_PROC_USED": 3,
        "DIM_MFG_PROC_USED": 1,
        "DIM_MFG_STATUS_USED": 1,
        "NBR_PENDING": 2,
        "STD_TBLS_USED": STD_TABLES,
        "MFG_TBLS_USED": [5],
        "STD_PROC_USED": [3, 4, 5, 7, 9, 10, 12, 13, 14, 15, 16, 17],
        "MFG_PROC_USED": [],
        "STD_TBLS_WRITE": [5, 7, 13, 15, 22, 27, 62],
        "MFG_TBLS_WRITE": [],
    },
    "ST1": {
        "MANUFACTURER": "ACME",
        "ED_MODEL": "AX200   ",
        "HW_VERSION_NUMBER": 2,
        "HW_REVISION_NUMBER": 0,
        "FW_VERSION_NUMBER": 1,
        "FW_REVISION_NUMBER": 4,
        "MFG_SERIAL_NUMBER": "0000000012345678",
    },
    "ST3": {
        "ED_MODE": {"METERING_FLAG": True, "TEST_MODE_FLAG": False},
        "ED_STD_STATUS1": {"LOW_BATTERY_FLAG": True, "TAMPER_DETECT_FLAG": False, "COVER_OPEN_FLAG": True},
        "ED_MFG_STATUS": [1],
    },
    "ST11": {
        "SOURCE_FLAGS": {"PF_EXCLUDE_FLAG": False, "BLOCK_DEMAND_FLAG": True, "SLIDING_DEMAND_FLAG": False},
        "NBR_UOM_ENTRIES": 4,
        "NBR_DEMAND_CTRL_ENTRIES": 2,
        "DATA_CTRL_LENGTH": 1,
        "NBR_DATA_CTRL_ENTRIES": 4,
        "NBR_CONSTANTS_ENTRIES": 1,
        "CONSTANTS_SELECTOR": 2,
        "NBR_SOURCES": 4,
    },
    "ST12": {
        "UOM_ENTRY": [
            {"ID_CODE": 0, "TIME_BASE": 0, "MULTIPLIER": 0, "Q1_ACCOUNTABILITY": True, "Q4_ACCOUNTABILITY": True},
            {"ID_CODE": 0, "TIME_BASE": 0, "MULTIPLIER": 0, "Q2_ACCOUNTABILITY": True, "Q3_ACCOUNTABILITY": True},
            {"ID_CODE": 0, "TIME_BASE": 4, "MULTIPLIER": 2, "Q1_ACCOUNTABILITY": True, "Q4_ACCOUNTABILITY": True},
            {"ID_CODE": 1, "TIME_BASE": 4, "MULTIPLIER": 2, "Q1_ACCOUNTABILITY": True, "Q2_ACCOUNTABILITY": True},
        ],
    },
    "ST16": {
        "SOURCES_LINK": [
            {"UOM_ENTRY_FLAG": True, "DATA_CTRL_FLAG": True, "CONSTANTS_FLAG": True, "PULSE_ENGR_FLAG": True},
            {"UOM_ENTRY_FLAG": True, "DATA_CTRL_FLAG": True, "CONSTANTS_FLAG": False, "PULSE_ENGR_FLAG": True},
            {"UOM_ENTRY_FLAG": True, "DEMAND_CTRL_FLAG": True, "DATA_CTRL_FLAG": True, "PULSE_ENGR_FLAG": True},
            {"UOM_ENTRY_FLAG": True, "DEMAND_CTRL_FLAG": True, "DATA_CTRL_FLAG": True, "PULSE_ENGR_FLAG": True},
        ],
    },
    "ST21": {
        "REG_FUNC1_FLAGS": {
            "DATE_TIME_FIELD_FLAG": True,
            "DEMAND_RESET_CTR_FLAG": True,
            "CUM_DEMAND_FLAG": True,
            "CONT_CUM_DEMAND_FLAG": False,
            "TIME_REMAINING_FLAG": True,
        },
        "REG_FUNC2_FLAGS": {"SELF_READ_SEQ_NBR_FLAG": True, "SELF_READ_DEMAND_RESET": 1},
        "NBR_SELF_READS": 2,
        "NBR_SUMMATIONS": 2,
        "NBR_DEMANDS": 1,
        "NBR_COIN_VALUES": 1,
        "NBR_OCCUR": 1,
        "NBR_TIERS": 2,
        "NBR_PRESENT_DEMANDS": 1,
        "NBR_PRESENT_VALUES": 2,
    },
    "ST22": {
        "SUMMATION_SELECT": [{"SOURCE_INDEX": 0}, {"SOURCE_INDEX": 1}],
        "DEMAND_SELECT": [{"SOURCE_INDEX": 2}],
        "MIN_OR_MAX_FLAGS": [0],
        "COINCIDENT_SELECT": [{"SOURCE_INDEX": 3}],
        "COIN_DEMAND_ASSOC": [0],
    },
    "ST23": {
        "NBR_DEMAND_RESETS": 7,
        "TOT_DATA_BLOCK": {
            "SUMMATIONS": [1234567, 8910],
            "DEMANDS": [{"EVENT_TIME": ["2024-01-18T17:45:00"], "CUM_DEMAND": 29, "DEMAND": ["4.2375"]}],
            "COINCIDENTS": [{"COINCIDENT_VALUES": ["0.8125"]}],
        },
        "TIER_DATA_BLOCK": [
            {
                "SUMMATIONS": [700000, 8910],
                "DEMANDS": [{"EVENT_TIME": ["2024-01-09T12:15:00"], "CUM_DEMAND": 17, "DEMAND": ["2.5000"]}],
                "COINCIDENTS": [{"COINCIDENT_VALUES": ["-0.1250"]}],
            },
            {
                "SUMMATIONS": [534567, 0],
                "DEMANDS": [{"EVENT_TIME": ["2024-01-18T17:45:00"], "CUM_DEMAND": 29, "DEMAND": ["4.2375"]}],
                "COINCIDENTS": [{"COINCIDENT_VALUES": ["0.8125"]}],
            },
        ],
    },
    "MT5": {
        "NBR_FAULTS": 2,
        "FAULTS": [
            {
                "FAULT_CODE": 1,
                "NBR_OCCURRENCES": 3,
                "LAST_TIME": "2023-12-24T18:30:05",
                "SUMMATIONS_THEN": [1200345, 8899],
            },
            # a code that the fragment does not name keeps its number
            {
                "FAULT_CODE": 200,
                "NBR_OCCURRENCES": 1,
                "LAST_TIME": "2024-01-02T03:04:05",
                "SUMMATIONS_THEN": [1210000, 8905],
            },
        ],
    },
}
"""The values as tdl writes them in JSON; flags that are not named are off."""


def members(numbers: Iterable[int], octets: int) -> bytes:
    """A set: member i is bit i % 8 of octet i / 8."""
    return sum(1 << number for number in numbers).to_bytes(octets, "little")


def flags(record: Record, bits: Mapping[str, int]) -> int:
    return sum(record.get(name, False) << bit for name, bit in bits.items())


def short_time(text: str) -> bytes:
    at = datetime.fromisoformat(text)
    return bytes([at.year % 100, at.month, at.day, at.hour, at.minute])


def long_time(text: str) -> bytes:
    return short_time(text) + bytes([datetime.fromisoformat(text).second])


def decimals4(text: str) -> bytes:
    return struct.pack("<i", int(Decimal(text) * 10000))


def single_octets(record: Record, first: str, last: str) -> bytes:
    """All members from one to another, each of one octet."""
    names = list(record)
    return bytes(record[name] for name in names[names.index(first) : names.index(last) + 1])


def general_configuration(t: Record) -> bytes:
    order, times, numbers = t["FORMAT_CONTROL_1"], t["FORMAT_CONTROL_2"], t["FORMAT_CONTROL_3"]
    formats = bytes(
        [
            order["DATA_ORDER"] | order["CHAR_FORMAT"] << 1 | order["MODEL_SELECT"] << 4,
            times["TM_FORMAT"] | times["DATA_ACCESS_METHOD"] << 3 | times["ID_FORM"] << 5 | times["INT_FORMAT"] << 6,
            numbers["NI_FORMAT1"] | numbers["NI_FORMAT2"] << 4,
        ]
    )
    sets = b"".join(
        members(t[name], t[size])
        for name, size in (
            ("STD_TBLS_USED", "DIM_STD_TBLS_USED"),
            ("MFG_TBLS_USED", "DIM_MFG_TBLS_USED"),
            ("STD_PROC_USED", "DIM_STD_PROC_USED"),
            ("MFG_PROC_USED", "DIM_MFG_PROC_USED"),
            ("STD_TBLS_WRITE", "DIM_STD_TBLS_USED"),
            ("MFG_TBLS_WRITE", "DIM_MFG_TBLS_USED"),
        )
    )
    return formats + bytes.fromhex(t["DEVICE_CLASS"]) + single_octets(t, "NAMEPLATE_TYPE", "NBR_PENDING") + sets


def identification(t: Record) -> bytes:
    versions = single_octets(t, "HW_VERSION_NUMBER", "FW_REVISION_NUMBER")
    return b"".join([t["MANUFACTURER"].encode(), t["ED_MODEL"].encode(), versions, t["MFG_SERIAL_NUMBER"].encode()])


def status(t: Record) -> bytes:
    mode = flags(t["ED_MODE"], {"METERING_FLAG": 0, "TEST_MODE_FLAG": 1})
    word = flags(t["ED_STD_STATUS1"], {"LOW_BATTERY_FLAG": 8, "TAMPER_DETECT_FLAG": 12, "COVER_OPEN_FLAG": 14})
    return struct.pack("<BHB", mode, word, 0) + members(t["ED_MFG_STATUS"], 1)


def sources(t: Record) -> bytes:
    bits = {"PF_EXCLUDE_FLAG": 0, "BLOCK_DEMAND_FLAG": 2, "SLIDING_DEMAND_FLAG": 3}
    return bytes([flags(t["SOURCE_FLAGS"], bits)]) + single_octets(t, "NBR_UOM_ENTRIES", "NBR_SOURCES")


def units(t: Record) -> bytes:
    quadrants = {f"Q{number}_ACCOUNTABILITY": 13 + number for number in (1, 2, 3, 4)}
    words = [
        entry["ID_CODE"] | entry["TIME_BASE"] << 8 | entry["MULTIPLIER"] << 11 | flags(entry, quadrants)
        for entry in t["UOM_ENTRY"]
    ]
    return struct.pack(f"<{len(words)}I", *words)


def source_links(t: Record) -> bytes:
    names = ("UOM_ENTRY_FLAG", "DEMAND_CTRL_FLAG", "DATA_CTRL_FLAG", "CONSTANTS_FLAG", "PULSE_ENGR_FLAG")
    return bytes(flags(link, {name: bit for bit, name in enumerate(names)}) for link in t["SOURCES_LINK"])


def registers(t: Record) -> bytes:
    bits = {
        "DATE_TIME_FIELD_FLAG": 1,
        "DEMAND_RESET_CTR_FLAG": 2,
        "CUM_DEMAND_FLAG": 4,
        "CONT_CUM_DEMAND_FLAG": 5,
        "TIME_REMAINING_FLAG": 6,
    }
    one, two = flags(t["REG_FUNC1_FLAGS"], bits), t["REG_FUNC2_FLAGS"]
    functions = bytes([one, two["SELF_READ_SEQ_NBR_FLAG"] << 1 | two["SELF_READ_DEMAND_RESET"] << 4])
    return functions + single_octets(t, "NBR_SELF_READS", "NBR_PRESENT_VALUES")


def selection(t: Record) -> bytes:
    summations, demands, coincidents = (
        bytes(select["SOURCE_INDEX"] for select in t[name])
        for name in ("SUMMATION_SELECT", "DEMAND_SELECT", "COINCIDENT_SELECT")
    )
    return summations + demands + members(t["MIN_OR_MAX_FLAGS"], 1) + coincidents + bytes(t["COIN_DEMAND_ASSOC"])


def block(t: Record) -> bytes:
    octets = struct.pack("<2i", *t["SUMMATIONS"])
    for demand in t["DEMANDS"]:
        octets += short_time(demand["EVENT_TIME"][0]) + struct.pack("<i", demand["CUM_DEMAND"])
        octets += decimals4(demand["DEMAND"][0])
    return octets + b"".join(decimals4(each["COINCIDENT_VALUES"][0]) for each in t["COINCIDENTS"])


def register_data(t: Record) -> bytes:
    tiers = b"".join(block(tier) for tier in t["TIER_DATA_BLOCK"])
    return bytes([t["NBR_DEMAND_RESETS"]]) + block(t["TOT_DATA_BLOCK"]) + tiers


def faults(t: Record) -> bytes:
    octets = bytes([t["NBR_FAULTS"]])
    for fault in t["FAULTS"]:
        octets += struct.pack("<BH", fault["FAULT_CODE"], fault["NBR_OCCURRENCES"]) + long_time(fault["LAST_TIME"])
        octets += struct.pack("<2i", *fault["SUMMATIONS_THEN"])
    return octets


MAKERS = {
    "ST0": general_configuration,
    "ST1": identification,
    "ST3": status,
    "ST11": sources,
    "ST12": units,
    "ST16": source_links,
    "ST21": registers,
    "ST22": selection,
    "ST23": register_data,
    "MT5": faults,
}


def main(folder: Path) -> None:
    image = folder / "image"
    image.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        (image / f"{name}.bin").write_bytes(make(TABLES[name]))
    (folder / "expected.json").write_text(json.dumps(TABLES, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
