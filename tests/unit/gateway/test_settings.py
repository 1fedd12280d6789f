"""Configurations: what a gateway starts with and what it does not, and that secrets stay where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdl.systems.gateway.access import HASH, digest_of, new_token
from tdl.systems.gateway.problems import Problem
from tdl.systems.gateway.runs import Answer, BadRuns, Runs
from tdl.systems.gateway.serving import opened
from tdl.systems.gateway.settings import BadSettings, read_settings
from tests.unit.gateway.certificates import write_pair

METER = '[meters.house-1]\nurl = "simulated:std:residential"\ndefinition = "std:2012"\n'
TOKEN = f'[tokens.head-end]\nhash = "{HASH}{"0" * 64}"\n[[tokens.head-end.allow]]\nmeters = ["*"]\nread = ["*"]\n'
OUTSIDE = '[gateway]\nlisten = "0.0.0.0:8153"\n'
TLS, LOG = 'certificate = "server.pem"\nkey = "server.key"\n', 'audit = "audit.log"\n'


def _read(folder: Path, text: str) -> object:
    path = folder / "gateway.toml"
    path.write_text(text, "utf-8")
    return read_settings(path)


def test_the_loopback_alone_unless_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text(METER, "utf-8")
    settings = read_settings(path)
    assert settings.loopback
    assert settings.port == 8153
    with opened(settings) as gateway:
        assert gateway.callers.find(None).name == "anybody"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (OUTSIDE + METER, "no tokens"),
        (OUTSIDE + METER + TOKEN, "no `certificate`"),
        (OUTSIDE + TLS + METER + TOKEN, "no `audit`"),
        (OUTSIDE + TLS + LOG + METER + 'password_file = "blank"\n' + TOKEN, "password of meter `house-1` is empty"),
        (METER + TOKEN.replace("0" * 64, digest_of("changeme").hex()), "everybody tries first"),
        (METER + TOKEN.replace("0" * 64, digest_of("").hex()), "everybody tries first"),
        (METER + TOKEN.replace(HASH + "0" * 64, "tdl_a-real-token"), "no hash"),
        (METER + TOKEN.replace('["*"]', '["ST23/"]'), "such as"),
        (METER + "password = 1\n", "no setting `password`"),
        ("", "no `[meters.NAME]`"),
        ("[meters", "not TOML"),
        (METER + TOKEN + "[more]\n", "no table `[more]`"),
        ('[gateway]\nlisten = "8153"\n' + METER, "HOST:PORT"),
        ("[gateway]\nwaiting = 0\n" + METER, "1 to 10000"),
        (METER.replace("house-1", '"../x"'), "a name of letters"),
        (METER.replace("simulated:std:residential", "http://meter"), "`meters.house-1.url`: a URL of another form"),
        (METER.replace("simulated:std:residential", "c1218+tcp://meter"), "a URL without a host and a port"),
        (METER.replace("simulated:std:residential", "c1222+tcp://me:secret@meter"), "credentials apart from it"),
        (METER.replace("simulated:std:residential", "simulated:no.toml"), "no.toml: no such file"),
    ],
)
def test_what_a_gateway_does_not_start_with(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "blank").write_bytes(b"      \n")
    (tmp_path / "blank").chmod(0o600)
    write_pair(tmp_path, "server")
    with pytest.raises(BadSettings) as caught:
        _read(tmp_path, text)
    assert problem in str(caught.value)
    assert "a-real-token" not in str(caught.value)


def test_a_simulated_meter_is_named_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "meter.toml").write_text("[GEN_CONFIG_TBL]\nDATA_ORDER = 0\n", "utf-8")
    (tmp_path / "gateway.toml").write_text(METER.replace("std:residential", "meter.toml?closed=1"), "utf-8")
    settings = read_settings(tmp_path / "gateway.toml")
    assert settings.meters["house-1"].url == f"simulated:{tmp_path / 'meter.toml'}?closed=1"


def test_with_everything_it_starts(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"my password\n")
    (tmp_path / "secret").chmod(0o600)
    write_pair(tmp_path, "server")
    text = OUTSIDE + TLS + LOG + METER + 'password_file = "secret"\n' + TOKEN
    settings = _read(tmp_path, text)
    assert "my password" not in repr(settings)
    token, hash = new_token()
    assert hash == HASH + digest_of(token).hex()
    assert len(token) > 40
    assert token != new_token()[0]


def test_a_run_that_was_killed_is_not_done_again(tmp_path: Path) -> None:
    path, now = tmp_path / "runs.db", 1000.0
    runs = Runs(path, lambda: now)
    assert runs.begin("me", "killed", b"x") is None
    assert runs.begin("me", "done", b"x") is None
    runs.end("me", "done", Answer(status=200, body=b"{}"))
    with pytest.raises(Problem, match="under way"):
        runs.begin("me", "killed", b"x")
    runs.close()
    runs = Runs(path, lambda: now)
    with pytest.raises(Problem, match="not known"):
        runs.begin("me", "killed", b"x")
    assert runs.begin("me", "done", b"x") == Answer(status=200, body=b"{}")
    assert runs.begin("another", "done", b"x") is None
    now += 25 * 3600
    assert runs.begin("me", "done", b"x") is None, "forgotten after a day"
    runs.close()


def test_one_gateway_remembers_in_a_file_and_only_in_one_that_it_can_use(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "runs.db")
    with pytest.raises(BadRuns, match="locked"):
        Runs(tmp_path / "runs.db")
    runs.close()
    Runs(tmp_path / "runs.db").close()
    (tmp_path / "text").write_text("this is no memory of anything, and long enough to be looked at" * 20, "utf-8")
    for path in (tmp_path / "text", tmp_path / "nowhere" / "runs.db", tmp_path):
        with pytest.raises(BadRuns, match="cannot be used"):
            Runs(path)
