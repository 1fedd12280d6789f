"""`tdl wire dissect`, and `tdl decode` of captures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tdl.systems.captures.files import Transport
from tdl.systems.wire import answers, apdu, requests
from tdl.systems.wire.answers import Done, Identity, LoggedOn, TableData
from tdl.systems.wire.psem import packets as psem
from tdl.systems.wire.psem.packets import Packet
from tdl.systems.wire.requests import Identify, Logon, Read, ReadOffset, Security, Write
from tests.cli.conftest import ROOT, Run
from tests.unit.captures.recorded import OPTICAL, Session, answer, pcap, pcapng, question

A3 = ROOT / "tests/data/captures/elster-a3.cap"
KEYS = '[keys]\n0 = "6624C7E23034E4036FE5CB3A8B5DAB44"\n'
PROFILE = ("--bind", ROOT / "tests/data/images/elster-a3/profile.toml")
PASSWORD = b"an open secret"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.toml"
    path.write_text(KEYS)
    path.chmod(0o600)
    return path


def c1218(octets: bytes) -> bytes:
    return psem.encode(Packet(data=octets))


def secrets() -> Session:
    session = Session()
    session.ask(question(Security(password=PASSWORD.ljust(20)), number=1))
    session.answer(answer(Done(), number=1))
    session.ask(question(Write(table=42, octets=PASSWORD), number=2))
    session.answer(answer(Done(), number=2))
    session.ask(question(Read(table=42), number=3))
    session.answer(answer(TableData(octets=PASSWORD), number=3))
    return session


# --- tdl wire dissect ------------------------------------------------------------------------------------------------


def test_a_real_session(tdl: Run, keys: Path) -> None:
    result = tdl("wire", "dissect", A3, "--keys", keys, "-d", "std:2012")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Read ST1 GENERAL_MFG_ID_TBL: OK, 32 octets: 45 45 20 20 41 33 52" in result.stdout
    assert "encrypted under key 0" in result.stdout


def test_an_object_a_line(tdl: Run, keys: Path) -> None:
    result = tdl("wire", "dissect", A3, "--keys", keys, "--format", "jsonl")
    asked, said = map(json.loads, result.stdout.splitlines())
    assert (asked["kind"], asked["services"][0]["table"], asked["transport"]) == ("question", "ST1", "tcp")
    assert (said["kind"], said["services"][0]["result"], said["protection"]) == ("answer", "OK", "encrypted")
    assert (said["protocol"], said["frame"], said["octets"]) == ("C12.22", 2, 111)


def test_without_the_key_it_says_so(tdl: Run) -> None:
    result = tdl("wire", "dissect", A3)
    assert "Read" not in result.stdout
    assert result.stdout.count("security: key 0, the number of a known one expected") == 2
    assert "2 warnings" in result.stderr
    assert "TDL531" in result.stderr


def test_a_key_that_is_wrong(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(f'[keys]\n0 = "{"11" * 16}"\n')
    (tmp_path / "wrong.toml").chmod(0o644)
    result = tdl("wire", "dissect", A3, "--keys", "wrong.toml")
    assert "note: wrong.toml: others than its owner can read these keys" in result.stderr
    assert "11111111" not in result.output
    assert "message authentication code" in result.stdout or "code" in result.stdout


def test_hexadecimal_text_from_everywhere(tdl: Run, tmp_path: Path) -> None:
    text = apdu.encode(question(Read(table=5))).hex(" ")
    (tmp_path / "said.txt").write_text(text + "\n")
    found = [tdl("wire", "dissect", name, input=text).stdout for name in (text, "-", "said.txt")]
    assert found[0] == found[1] == found[2]
    assert "Read ST5" in found[0]


def test_packets_of_c1218(tdl: Run) -> None:
    talk = [
        (Identify(), Identity(standard=0, version=1, revision=0)),
        (Logon(user_id=2, user=b"READER    "), LoggedOn()),
    ]
    octets = b"".join(
        c1218(requests.encode(ask)) + b"\x06" + c1218(answers.encode(said)) + b"\x06" for ask, said in talk
    )
    result = tdl("wire", "dissect", octets.hex())
    assert (result.exit_code, result.stderr) == (0, "")
    assert "question C12.18 or C12.21, 1 octet\n         Identify\n" in result.stdout
    assert "Identify: OK, standard 0, version 1.0" in result.stdout
    assert "Logon user 2 `READER`: OK" in result.stdout
    first, *rest = map(json.loads, tdl("wire", "dissect", octets.hex(), "--format", "jsonl").stdout.splitlines())
    assert (first["protocol"], first["kind"], first["services"]) == (
        "C12.18 or C12.21", "question", [{"service": "Identify", "asked": ""}],
    )  # fmt: skip
    assert [each["protocol"] for each in rest] == ["C12.18"] * 3


@pytest.mark.parametrize("text", ["0", "zz", "nowhere.pcap", "EE00", "60"])
def test_what_is_neither(tdl: Run, text: str) -> None:
    result = tdl("wire", "dissect", text)
    assert "rror" in result.stderr or "TDL531" in result.stderr, result.stderr


@pytest.mark.parametrize("format", ["text", "jsonl"])
def test_secrets_are_hidden_unless_asked_for(tdl: Run, tmp_path: Path, format: str) -> None:
    (tmp_path / "s.pcap").write_bytes(pcap(secrets().packets))
    hidden = tdl("wire", "dissect", "s.pcap", "--format", format).output
    shown = tdl("wire", "dissect", "s.pcap", "--format", format, "--show-secrets").output
    plain, octets = PASSWORD.decode(), PASSWORD.hex(" ").upper()
    assert plain not in hidden
    assert octets not in hidden
    assert plain in shown
    assert shown.count(octets) == 3


# --- tdl decode ------------------------------------------------------------------------------------------------------


def test_values_of_a_real_meter(tdl: Run, keys: Path) -> None:
    result = tdl("decode", "-d", "std:2012", A3, "--keys", keys, *PROFILE)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Read ST1 GENERAL_MFG_ID_TBL: OK\n  MANUFACTURER        EE\n" in result.stdout
    (line,) = tdl("decode", "-d", "std:2012", A3, "--keys", keys, *PROFILE, "--format", "json").stdout.splitlines()
    found = json.loads(line)
    assert (found["service"], found["table"], found["result"], found["offset"]) == ("read", "ST1", "OK", 0)
    assert found["values"]["ED_MODEL"].strip() == "A3R"
    assert found["time"].startswith("2010-09-20T23:55:54")


def test_what_cannot_be_opened_or_decoded_is_said(tdl: Run, keys: Path) -> None:
    closed = tdl("decode", "-d", "std:2012", A3, *PROFILE)
    assert closed.stderr.count("TDL531") == 2
    unbound = tdl("decode", "-d", "std:2012", A3, "--keys", keys)
    assert unbound.exit_code == 1
    assert "CHAR_FORMAT" in unbound.stderr


@pytest.mark.parametrize("transport", Transport)
def test_pieces_refusals_and_questions_without_answer(tdl: Run, tmp_path: Path, transport: Transport) -> None:
    session = Session(transport)
    session.ask(question(ReadOffset(table=1, offset=12, count=2), number=1))
    session.answer(answer(TableData(octets=b"\x07\x08"), number=1))
    session.ask(question(Read(table=1), number=2))
    session.answer(answer(answers.Refused(code=4), number=2))
    session.ask(question(Write(table=1, octets=b"A" * 32), number=3))
    (tmp_path / "s.pcapng").write_bytes(pcapng(session.packets))
    result = tdl("decode", "-d", "std:2012", "s.pcapng", "--bind", "std:residential")
    assert (result.exit_code, result.stderr) == (0, "")
    part, refused, written = result.stdout.split("\n\n")
    assert "HW_VERSION_NUMBER   7" in part
    assert "HW_REVISION_NUMBER  8" in part
    assert "Read ST1 GENERAL_MFG_ID_TBL: ONP" in refused
    assert "Write ST1 GENERAL_MFG_ID_TBL, 32 octets: no answer" in written
    assert tdl("decode", "-d", "std:2012", "s.pcapng", "--table", "ST2").stderr.startswith("note: s.pcapng: no read")


def test_a_table_over_c1218(tdl: Run, tmp_path: Path) -> None:
    session = Session(Transport.TCP, meter=OPTICAL)
    session.ask(c1218(requests.encode(Read(table=1))))
    session.answer(b"\x06", c1218(answers.encode(TableData(octets=b"EE  A3R     " + bytes(4) + b" " * 16))))
    (tmp_path / "s.pcap").write_bytes(pcap(session.packets))
    result = tdl("decode", "-d", "std:2012", "s.pcap", *PROFILE)
    assert "192.0.2.2:2101\nRead ST1 GENERAL_MFG_ID_TBL: OK\n  MANUFACTURER        EE\n" in result.stdout


@pytest.mark.parametrize("format", ["table", "json"])
def test_secrets_of_tables(tdl: Run, tmp_path: Path, format: str) -> None:
    (tmp_path / "s.pcap").write_bytes(pcap(secrets().packets))
    options = ("decode", "-d", "std:2012", "s.pcap", "--bind", "std:residential", "--format", format)
    hidden, shown = tdl(*options).output, tdl(*options, "--show-secrets").output
    for text in (PASSWORD.decode(), PASSWORD.hex().upper(), PASSWORD.hex(" ").upper()):
        assert text not in hidden
    assert "14 octets, hidden" in hidden
    assert any(text in shown for text in (PASSWORD.decode(), PASSWORD.hex().upper(), PASSWORD.hex(" ").upper()))


def test_options_that_go_with_captures_alone(tdl: Run, keys: Path) -> None:
    assert tdl("decode", "-d", "std:2012", "image", "--keys", keys).exit_code == 2
    assert tdl("decode", "-d", "std:2012", A3, "--path", "ST1.ED_MODEL").exit_code == 2


def test_a_damaged_capture(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.cap").write_bytes(A3.read_bytes()[:-5])
    result = tdl("decode", "-d", "std:2012", "cut.cap")
    assert result.exit_code == 2
    assert "breaks off behind frame 1" in result.stderr
