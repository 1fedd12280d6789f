"""The templates of pages in HTML."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def html_templates(package: str) -> Environment:
    """The templates in a package's folder `templates`: what is not known is an error, all text is escaped."""
    return Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
