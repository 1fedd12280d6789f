"""A table of so many elements or records, compiled, decoded and encoded.

Run in a process of its own for each size, `python -m tests.benchmarks.growing KIND UNITS`; prints as JSON what each
step takes: CPU seconds, and how many more octets of memory the process had at its height than before the step.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import thread_time
from typing import TypeVar

from tdl.backends.api import Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import load
from tdl.project.reading import known_values
from tests.benchmarks.height import begin, height
from tests.differential.packages import imported

T = TypeVar("T")

HEAD = """DOCUMENT GROWTH;
TYPE FORMAT_BFLD = BIT FIELD OF UINT8 DATA_ORDER : UINT(0..0); TM_FORMAT : UINT(1..3); FILLER : FILL(4..7); END;
TYPE CONFIG_RCD = PACKED RECORD FORMAT : FORMAT_BFLD; END;
TABLE 0 CONFIG_TBL = CONFIG_RCD;
TABLE 1 MANY_TBL = MANY_RCD;
"""
PROFILE = "[CONFIG_TBL]\nDATA_ORDER = 0\nTM_FORMAT = 2\n"
RECORD = bytes([24, 6, 7, 8, 9, 1, 0, 2, 0, 3, 0, 4, 0])


def document(kind: str, units: int) -> tuple[str, bytes]:
    """A definition whose Table 1 has so many units, and an image of that table."""
    if kind == "elements":
        elements = "".join(f"    E{number} : UINT16;\n" for number in range(units))
        return f"{HEAD}TYPE MANY_RCD = PACKED RECORD\n{elements}END;\n", bytes([1, 2]) * units
    entry = "TYPE ENTRY_RCD = PACKED RECORD AT : STIME_DATE; VALUES : ARRAY[4] OF UINT16; END;\n"
    many = f"TYPE MANY_RCD = PACKED RECORD ENTRIES : ARRAY[{units}] OF ENTRY_RCD; END;\n"
    return HEAD + entry + many, RECORD * units


def costs(kind: str, units: int) -> dict[str, tuple[float, float]]:
    """Seconds and octets of each step."""
    text, image = document(kind, units)
    found: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path, profile = Path(folder, "growth.tdl"), Path(folder, "meter.toml")
        path.write_text(text, "utf-8")
        profile.write_text(PROFILE, "utf-8")
        definition = _step(found, "compile", lambda: load(str(path)))
        environment = known_values(definition, read_profile(str(profile)))
        decoded = [_step(found, "decode, reference codec", lambda: definition.decode("ST1", image, environment))]
        # taken out of the list: in the steps that follow, the collector of garbage would look through it
        _step(found, "encode, reference codec", lambda: definition.encode("ST1", decoded.pop(), environment))
        bound = bind(definition.plan, environment)
        files = _step(
            found,
            "generate Python",
            lambda: find_backend("python").generate(definition.model, bound, Options(package="growing")),
        )
        with imported(files) as package:
            table = _step(found, "import", lambda: package.st1)
            record = _step(found, "decode, generated Python", lambda: table.decode(image))
            if kind == "records":
                _step(found, "make all objects, generated Python", lambda: list(record.ENTRIES))
            octets = _step(found, "encode, generated Python", lambda: table.encode(record))
    assert octets == image
    return found


def _step(found: dict[str, tuple[float, float]], name: str, call: Callable[[], T]) -> T:
    gc.collect()
    before, begun = begin(), thread_time()
    result = call()
    found[name] = thread_time() - begun, height() - before
    return result


if __name__ == "__main__":
    costs(sys.argv[1], 10)  # so that the first step of what follows imports nothing
    print(json.dumps(costs(sys.argv[1], int(sys.argv[2]))))
