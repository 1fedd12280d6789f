"""Where the `tdl` command begins: what can be answered at once is, before anything that takes long is imported."""

from __future__ import annotations

import gc
import sys

_COLLECT_AFTER = 100_000
"""New objects between two looks for garbage. A command makes many that stay, and looking at them each time costs more
than all that it frees."""

EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command line of this process."""
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
