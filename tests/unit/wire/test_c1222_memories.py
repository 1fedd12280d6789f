"""What is kept over a restart: accepted messages, and the numbers of one's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tdl.systems.wire.acse.ivs import Ivs, Numbers
from tdl.systems.wire.acse.repeats import ANSWERS, SECONDS, Repeats
from tdl.systems.wire.errors import WireError
from tdl.systems.wire.replay import SECONDS as SECONDS_IN_TIME
from tdl.systems.wire.replay import Seen
from tdl.systems.wire.shells.c1222 import memories
from tdl.systems.wire.shells.c1222.memories import WindowFile, kept_ivs
from tdl.systems.wire.titles import Title

READER = Title(arcs=(1, 3, 6))


def seen(iv: int, *, calling: Title | None = READER) -> Seen:
    return Seen(key_id=2, calling=calling, iv=iv, invocation=iv % 7)


def test_messages_are_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "window"
    memory = WindowFile(path)
    assert memory.load().seen == ()
    noted = (seen(5000), seen(5001, calling=None))
    for each in noted:
        memory.add(each, 5000.5)
    # Without a word of farewell, as after a crash.
    kept = WindowFile(path).load()
    assert (kept.seen, kept.latest) == (noted, 5000.5)
    memory.close()


def test_a_line_that_was_cut_off_is_not_there(tmp_path: Path) -> None:
    """And spoils nothing that is added behind it."""
    path = tmp_path / "window"
    memory = WindowFile(path)
    memory.load()
    memory.add(seen(5000), 5000.0)
    memory.close()
    with path.open("a") as file:
        file.write("2 5001 3 1.3.6 50")
    again = WindowFile(path)
    assert again.load().seen == (seen(5000),)
    again.add(seen(5002), 5002.0)
    again.close()
    assert WindowFile(path).load().seen == (seen(5000), seen(5002))


def test_only_what_is_still_in_time_is_kept(tmp_path: Path) -> None:
    for seconds, expected in ((900, (seen(5000),)), (None, (seen(4000), seen(5000)))):
        path = tmp_path / f"window of {seconds}"
        memory = WindowFile(path, seconds=seconds)
        memory.load()
        for iv in (4000, 5000):
            memory.add(seen(iv), float(iv))
        assert memory.load().seen == expected
        assert path.read_text().count("\n") == len(expected)
        memory.close()
        with pytest.raises(OSError, match="closed"):
            memory.add(seen(1), 1.0)


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not get there whole leaves nothing behind."""
    path = tmp_path / "window"
    memory = WindowFile(path)
    memory.load()
    write = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda where, octets: write(where, octets[:5]))
        with pytest.raises(OSError, match="full"):
            memory.add(seen(5000), 5000.0)
    memory.add(seen(5001), 5001.0)
    memory.close()
    assert WindowFile(path).load().seen == (seen(5001),)


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is out of time goes as others come; if there is no room for that, no message is taken, and later it is."""
    monkeypatch.setattr(memories, "LINES", 10)
    path = tmp_path / "window"
    memory = WindowFile(path)
    memory.load()
    for iv in range(0, 30_000, 300):
        memory.add(seen(iv), float(iv))
        lines = path.read_text().splitlines()
        assert len(lines) <= 10 + SECONDS_IN_TIME // 300 + 1
        assert [int(line.split()[1]) for line in lines[-4:]] == list(range(max(0, iv - 900), iv + 1, 300))
    memory.load()
    for iv in range(30_000, 30_010):
        memory.add(seen(iv), float(iv))
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", _refuse)
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                memory.add(seen(30_010), 30_010.0)
    memory.add(seen(30_010), 30_010.0)
    memory.close()
    assert seen(30_010) in WindowFile(path).load().seen


def _refuse(*_: object) -> None:
    raise OSError("full")


def test_a_new_file_is_there_after_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is written as well, before anything is added to it."""
    written: list[bool] = []
    sync = os.fsync

    def noted(what: int) -> None:
        written.append(stat.S_ISDIR(os.fstat(what).st_mode))
        sync(what)

    monkeypatch.setattr(os, "fsync", noted)
    WindowFile(tmp_path / "window").load()
    assert written == [False, True]


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_never_come_twice() -> None:
    """Though the clock goes back, and the count begins again."""
    times = iter([100.0, 100.5, 50.0, 101.0, 101.0])
    ivs = Ivs(lambda: next(times), first=0xFFFF_FFFC)
    drawn = [ivs.draw() for _ in range(5)]
    assert [(each.iv, each.invocation) for each in drawn] == [
        (100, 0xFFFF_FFFD), (100, 0xFFFF_FFFE), (100, 0xFFFF_FFFF), (101, 0), (101, 1)
    ]  # fmt: skip
    with pytest.raises(WireError, match="after 2106"):
        Ivs(lambda: float(1 << 32)).draw()


def test_times_go_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "iv"
    first = kept_ivs(path, lambda: 100.0).draw()
    # It is kept before the message can have gone out.
    assert path.read_text() == "100\n"
    assert (first.iv, kept_ivs(path, lambda: 90.0).draw().iv, kept_ivs(path, lambda: 500.0).draw().iv) == (
        100,
        101,
        500,
    )
    path.write_text("no time")
    with pytest.raises(ValueError, match="no time"):
        kept_ivs(path)


def test_a_time_that_cannot_be_kept_is_not_used() -> None:
    def full(iv: int) -> None:
        raise OSError("a full disk")

    with pytest.raises(WireError, match="a time that cannot be kept, a full disk"):
        Ivs(lambda: 1.0, keep=full).draw()


def test_counts_begin_anywhere() -> None:
    assert len({Ivs(lambda: 1.0).draw().invocation for _ in range(20)}) == 20
    assert Ivs(lambda: 7.0, first=4).draw() == Numbers(invocation=5, iv=7)


# --- repeats ---------------------------------------------------------------------------------------------------------


def test_answers_are_kept_for_a_while() -> None:
    repeats = Repeats()
    repeats.add(b"asked", "here", (b"told",), 0.0)
    assert repeats.find(b"asked", "here", SECONDS - 1) == (b"told",)
    assert repeats.find(b"asked", "there", 0.0) is None
    assert repeats.find(b"asked", "here", SECONDS) is None


def test_answers_are_bounded() -> None:
    """In their number and in their octets: the oldest ones go first."""
    repeats = Repeats()
    for number in range(ANSWERS + 1):
        repeats.add(b"%d" % number, "", (b"",), 0.0)
    assert (repeats.find(b"0", "", 0.0), repeats.find(b"1", "", 0.0)) == (None, (b"",))
    for number in range(9):
        repeats.add(b"large %d" % number, "", (bytes(1 << 20),), 0.0)
    assert repeats.find(b"large 0", "", 0.0) is None
    assert repeats.find(b"large 1", "", 0.0) is not None
