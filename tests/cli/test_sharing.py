"""Targets made side by side: the same files and the same errors, however many processes there are."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tdl.backends.api import Generated, GeneratedFile
from tdl.cli import sharing
from tdl.cli.sharing import Work, made_of_all, shareable
from tests.cli.conftest import ROOT, Run, tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one process")

DOCUMENT = "DOCUMENT MANY;\nTYPE A_RCD = PACKED RECORD A : UINT16; END;\n" + "".join(
    f"TABLE {number} T_{number}_TBL = A_RCD;\n" for number in range(20)
)


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file stays open and no child alive; other tests' threads do not count."""
    monkeypatch.setattr(sharing, "_is_alone", lambda: True)
    before = sorted(os.listdir("/proc/self/fd"))
    yield
    assert sorted(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _file(text: str) -> Generated:
    return Generated(files=(GeneratedFile(path="a", content=text.encode()),), memory=text[::-1].encode())


def _said(made: list[Generated]) -> list[str]:
    assert [each.memory.decode()[::-1] for each in made] == [each.files[0].content.decode() for each in made]
    return [each.files[0].content.decode() for each in made]


def _makers() -> tuple[Work, Work]:
    """Two functions of which each says its process, when the other has begun."""
    ends = (os.pipe(), os.pipe())

    def maker(own: int) -> Work:
        def work() -> Generated:
            os.write(ends[own][1], b".")
            assert select.select([ends[1 - own][0]], [], [], 20)[0], "nobody has begun the other one"
            for each in (each for end in ends for each in end):
                if os.getpid() == here:
                    os.close(each)
            return _file(str(os.getpid()))

        here = os.getpid()
        return work

    return maker(0), maker(1)


def test_two_are_made_at_once() -> None:
    first, second = _said(made_of_all(_makers(), (0, 1), 2))
    assert str(os.getpid()) in (first, second)
    assert first != second


@pytest.mark.parametrize("processes", [1, 2, 3, 9, None])
def test_what_is_made_is_in_order(processes: int | None) -> None:
    work = [(lambda number=number: _file(f"{number}" * 100_000)) for number in range(6)]
    assert made_of_all(work, (5, 4, 0, 1), processes) == [each() for each in work]


def _elsewhere(do: Callable[[], object]) -> Work:
    """What is made here alone: a copy of this process does something else, with what comes of it."""
    here = os.getpid()

    def work() -> Generated:
        if os.getpid() != here:
            do()
            return _file("elsewhere")
        time.sleep(0.2)  # the copies begin meanwhile
        return _file("here")

    return work


def _refuse() -> None:
    raise LookupError


@pytest.mark.parametrize("ending", [lambda: os.kill(os.getpid(), 9), lambda: os._exit(0), _refuse, sys.exit])
def test_what_a_copy_does_not_leave_is_made_here(ending: Callable[[], object]) -> None:
    work = [_elsewhere(ending)] * 4
    assert _said(made_of_all(work, range(4), 3)) == ["here"] * 4


def test_what_a_copy_that_ends_badly_has_left_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    end = os._exit
    monkeypatch.setattr(os, "_exit", lambda code: end(1))
    work = [_elsewhere(lambda: None)] * 4
    assert _said(made_of_all(work, range(4), 3)) == ["here"] * 4


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_the_error_is_that_of_the_first(processes: int) -> None:
    def failing(number: int) -> Work:
        def work() -> Generated:
            raise ValueError(str(number))

        return work

    with pytest.raises(ValueError, match="1"):
        made_of_all([lambda: _file(""), *map(failing, range(1, 4))], (3, 2, 1, 0), processes)


def test_an_interrupt_ends_the_copies() -> None:
    begun, told = os.pipe()
    here = os.getpid()

    def work() -> Generated:
        if os.getpid() != here:
            os.write(told, b"%d %d " % (os.getpid(), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])))
            time.sleep(60)
        assert select.select([begun], [], [], 20)[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_of_all([work, work], (0, 1), 2)
    process, deaf = map(int, os.read(begun, 100).split())
    os.close(begun)
    os.close(told)
    assert deaf, "an interrupt at the terminal is for this process alone"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_no_copies_where_none_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise BlockingIOError

    for name in ("fork", "memfd_create"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, refused)
            assert _said(made_of_all([lambda: _file("a"), lambda: _file("b")], (0, 1), 2)) == ["a", "b"]


def test_no_copies_of_what_has_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("a copy"))
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    made_of_all([lambda: _file("a"), lambda: _file("b")], (0, 1), 2)
    done.set()
    thread.join()


def test_what_others_bring_and_what_is_small_is_made_here() -> None:
    targets = ["jsonschema", "theirs", "c", "rust"]
    assert shareable(targets, 100) == [2, 3, 0]
    assert shareable(targets, 3) == []


def test_the_files_do_not_depend_on_how_many_make_them(
    tdl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[int] = []
    fork = os.fork

    def counted() -> int:
        copies.append(fork())
        return copies[-1]

    monkeypatch.setattr(os, "fork", counted)
    Path("d.tdl").write_text(DOCUMENT)
    targets = [word for name in ("c", "python", "rust", "jsonschema") for word in ("--target", name)]
    asked = ("generate", "-d", "d.tdl", *targets)
    assert tdl(*asked, "-o", "one", "--jobs", 1).exit_code == 0
    monkeypatch.setenv("TDL_JOBS", "1")
    assert tdl(*asked, "-o", "still").exit_code == 0
    assert not copies
    assert tdl(*asked, "-o", "three", "--jobs", 3).exit_code == 0
    assert len(copies) == 2
    assert tree(tmp_path / "one") == tree(tmp_path / "still") == tree(tmp_path / "three")
    assert tdl(*asked, "-o", "none", "--jobs", 0).exit_code == 2


def test_an_interrupted_command_leaves_nothing(tmp_path: Path) -> None:
    """At the terminal every process of the command gets the interrupt."""
    program = """if True:
        import os, signal, sys, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from tdl.backends.c.backend import CBackend
        from tdl.backends.rust.backend import RustBackend
        def generate(*_):
            os.write(1, f"{os.getpid()}{os.linesep}".encode())
            time.sleep(60)
        CBackend.generate = RustBackend.generate = generate
        from tdl.cli.start import main
        main()
    """
    (tmp_path / "d.tdl").write_text(DOCUMENT)
    arguments = ["generate", "-d", "d.tdl", "--target", "c", "--target", "rust", "-o", "out", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TDL_CACHE_DIR": ""}
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as command:
        assert command.stdout is not None
        processes = [int(command.stdout.readline()) for _ in range(2)]
        os.killpg(command.pid, signal.SIGINT)
        _, said = command.communicate(timeout=30)
    assert (command.returncode, said.split()) == (130, ["interrupted"])
    assert tree(tmp_path) == {"d.tdl": DOCUMENT.encode()}
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, 0)
            pytest.fail("a process is left")
