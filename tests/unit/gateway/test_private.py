"""What is secret comes from files that are for their owner, and is never said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tdl.systems.gateway.lines import Line
from tdl.systems.gateway.serving import opened
from tdl.systems.gateway.settings import BadSettings, read_settings
from tdl.systems.wire.credentials import Credentials

METER = '[meters.house-1]\nurl = "c1222+tcp://127.0.0.1:1153/1.2.3"\ndefinition = "std:2012"\n'
KEYED = METER + 'key_file = "keys.toml"\nkey_id = 2\npassword_file = "password"\n'
KEY = "0102030405060708090A0B0C0D0E0F10"
KEYS = f'[keys]\n2 = "{KEY}"\n3 = "0102030405060708"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"keys.toml": KEYS, "password": "my password\n", "gateway.toml": KEYED}.items():
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / name).chmod(0o600)
    return tmp_path


def test_a_meter_has_its_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(folder / "gateway.toml")
    known: list[Credentials] = []

    def line(url: str, definition: Any, credentials: Credentials) -> Any:
        known.append(credentials)
        raise OSError

    monkeypatch.setattr("tdl.systems.gateway.serving.line", line)
    with opened(settings) as gateway:
        way = gateway.desk.meters["house-1"].line
        assert isinstance(way, Line)
        with pytest.raises(OSError):
            way._opener()
    assert known == [Credentials(password=b"my password", key=bytes.fromhex(KEY), key_id=2)]
    assert not any(secret in repr((settings, known)) for secret in (KEY, "my password", repr(bytes.fromhex(KEY))))


def test_a_meter_has_a_key_of_its_own(folder: Path) -> None:
    own = KEY[::-1]
    (folder / "keys.toml").write_text(f'{KEYS}["1.2.3"]\n2 = "{own}"\n', "utf-8")
    assert read_settings(folder / "gateway.toml").meters["house-1"].key == bytes.fromhex(own)


def test_an_old_key_is_shorter(folder: Path) -> None:
    old = KEYED.replace("key_id = 2", "key_id = 3")
    (folder / "gateway.toml").write_text(old.replace("c1222+tcp://127.0.0.1:1153/1.2.3", "c1221:/dev/ttyS0"), "utf-8")
    assert read_settings(folder / "gateway.toml").meters["house-1"].key == bytes(range(1, 9))


@pytest.mark.parametrize("name", ["keys.toml", "password"])
@pytest.mark.parametrize(("mode", "fine"), [(0o600, True), (0o640, True), (0o604, False), (0o602, False)])
def test_everybody_else_is_kept_out(folder: Path, name: str, mode: int, fine: bool) -> None:
    (folder / name).chmod(mode)
    if fine:
        read_settings(folder / "gateway.toml")
        return
    with pytest.raises(BadSettings, match="everybody on this computer can read it"):
        read_settings(folder / "gateway.toml")


@pytest.mark.parametrize(
    ("text", "keys", "problem"),
    [
        (KEYED.replace("key_id = 2", "key_id = 7"), KEYS, "`meters.house-1.key_file` has no key 7"),
        (KEYED, '[keys]\n4 = "01"', "key 4: 32 hexadecimal digits"),
        (KEYED, "[keys]\n5 = 17", "key 5: 32 hexadecimal digits"),
        (KEYED.replace("key_id = 2", "key_id = 256"), KEYS, "0 to 255 expected"),
        (KEYED.replace("key_id = 2", "key_id = 3"), KEYS, "a key of 16 hexadecimal digits, 32 expected"),
        (KEYED.replace("c1222+tcp://127.0.0.1:1153/1.2.3", "c1221:/dev/ttyS0"), KEYS, "of 32 hexadecimal digits, 16"),
        (METER, KEYS, "`meters.house-1.url`: a `key_file` for C12.22 expected, or `?mode=0` in the URL"),
        (METER + "key_id = 2\n", KEYS, "`meters.house-1.key_id` takes a `key_file`"),
        (KEYED, f"keys = '{KEY}'", "`keys`: a table of keys by number expected"),
        (KEYED, f"2 = {KEY}", "`meters.house-1.key_file`: is not TOML"),
        (KEYED, "\x00", "`meters.house-1.key_file`: is not TOML"),
        (KEYED.replace("keys.toml", "nothing.toml"), KEYS, "no such file"),
        (KEYED.replace("keys.toml", "."), KEYS, "is a directory"),
    ],
)
def test_keys_that_are_not_there(folder: Path, text: str, keys: str, problem: str) -> None:
    (folder / "gateway.toml").write_text(text, "utf-8")
    (folder / "keys.toml").write_text(keys, "utf-8")
    with pytest.raises(BadSettings) as caught:
        read_settings(folder / "gateway.toml")
    assert problem in str(caught.value)
    assert KEY not in str(caught.value)
