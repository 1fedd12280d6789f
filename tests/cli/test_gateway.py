"""`tdl gateway`: configurations looked at, tokens, the description and the audit log."""

from __future__ import annotations

import json
from pathlib import Path

from tdl.systems.gateway.access import HASH, digest_of
from tdl.systems.gateway.audit import Audit
from tests.cli.conftest import Run

METER = '[meters.house-7]\nurl = "simulated:std:residential"\ndefinition = "std:2012"\n'


def test_a_configuration_is_looked_at(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(METER, "utf-8")
    assert tdl("gateway", "serve", "--check").output == "gateway.toml: 1 meter\n"
    (tmp_path / "gateway.toml").write_text('[gateway]\nlisten = "0.0.0.0:1"\n' + METER, "utf-8")
    run = tdl("gateway", "serve")
    assert (run.exit_code, "TDL014" in run.stderr) == (2, True)
    assert tdl("gateway", "serve", "--config", "nothing.toml").exit_code == 2


def test_a_token_and_its_hash(tdl: Run) -> None:
    run = tdl("gateway", "token")
    token, hash = (line.split('"')[1] for line in run.output.splitlines())
    assert hash == HASH + digest_of(token).hex()


def test_the_description_has_each_table(tdl: Run, tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text(METER, "utf-8")
    run = tdl("gateway", "openapi")
    document = json.loads(run.output)
    assert document["openapi"] == "3.1.0"
    assert "/meters/{meter}/tables/ST23" in document["paths"]
    assert "/meters/{meter}/tables/ST42" not in document["paths"]
    names = set(document["components"]["schemas"])
    used = {part.split('"')[0] for part in run.output.split('"#/components/schemas/')[1:]}
    assert used <= names


def test_an_audit_log_is_followed(tdl: Run, tmp_path: Path) -> None:
    log = Audit(tmp_path / "audit.log", lambda: "now")
    log.record({"who": "a"})
    log.record({"who": "b"})
    log.close()
    assert tdl("gateway", "audit", "audit.log").output == f"2 entries, {log.head}\n"
    text = (tmp_path / "audit.log").read_text("ascii")
    (tmp_path / "audit.log").write_text(text.replace('"a"', '"c"'), "ascii")
    run = tdl("gateway", "audit", "audit.log")
    assert (run.exit_code, "line 1 is not as it was written" in run.stderr) == (1, True)
