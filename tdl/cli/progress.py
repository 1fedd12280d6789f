"""A progress bar on standard error, for work that takes over a second at a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from tdl.cli.console import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SECONDS = 1.0


class Watch:
    """Called with how much is done, of how much; shows nothing to pipes and of short work."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.begun = time.monotonic()
        self.bar: Progress | None = None
        self.task: TaskID | None = None

    def __call__(self, done: int, of: int) -> None:
        if self.bar is None and time.monotonic() - self.begun > _SECONDS and is_terminal(sys.stderr):
            self._show()
        if self.bar is not None and self.task is not None:
            self.bar.update(self.task, completed=done, total=of)

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self.bar = Progress(console=Console(stderr=True), transient=True)
        self.task = self.bar.add_task(self.title)
        self.bar.start()

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()
