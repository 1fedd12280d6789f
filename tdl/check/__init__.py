"""The check stage: what a document must be before it is lowered."""

from tdl.check.stage import check

__all__ = ["check"]
