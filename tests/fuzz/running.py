"""A target in a process of its own, with what it may cost."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import ROOT, TARGETS

LONGEST, MEMORY, SECONDS = 4096, 2048, 20
"""The most octets of an input; MiB of the process; and seconds that one input takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: `said` is all that the fuzzer printed; `input` what broke the target, if anything did."""

    sound: bool
    said: str
    input: bytes | None


def fuzz(name: str, *bound: str, module: str = "tests.fuzz.one") -> Outcome:
    """Run a target.

    Args:
        bound: when it ends, as libFuzzer is told: ``-atheris_runs=1000`` or ``-max_total_time=60``.
    """
    with tempfile.TemporaryDirectory(prefix="tdl-fuzz-") as made:
        folder = Path(made)
        corpus = folder / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(TARGETS[name].seeds):
            (corpus / str(number)).write_bytes(seed)
        limits = (f"-max_len={LONGEST}", f"-rss_limit_mb={MEMORY}", f"-timeout={SECONDS}", "-seed=1")
        command = [sys.executable, "-m", module, name, *limits, *bound, f"-artifact_prefix={folder}/", str(corpus)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
        broken = [path for path in folder.iterdir() if path.is_file()]
        return Outcome(
            sound=run.returncode == 0, said=run.stdout + run.stderr, input=broken[0].read_bytes() if broken else None
        )
