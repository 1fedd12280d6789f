"""A generated package as its users see it."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tdl
from tdl.backends.api import BackendError, GeneratedFile, Options, find_backend
from tdl.image.directory import read_profile
from tdl.ir.bind import bind
from tdl.project.definition import Definition, load
from tdl.project.reading import known_values
from tdl.sources import Resolver
from tests.differential.packages import imported

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "meter-with-fragment"
IMAGE = {path.stem: path.read_bytes() for path in sorted((EXAMPLE / "image").glob("*.bin"))}

TEXT = """
DOCUMENT SMALL_METER;
TYPE CODES_ENUM = ENUMERATION NONE : 0 WITH Label = "nothing"; class : 1; REST : 2..9; END;
TYPE FLAGS_BFLD = BIT FIELD OF UINT8 HIGH : UINT(4..6); LOW : BOOL(0); END;
TYPE A_RCD = PACKED RECORD
    class : UINT8 WITH Enum = CODES_ENUM, Label = "a quote \\\\ and {{ braces }}";
    FLAGS : FLAGS_BFLD;
    IF class == 1 THEN MORE : BINARY(2); END;
    ITEMS : ARRAY[2] OF UINT8;
END;
TABLE 0 GEN_CONFIG_TBL = A_RCD;
"""


def files_of(definition: Definition, options: Options | None = None) -> tuple[GeneratedFile, ...]:
    return find_backend("python").generate(definition.model, definition.plan, options or Options())


def written(files: tuple[GeneratedFile, ...], folder: Path) -> Path:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


@pytest.fixture(scope="module")
def definition() -> Definition:
    return load("small.tdl", resolver=Resolver({"small.tdl": TEXT}))


@pytest.fixture
def small(definition: Definition) -> Iterator[Any]:
    with imported(files_of(definition)) as package:
        yield package


@pytest.fixture(scope="module")
def example() -> Definition:
    return load("std:2012", [str(EXAMPLE / "acme-ax200.tdl")])


# --- what it is called and what it holds -----------------------------------------------------------------------------


def test_a_package_says_what_it_is(small: Any, definition: Definition) -> None:
    assert (small.__name__, small.DEFINITION, small.HASH) == ("small_meter", "SMALL_METER", definition.hash)
    assert small.TABLES == {"ST0": "st0"}
    assert small.BOUND == {}
    assert small.st0.KEY == "ST0"
    assert definition.hash == small.st0.HASH
    assert (small.st0.SIZE_MIN, small.st0.SIZE_MAX) == (4, 6)


def test_every_file_names_its_maker_and_licence(definition: Definition) -> None:
    for file in files_of(definition):
        text = file.content.decode("utf-8")
        if "/_runtime/" in file.path:
            assert text.startswith("# SPDX-License-Identifier: 0BSD\n")
            assert "tdl.codec." not in "".join(line for line in text.splitlines() if "import" in line)
        elif not file.path.endswith("py.typed"):
            assert text.startswith(
                "# Made by tdl from SMALL_METER; its hash is in __init__.py.\n# This file belongs to"
            )
        if file.path.endswith("/__init__.py") and file.path.count("/") == 1:
            assert f'HASH = "{definition.hash}"' in text.replace("'", '"')
        elif "/_runtime/" not in file.path:
            assert definition.hash not in text  # or an edit of one table would change the files of all


def test_the_name_can_be_chosen(definition: Definition) -> None:
    assert all(f.path.startswith("mine/") for f in files_of(definition, Options(package="mine")))
    for wrong in ("import", "two words", "é", "a.b", "../up", "1st"):
        with pytest.raises(BackendError) as caught:
            files_of(definition, Options(package=wrong))
        assert caught.value.diagnostic.code == "TDL903"
        assert f"`{wrong}` found for `--package`" in caught.value.diagnostic.message


def test_no_option_is_ignored(definition: Definition) -> None:
    with pytest.raises(BackendError, match="no option `speed`"):
        files_of(definition, Options(values={"speed": "high"}))


# --- values ----------------------------------------------------------------------------------------------------------


def test_records_are_plain_classes(small: Any) -> None:
    image = bytes([1, 0x31, 2, 0, 255, 3])
    record = small.decode("ST0", image)
    assert (record.class_, record["class"], record.FLAGS.HIGH, record.FLAGS.LOW) == (1, 1, 3, True)
    assert (record.MORE, record.ITEMS, record.FLAGS.spare) == (b"\2\0", [255, 3], 0)
    assert repr(record.FLAGS) == "FLAGS_BFLD(HIGH=3, LOW=True)"
    assert not hasattr(record, "__dict__")
    made = small.records.A_RCD(class_=1, FLAGS=small.records.FLAGS_BFLD(HIGH=3, LOW=True), MORE=b"\2\0", ITEMS=[255, 3])
    assert made == record == copy.deepcopy(record) == pickle.loads(pickle.dumps(record))
    assert small.encode("ST0", made) == image
    made.FLAGS.spare = 0x80
    assert made != record
    assert small.encode("ST0", made)[1] == 0xB1


def test_an_element_that_is_not_there(small: Any) -> None:
    record = small.st0.decode(bytes(4))
    assert record.MORE is None
    assert "MORE" not in record
    assert list(record) == ["class", "FLAGS", "ITEMS"]
    with pytest.raises(KeyError):
        record["MORE"]
    with pytest.raises(KeyError):
        record["class_"]
    record.MORE = b"12"
    with pytest.raises(small.EncodeError, match="ST0 MORE at octet 4: 2 octets, no such element here expected"):
        small.encode("ST0", record)


def test_codes_are_open(small: Any) -> None:
    codes = small.enumerations.CODES_ENUM
    assert (codes.NONE, codes.class_) == (0, 1)
    assert (codes.name_of(0), codes.name_of(1), codes.name_of(5), codes.name_of(10)) == ("NONE", "class", "REST", None)
    assert (codes.label_of(0), codes.label_of(1), codes.label_of(10)) == ("nothing", "class", None)


def test_errors_are_those_of_the_reference_codec(small: Any, definition: Definition) -> None:
    for image in (b"", bytes([1, 0, 2]), bytes(5)):
        with pytest.raises(small.DecodeError) as caught:
            small.decode("ST0", image)
        with pytest.raises(tdl.DecodeError) as expected:
            definition.decode("ST0", image)
        assert str(caught.value) == str(expected.value)
        assert vars(caught.value).keys() == vars(expected.value).keys()
        assert caught.value.__context__ is None


def test_other_records_are_written_too(small: Any) -> None:
    values = {"class": 0, "FLAGS": {"HIGH": 0, "LOW": False, "$spare": 128}, "ITEMS": [0, 0]}
    assert small.encode("ST0", values) == bytes([0, 128, 0, 0])
    mixed = small.decode("ST0", bytes(4))
    mixed.FLAGS = small.Record({"HIGH": 1, "LOW": True})
    assert small.encode("ST0", mixed)[1] == 0x11


def test_labels_are_documentation_and_nothing_else(small: Any) -> None:
    assert "a quote \\\\ and {{ braces }}" in small.records.A_RCD.__doc__


# --- straight lines --------------------------------------------------------------------------------------------------


def explained(package: Any) -> bool:
    return f"{package.__name__}._runtime.explain" in sys.modules


def test_good_images_need_no_explanation(example: Definition) -> None:
    with imported(files_of(example)) as package:
        environment = package.Environment()
        for key in sorted(IMAGE, key=lambda key: (key != "ST0", key != "ST11", key != "ST21", key)):
            record = package.decode(key, IMAGE[key], environment)
            assert package.encode(key, record, environment) == IMAGE[key]
            if key in ("ST0", "ST11", "ST21"):
                environment.fill(int(key[2:]), record)
        assert not explained(package)


def test_a_bound_table_is_one_struct(example: Definition) -> None:
    known = known_values(example, read_profile(str(EXAMPLE / "residential.toml")))
    files = find_backend("python").generate(example.model, bind(example.plan, known), Options())
    text = next(file.content.decode() for file in files if file.path == "acme_ax200/st23.py")
    reading = text.partition("\ndef decode(")[2].partition("\ndef ")[0]
    assert reading.count(".unpack(data)") == reading.count("unpack") == 1
    assert text.count(".pack(") == 1
    assert "environment, _R" not in text
    with imported(files) as package:
        record = package.decode("ST23", IMAGE["ST23"])
        assert record.TIER_DATA_BLOCK[1].SUMMATIONS == [534567, 0]
        assert package.encode("ST23", record) == IMAGE["ST23"]
        assert package.BOUND["GEN_CONFIG_TBL.FORMAT_CONTROL_3.NI_FORMAT1"] == "8"
        assert not explained(package)


@pytest.mark.parametrize(
    "body",
    [
        "N : UINT8; X : " + "ARRAY[N] OF " * 30 + "UINT8;",
        "N : UINT8; SWITCH N OF " + " ".join(f"CASE {n} : X{n} : UINT8;" for n in range(150)) + " END;",
    ],
    ids=["deep", "wide"],
)
def test_what_python_has_no_room_for_is_left_to_the_explaining_codec(body: str) -> None:
    text = f"""
        DOCUMENT BIG;
        TYPE B_BFLD = BIT FIELD OF UINT8 LOW : UINT(0..3); END;
        TYPE A_RCD = PACKED RECORD {body} FLAGS : ARRAY[N] OF B_BFLD; END;
        TABLE 0 A_TBL = A_RCD;
    """
    big = load("big.tdl", resolver=Resolver({"big.tdl": text}))
    with imported(files_of(big)) as package:
        image = b"\1\1\xf2"
        record = package.decode("ST0", image)
        (flags,) = record.FLAGS
        assert repr(flags) == "B_BFLD(LOW=2, spare=0xF0)"
        assert type(flags) is package.records.B_BFLD
        assert package.encode("ST0", record) == image
        assert explained(package)


# --- in a process of its own -----------------------------------------------------------------------------------------

ALONE = """
import sys
sys.path.insert(0, sys.argv[1])
import ansi_c1219_2012
assert not [name for name in sys.modules if name.startswith("ansi_c1219_2012.")]
general = bytes([0x02, 0x02, 0x48]) + bytes(16)
environment = ansi_c1219_2012.Environment()
environment.fill(0, ansi_c1219_2012.st0.decode(general))
image = b"ACMEAX200   " + bytes([2, 0, 1, 4]) + b"0000000012345678"
record = ansi_c1219_2012.decode("ST1", image, environment)
assert record.ED_MODEL == "AX200   " and ansi_c1219_2012.encode("ST1", record, environment) == image
assert not {"dataclasses", "json", "typing", "enum", "inspect"} & set(sys.modules), sorted(sys.modules)
try:
    ansi_c1219_2012.decode("ST1", image[:-1], environment)
