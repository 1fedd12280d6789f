"""What editors call texts, and what the compiler calls them: URIs and names.

Files have their absolute paths for names; those that come with tdl have library names, unless somebody works on them;
what is in no file has its URI in angle brackets.
"""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from tdl.sources.library import document_path, family_folder, is_library_name, library_names, own_families
from tdl.sources.plugins import PluginError, plugins

_LIBRARY = "library:"


def path_of_uri(uri: str) -> str | None:
    """The absolute path of a file's URI; None for what is in no file."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    return os.path.abspath(url2pathname(parts.path))


def name_of_uri(uri: str) -> str:
    """What the compiler calls a text."""
    path = path_of_uri(uri)
    return f"<{uri}>" if path is None else path


def uri_of_name(name: str) -> str | None:
    """Where an editor finds a text; None for what is nowhere."""
    if name.startswith("<"):
        return name[1:-1] if ":" in name else None
    path = library_file(name) if is_library_name(name) or name.startswith(_LIBRARY) else Path(os.path.abspath(name))
    return None if path is None else path.as_uri()


def library_file(name: str) -> Path | None:
    """The file of a library's document, or of a part of one."""
    inside = name.removeprefix(_LIBRARY) if name.startswith(_LIBRARY) else document_path(name)
    family, _, rest = inside.partition("/")
    folder = _folder(family)
    path = None if folder is None else folder / rest
    return path if path is not None and path.is_file() else None


def library_name(path: str) -> str | None:
    """The library's name of a file; None if it is not one of the library's."""
    for family in (*own_families(), *(plugin.name for plugin in plugins("tdl.libraries"))):
        folder = _folder(family)
        if folder is not None and Path(path).is_relative_to(folder):
            inside = f"{family}/{Path(path).relative_to(folder).as_posix()}"
            names = {document_path(name): name for name in library_names()}
            return names.get(inside, _LIBRARY + inside)
    return None


def _folder(family: str) -> Path | None:
    if family in own_families():
        found = resources.files("tdl.library").joinpath(family)
    else:
        plugin = next((each for each in plugins("tdl.libraries") if each.name == family), None)
        try:
            if plugin is None:
                return None
            found = family_folder(plugin)
        except PluginError:
            return None
    return found if isinstance(found, Path) else None
