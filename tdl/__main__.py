"""``python -m tdl``."""

from tdl.cli.start import main

main()