except ansi_c1219_2012.DecodeError as error:
    print(error)
others = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print(sorted(others - {"ansi_c1219_2012", "__main__"}))
"""


def test_it_runs_with_the_standard_library_alone(example: Definition, tmp_path: Path) -> None:
    written(files_of(load("std:2012")), tmp_path)
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    assert run.stdout.splitlines() == ["ST1 MFG_SERIAL_NUMBER at octet 16: 15 left, 16 octets expected", "[]"]


def test_it_is_typed(example: Definition, tmp_path: Path) -> None:
    folder = written(files_of(example), tmp_path)
    (folder / "user.py").write_text(
        "import ansi_c1219_user as meter\n"
        "environment = meter.Environment()\n"
        "configuration = meter.st0.decode(b'')\n"
        "environment.fill(0, configuration)\n"
        "model: int = meter.st1.decode(b'', environment).HW_VERSION_NUMBER\n"
        "meter.st21.decode(b'').NO_SUCH_ELEMENT\n"
        "used: meter.Members = configuration.STD_TBLS_USED\n"
        "configuration.STD_TBLS_USED = {*used, 7}\n"
        "configuration.STD_TBLS_USED = {'7'}\n"
        "configuration.FORMAT_CONTROL_3.spare = 1\n".replace("ansi_c1219_user", example.name.lower())
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "."]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    errors = [line for line in run.stdout.splitlines() if ": error:" in line]
    assert errors == [
        'user.py:6: error: "REGS_RCD" has no attribute "NO_SUCH_ELEMENT"  [attr-defined]',
        'user.py:9: error: Argument 1 to <set> has incompatible type "str"; expected "int"  [arg-type]',
        'user.py:10: error: Property "spare" defined in "BitStructure" is read-only  [misc]',
    ]


def test_what_is_made_for_one_meter_is_typed(tmp_path: Path) -> None:
    standard = load("std:2012")
    profile = read_profile(str(ROOT / "examples/meter-with-fragment/residential.toml"))
    bound = bind(standard.plan, known_values(standard, profile))
    folder = written(find_backend("python").generate(standard.model, bound, Options()), tmp_path)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "."]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("Success"), run.stdout


MAKE = """
import hashlib, sys
from tdl.backends.api import Options, find_backend
from tdl.project.definition import load
found = load("std:2012")
made = hashlib.sha256()
for file in find_backend("python").generate(found.model, found.plan, Options()):
    made.update(file.path.encode() + b"\\0" + file.content + b"\\0")
print(made.hexdigest())
"""


def test_the_same_input_gives_the_same_bytes() -> None:
    digests = set()
    for seed in ("0", "4242"):
        command = [sys.executable, "-c", MAKE]
        run = subprocess.run(
            command, cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        digests.add(run.stdout)
    assert len(digests) == 1
