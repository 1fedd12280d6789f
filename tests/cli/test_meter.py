"""`tdl meter` against `tdl meter serve`, a process of its own, through real sockets and a pty."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tdl.cli import meter_talk
from tdl.cli.progress import Watch
from tdl.project.definition import load
from tdl.systems.client.remote import RemoteMeter
from tdl.systems.wire.answers import Code
from tdl.systems.wire.credentials import Credentials
from tests.cli.conftest import Run, tree
from tests.small_meter import small_meter

KEYS = '[keys]\n2 = "0102030405060708 0102030405060708"\n'
ON = ("-d", "std:1997")
ALL = ("--c1218", "tcp:0", "--c1221", "tcp:0", "--c1222", "tcp:0", "--c1222", "udp:0", "--pty", "line")


def profile(order: int) -> str:
    return small_meter([0, 1, 5, 6, 7, 8, 52], [5, 6, 7, 52], [1, 10], order)


@contextmanager
def served(
    folder: Path, *options: str, places: int, order: int = 0
) -> Iterator[tuple[list[str], subprocess.Popen[str]]]:
    """A meter, and the URLs where it is; it ends by SIGTERM if it has not ended before."""
    (folder / "meter.toml").write_text(profile(order))
    (folder / "keys.toml").write_text(KEYS)
    (folder / "keys.toml").chmod(0o600)
    starting = "from tdl.cli.start import main; main()"
    command = [sys.executable, "-c", starting, "meter", "serve", *ON, "--image", "meter.toml", *options]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(places)]
            assert all(line.startswith("listening ") for line in lines), lines
            yield [line.split()[1] for line in lines], process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(20)


def keys_for(url: str) -> tuple[str, ...]:
    return ("--keys", "keys.toml", "--key-id", "2") if url.startswith("c1222") else ()


@pytest.mark.parametrize("order", [0, 1])
def test_every_line_reaches_the_same_meter(tdl: Run, tmp_path: Path, order: int) -> None:
    """What one line writes, the next one reads; a procedure is done; an image is whole; the end is clean."""
    with served(tmp_path, *ALL, "--keys", "keys.toml", "--store", "s.db", places=5, order=order) as (urls, process):
        assert [re.split(":|\\+", url)[0] for url in urls] == ["c1218", "c1221", "c1218", "c1222", "c1222"]
        value = "nothing yet"
        for number, url in enumerate(urls):
            where = (*ON, url + ("?from=.7" if url.startswith("c1222") else ""), *keys_for(url))
            if number:
                read = tdl("meter", "read", *where, "ST5.IDENTIFICATION", "--format", "json")
                assert read.exit_code == 0, read.output
                assert json.loads(read.stdout) == {"ST5.IDENTIFICATION": value.ljust(20)}
            value = f"by line {number}"
            written = tdl("meter", "write", *where, f"ST5.IDENTIFICATION={value.ljust(20)}")
            assert written.exit_code == 0, written.output
            assert "read back and the same" in written.output
            done = tdl("meter", "procedure", *where, "WARM_START", "--format", "json")
            assert json.loads(done.stdout)["result"] == 0
            image = tdl("meter", "read", *where, "--all", "-o", "image")
            assert image.exit_code == 0, image.output
            assert tree(tmp_path / "image")["ST5.bin"] == value.ljust(20).encode()
        assert tdl("decode", *ON, "image", "--table", "ST0").exit_code == 0
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not (tmp_path / "line").is_symlink()


def test_nothing_acknowledged_is_lost_to_a_kill(tdl: Run, tmp_path: Path) -> None:
    told = 0
    for begun in (0, 100, 200):
        with served(tmp_path, "--c1218", "tcp:0", "--store", "s.db", places=1) as (urls, process):
            if begun:
                read = tdl("meter", "read", *ON, urls[0], "ST5.IDENTIFICATION", "--format", "json")
                assert int(json.loads(read.stdout)["ST5.IDENTIFICATION"]) == told
            for number in range(begun + 1, begun + 4):
                assert tdl("meter", "write", *ON, urls[0], f"ST5={(b'%020d' % number).hex()}").exit_code == 0
                told = number
            process.kill()
    assert told == 203


PEER = """
import json, sys
from c1218.connection import Connection
from tests.unit.wire.shells.peer import SETTINGS
peer = Connection(sys.argv[1], c1218_settings={"nbrpkts": 8, "pktsize": 96}, serial_settings=SETTINGS)
assert peer.start() and peer.login("PEER", 2)
print(json.dumps({number: peer.get_table_data(number).hex() for number in (0, 1, 5, 6)}))
peer.stop()
"""


def test_termineter_reads_what_the_image_holds(tdl: Run, tmp_path: Path) -> None:
    """A client that nobody here wrote, on the pty of a served meter."""
    with served(tmp_path, "--pty", "line", places=1) as (urls, _):
        value = "TERMINETER READS IT "
        assert tdl("meter", "write", *ON, urls[0], f"ST5.IDENTIFICATION={value}").exit_code == 0
        assert tdl("meter", "read", *ON, urls[0], "--all", "-o", "image").exit_code == 0
        told = subprocess.run(
            [sys.executable, "-c", PEER, str(tmp_path / "line")],
            cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, timeout=60,
        ).stdout  # fmt: skip
    found = {f"ST{number}.bin": bytes.fromhex(octets) for number, octets in json.loads(told).items()}
    assert found["ST5.bin"] == value.encode()
    assert found.items() <= tree(tmp_path / "image").items()


def test_a_table_that_does_not_fit_is_told(tdl: Run, tmp_path: Path) -> None:
    """The meter is of one definition, who reads it goes by another: the table's own finding, not the line's."""
    (tmp_path / "more.tdl").write_text(
        'FRAGMENT MORE OF "std:1997";\nMODIFY TYPE IDENT_RCD\n    ADD MORE : UINT8 LAST;\nEND;\n'
    )
    with served(tmp_path, "--c1218", "tcp:0", places=1) as (urls, _):
        read = tdl("meter", "read", *ON, "-f", "more.tdl", urls[0], "ST1", "ST5")
        assert read.exit_code == 1
        assert "ST5 octet 20" in read.output
        assert "ST1" in read.stdout
        image = tdl("meter", "read", *ON, "-f", "more.tdl", urls[0], "--all", "-o", "image")
        assert image.exit_code == 1
        assert len(tree(tmp_path / "image")["ST5.bin"]) == 20


def test_several_meters_in_one_process(tdl: Run, tmp_path: Path) -> None:
    options = ("--c1218", "tcp:0", "--c1222", "tcp:0", "--meters", "3", "--store", "s.db", "--speed", "60")
    with served(tmp_path, *options, places=6) as (urls, _):
        for number, url in enumerate(urls[:3]):
            assert tdl("meter", "write", *ON, url, f"ST5={number:040x}").exit_code == 0
        for number, url in enumerate(urls[3:]):
            read = tdl("meter", "read", *ON, url, "ST5", "--offset", "0", "--count", "20")
            assert read.stdout.replace(" ", "").strip() == f"{number:040x}".upper()


def test_passwords_come_from_files_and_the_environment(
    tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "meter.toml").write_text(profile(0))
    closed = "simulated:meter.toml?closed=1"
    for options in (["--password-file", "secret"], []):
        (tmp_path / "secret").write_text("not this one\n")
        monkeypatch.setenv("TDL_METER_PASSWORD", "nor this one")
        refused = tdl("meter", "read", *ON, closed, "ST5", *options)
        assert refused.exit_code == 1
        assert "TDL541" in refused.output
        assert "this one" not in refused.output
    monkeypatch.setenv("TDL_METER_PASSWORD", "x" * 21)
    assert tdl("meter", "read", *ON, closed, "ST5").exit_code == 2
    asked = tdl("meter", "read", *ON, closed, "ST5", "--ask-password", input="secret\n")
    assert "TDL541" in asked.output
    assert "secret" not in asked.output


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("read", "simulated:meter.toml?fault=silence", "ST5"), 2, ["TDL011"]),
        (("read", "simulated:meter.toml?fault=noise", "ST5"), 2, ["TDL012"]),
        (("read", "simulated:meter.toml?fault=checksum", "ST5"), 2, ["TDL013"]),
        (("read", "nowhere:meter.toml", "ST5"), 2, ["TDL010", "`c1222+tcp://HOST/TITLE`"]),
        (("read", "c1222+udp://127.0.0.1:9/.1", "ST5"), 2, ["TDL010", "no key to protect messages with", "`--keys`"]),
        (("read", "simulated:meter.toml", "ST5", "--offset", "15", "--count", "9"), 1, ["TDL542", "the whole table"]),
        (("write", "simulated:meter.toml", "ST1=00"), 1, ["TDL542", "STD_TBLS_WRITE"]),
        (("write", "simulated:meter.toml?fault=lost", "ST5.IDENTIFICATION=A"), 1, ["TDL543", "before you do it again"]),
        (("procedure", "simulated:meter.toml", "2"), 1, ["TDL545", "ST0.STD_PROC_USED"]),
    ],
)
def test_what_failed_is_told_by_its_layer_with_what_helps(
    tdl: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, told: list[str]
) -> None:
    (tmp_path / "meter.toml").write_text(profile(0))
    result = tdl("meter", arguments[0], *ON, *arguments[1:])
    assert result.exit_code == code, result.output
    printed = " ".join(result.output.split())
    assert [each for each in told if each not in printed] == [], result.output


def test_every_code_of_a_refusal_means_something() -> None:
    assert set(meter_talk.MEANINGS) == set(Code) - {Code.OK}


def test_a_meter_that_takes_long_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar is begun by the clock, before anything has come of the talk."""
    begun: list[tuple[int, int]] = []

    class Seen(Watch):
        def __call__(self, done: int, of: int) -> None:
            begun.append((done, of))

    async def said(meter: RemoteMeter) -> None:
        await asyncio.sleep(0.01)

    monkeypatch.setattr(meter_talk, "LONG", 0.0)
    talk = meter_talk.talk
    talk("simulated:std:residential", load("std:1997"), Credentials(), said, watch=Seen("waiting"))
    assert begun == [(0, 1)]


