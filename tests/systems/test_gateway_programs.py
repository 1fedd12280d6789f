"""The gateway and the meter as programs: what the how-to page says of them, and killed in the middle of something."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tdl.systems.gateway.access import new_token
from tdl.systems.gateway.audit import follow
from tests.tools import tool

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/how-to/run-a-gateway.md"
TDL = [sys.executable, "-P", "-m", "tdl"]


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class Programs:
    """The gateway of the page and its meter, in a folder, at free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.meter, self.gateway = folder, _free(), _free()
        self.token, hash = new_token()
        text = PAGE.read_text("utf-8").replace("tcp:1218", f"tcp:{self.meter}")
        text = text.replace("127.0.0.1:1218", f"127.0.0.1:{self.meter}").replace("8153", str(self.gateway))
        text = re.sub(r"sha256:[0-9a-f]{64}", hash, text)
        for name, body in re.findall(r"^`(\S+)`:\n\n```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            listening = f'[gateway]\nlisten = "127.0.0.1:{self.gateway}"\n'
            (folder / name).write_text(body.replace("[gateway]\n", listening), "utf-8")
        self.serve_meter, self.serve_gateway, *self.asked = re.findall(
            r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
        )

    @contextmanager
    def metering(self) -> Iterator[subprocess.Popen[bytes]]:
        with self._running(self.serve_meter, self.meter) as process:
            yield process

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        with self._running(self.serve_gateway, self.gateway) as process:
            yield process

    @contextmanager
    def _running(self, command: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """A command of the page, once it listens; it ends as if from the terminal."""
        words = [*TDL, *command.split()[1:]]
        with subprocess.Popen(
            words, cwd=self.folder, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
        ) as process:
            try:
                for _ in range(600):
                    assert process.poll() is None, command
                    with socket.socket() as probe:
                        if probe.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                yield process
            finally:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGINT)
                assert process.wait(60) in (0, -signal.SIGKILL), command


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    programs = Programs(tmp_path)
    path = os.pathsep.join((str(Path(tool("curl")).parent), "/usr/bin", "/bin"))
    with programs.metering(), programs.serving():
        read, written, later = (
            subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path,
                env={"TOKEN": programs.token, "PATH": path},
                capture_output=True,
                check=True,
            ).stdout
            for command in programs.asked
        )
    assert json.loads(read)["name"] == "GENERAL_MFG_ID_TBL"
    assert json.loads(written)["elements"] == {"OWNER_NAME": "A NEW OWNER".ljust(20), "UTILITY_DIV": "WEST".ljust(20)}
    assert json.loads(later)["name"] == "DEVICE_IDENT_TBL"


def test_a_key_opens_a_meter_of_c1222(tmp_path: Path) -> None:
    programs = Programs(tmp_path)
    key = "00112233445566778899AABBCCDDEEFF"
    for name, text in {"keys.toml": f'[keys]\n2 = "{key}"\n', "other.toml": f'[keys]\n2 = "{key[::-1]}"\n'}.items():
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / name).chmod(0o600)
    title = "1.3.6.1.4.1.33507.1919.1"
    programs.serve_meter = programs.serve_meter.replace("--c1218", f"--title {title} --keys keys.toml --c1222")
    config = tmp_path / "gateway.toml"
    url = f"c1222+tcp://127.0.0.1:{programs.meter}/{title}"
    config.write_text(
        config.read_text("utf-8").replace(
            f'"c1218+tcp://127.0.0.1:{programs.meter}"', f'"{url}"\nkey_file = "keys.toml"\nkey_id = 2'
        ),
        "utf-8",
    )
    where = f"http://127.0.0.1:{programs.gateway}/meters/house-7/tables/ST5"
    head = {"Authorization": f"Bearer {programs.token}"}
    with programs.metering():
        with programs.serving():
            read = httpx2.get(where, headers=head, timeout=60)
        assert (read.status_code, read.json()["name"]) == (200, "DEVICE_IDENT_TBL"), read.text
        config.write_text(config.read_text("utf-8").replace("keys.toml", "other.toml"), "utf-8")
        with programs.serving():
            refused = httpx2.get(where, headers=head, timeout=60)
        assert refused.status_code in (502, 504), refused.text
        assert key not in refused.text


def test_a_gateway_that_is_killed_in_a_run_knows_of_it_afterwards(tmp_path: Path) -> None:
    programs, log = Programs(tmp_path), tmp_path / "audit.log"

    def run() -> httpx2.Response:
        head = {"Authorization": f"Bearer {programs.token}", "Idempotency-Key": "once"}
        where = f"http://127.0.0.1:{programs.gateway}/meters/house-7/procedures/SP1"
        return httpx2.post(where, json={"parameters": None}, headers=head, timeout=60)

    with programs.metering() as meter:
        with programs.serving() as gateway, ThreadPoolExecutor(1) as pool:
            meter.send_signal(signal.SIGSTOP)  # it is there, and does not answer
            asked = pool.submit(run)
            while not log.exists() or b"begins" not in log.read_bytes():
                time.sleep(0.01)
            gateway.kill()
            with pytest.raises(httpx2.TransportError):
                asked.result()
        meter.send_signal(signal.SIGCONT)
        assert follow(log)[0] == 1, "it began, and nobody knows how it ended"
        with programs.serving():
            again = run()
    assert (again.status_code, again.json()["uncertain"]) == (409, True)
    assert follow(log)[0] == 1
