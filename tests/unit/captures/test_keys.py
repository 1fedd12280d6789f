"""Files of keys: whose keys they are, what is refused, and that nothing says them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tdl.systems.captures.keys import BadKeys, Keys, read_keys
from tdl.systems.wire.titles import Form, Title

ONE, TWO = bytes(range(16)), bytes(range(16, 32))


def keys(folder: Path, text: str | bytes, mode: int = 0o600) -> Keys:
    path = folder / "keys.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return read_keys(path)


def test_of_everybody_and_of_a_node(tmp_path: Path) -> None:
    text = f'[keys]\n0 = "{ONE.hex()}"\n1 = "{ONE.hex(" ")}"\n["1.3.6.1"]\n1 = "{TWO.hex()}"\n[".5"]\n2 = "{TWO.hex()}"'
    found = keys(tmp_path, text)
    assert found.between(None) == {0: ONE, 1: ONE}
    assert found.between(Title(arcs=(1, 3, 6, 1)), None) == {0: ONE, 1: TWO}
    assert found.between(Title(arcs=(5,), form=Form.CONTEXT)) == {0: ONE, 1: ONE, 2: TWO}
    assert found.between(Title(arcs=(2, 16, 124, 113620, 1, 22, 0, 5))) == {0: ONE, 1: ONE, 2: TWO}


def test_keys_of_both_protocols(tmp_path: Path) -> None:
    found = keys(tmp_path, f'[keys]\n0 = "{ONE[:8].hex()}"\n1 = "{ONE.hex()}"')
    assert found.between() == {1: ONE}
    assert [found.find(number) for number in range(3)] == [ONE[:8], ONE, None]


def test_a_key_of_one_node(tmp_path: Path) -> None:
    found = keys(tmp_path, f'[keys]\n0 = "{ONE.hex()}"\n["1.3.6.1"]\n0 = "{TWO.hex()}"')
    assert found.find(0) == found.find(0, Title(arcs=(1, 3))) == ONE
    assert found.find(0, Title(arcs=(1, 3, 6, 1))) == TWO


def test_a_file_of_keys_that_never_ends(tmp_path: Path) -> None:
    with pytest.raises(BadKeys, match="more than 1048576 octets"):
        keys(tmp_path, b"#" * (1 << 21))


def test_keys_are_not_printed(tmp_path: Path) -> None:
    found = keys(tmp_path, f'[keys]\n0 = "{ONE.hex()}"\n["1.3"]\n0 = "{TWO.hex()}"')
    assert repr(ONE)[2:-1] not in repr(found)
    assert repr(TWO)[2:-1] not in repr(found)


@pytest.mark.parametrize(("mode", "expected"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_files_that_others_can_read(tmp_path: Path, mode: int, expected: bool) -> None:
    assert keys(tmp_path, "[keys]", mode).open is expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[keys", "is not TOML"),
        (b"\xff", "is not TOML"),
        ("keys = 1", "`keys`: a table of keys by number expected"),
        ('[keys]\n0 = "00"', "`keys`, key 0: 32 hexadecimal digits, or 16 of a key for C12.21 expected"),
        ("[keys]\n0 = 5", "`keys`, key 0: 32 hexadecimal digits, or 16 of a key for C12.21 expected"),
        (f'[keys]\n0 = "{"zz" * 16}"', "`keys`, key 0: 32 hexadecimal digits, or 16 of a key for C12.21 expected"),
        (f'[keys]\n256 = "{ONE.hex()}"', "`keys`: the number of a key is 0 to 255"),
        (f'[keys]\nfirst = "{ONE.hex()}"', "`keys`: the number of a key is 0 to 255"),
        (
            f'[meter]\n0 = "{ONE.hex()}"',
            "`meter` is no title: dotted numbers expected, with a dot in front if relative",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str | bytes, problem: str) -> None:
    with pytest.raises(BadKeys) as refused:
        keys(tmp_path, text)
    assert refused.value.problem == problem
    assert ONE.hex() not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadKeys, match="no such file"):
        read_keys(tmp_path / "keys.toml")


@given(octets=st.binary(max_size=80))
def test_any_octets(octets: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    with contextlib.suppress(BadKeys):
        keys(tmp_path_factory.getbasetemp(), octets)
