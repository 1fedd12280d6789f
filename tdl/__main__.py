"""``python -m tdl``."""

from tdl.cli.start import entry

entry()
