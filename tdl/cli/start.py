"""Where the `tdl` command begins: what can be answered at once is, before anything that takes long is imported."""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

_COLLECT_AFTER = 100_000
"""New objects between two looks for garbage. A command makes many that stay, and looking at them each time costs more
than all that it frees."""

EXIT_INTERRUPTED = 130


def entry() -> None:
    """Run the command line of this process, which ends with it."""
    code: str | int | None = None
    try:
        main()
    except SystemExit as ending:
        code = ending.code
    if sys.argv[1:2] == ["generate"] and not isinstance(code, str) and not _is_watched():
        _leave(code or 0)
    sys.exit(code)


def _is_watched() -> bool:
    """Whether somebody has more to do in this process: a debugger, a profiler, who asked for a prompt, or a thread."""
    threads = sys.modules.get("threading")
    asked = sys.flags.interactive or sys.flags.inspect or sys.gettrace() or sys.getprofile()
    return bool(asked) or (threads is not None and threads.active_count() > 1)


def _leave(code: int) -> NoReturn:
    """End the process at once: to take apart what a run has made, piece by piece, takes longer than most passes."""
    import atexit
    import os
    from contextlib import suppress

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)


def main() -> None:
    """Run the command line of this process; it ends by an exception if it fails."""
    try:
        _run()
    except KeyboardInterrupt:  # while the command line, which says so itself, is still being imported
        from contextlib import suppress

        with suppress(AttributeError, OSError, ValueError):
            sys.stderr.write("interrupted\n")
        sys.exit(EXIT_INTERRUPTED)


def _run() -> None:
    gc.set_threshold(_COLLECT_AFTER)
    arguments = sys.argv[1:]
    if arguments == ["--version"] and _print_version():
        return
    if arguments[:1] == ["generate"]:
        from tdl.cli.again import done_before

        gc.disable()  # files are made of what passes make, which has no cycles: see `tdl.uncollected`
        if done_before(arguments):
            gc.freeze()  # the process ends: nothing is looked through once more
            return
    from tdl.cli.app import main as run

    try:
        run()
    finally:
        gc.freeze()  # the process ends: nothing is looked through once more


def _print_version() -> bool:
    """Whether it could be printed; if not, the command line knows what to say of that."""
    from tdl import __version__

    try:
        sys.stdout.write(f"tdl {__version__}\n")
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):
        return False
    return True
