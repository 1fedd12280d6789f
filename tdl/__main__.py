"""``python -m tdl``."""

from tdl.cli.app import main

main()