def test_a_secret_in_a_url_is_not_repeated(tdl: Run) -> None:
    result = tdl("meter", "read", *ON, "c1218+tcp://user:topsecret@127.0.0.1:1", "ST1")
    assert result.exit_code == 2
    assert "TDL010" in result.output
    assert "topsecret" not in result.output


def test_a_wrong_key_is_a_refused_login(tdl: Run, tmp_path: Path) -> None:
    with served(tmp_path, "--c1222", "tcp:0", "--keys", "keys.toml", places=1) as (urls, _):
        (tmp_path / "wrong.toml").write_text('[keys]\n2 = "000102030405060708090A0B0C0D0E0F"\n')
        wrong = tdl("meter", "read", *ON, f"{urls[0]}?from=.7", "ST5", "--keys", "wrong.toml", "--key-id", "2")
        assert wrong.exit_code == 1
        assert "TDL541" in wrong.output


def test_a_meter_with_a_key_of_its_own(tdl: Run, tmp_path: Path) -> None:
    own = '\n["1.3.6.1.4.1.33507.9.7"]\n2 = "000102030405060708090A0B0C0D0E0F"\n'
    (tmp_path / "all.toml").write_text(KEYS + own)
    title = ("--title", "1.3.6.1.4.1.33507.9.7", "--meters", "2")
    with served(tmp_path, "--c1222", "tcp:0", "--keys", "all.toml", *title, places=2) as (urls, _):
        for keys, codes in (("all.toml", [0, 0]), ("keys.toml", [1, 0])):
            asked = ("--keys", keys, "--key-id", "2")
            done = [tdl("meter", "read", *ON, f"{url}?from=.7", "ST5", *asked) for url in urls]
            assert [each.exit_code for each in done] == codes, [each.output for each in done]


@pytest.mark.parametrize(
    "arguments",
    [
        ("read", "simulated:meter.toml"),
        ("read", "simulated:meter.toml", "--all"),
        ("read", "simulated:meter.toml", "ST5", "-o", "x"),
        ("read", "simulated:meter.toml", "ST5", "--index", "1,x"),
        ("read", "simulated:meter.toml", "ST5", "--index", "1", "--offset", "1"),
        ("read", "simulated:meter.toml?fault=other", "ST5"),
        ("read", "simulated:no-such-image", "ST5"),
        ("write", "simulated:meter.toml"),
        ("write", "simulated:meter.toml", "ST5"),
        ("write", "simulated:meter.toml", "ST5=xyz"),
        ("write", "simulated:meter.toml", "ST5.IDENTIFICATION=A", "ST5.IDENTIFICATION=B"),
        ("procedure", "simulated:meter.toml", "1", "xyz"),
        ("serve", "--image", "meter.toml", "--c1218", "tcp:127.0.0.1:99999"),
        ("serve", "--image", "meter.toml", "--c1218", "tcp:0", "--load", "no-such-file"),
    ],
)
def test_what_is_asked_wrongly(tdl: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "meter.toml").write_text(profile(0))
    result = tdl("meter", arguments[0], *ON, *arguments[1:])
    assert result.exit_code in (1, 2), result.output
    assert "rror" in result.output
