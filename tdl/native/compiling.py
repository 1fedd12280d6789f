"""A program that compiles C files of the folder that it runs in: `compiling.py NAME FILE.c... [--export=] [--flag=]`.

It uses nothing of tdl, and setuptools knows the compilers of each platform.
"""

from __future__ import annotations

import sys
from typing import Any

FORMAT = 1
"""Goes up when something here changes what comes out."""


def main(arguments: list[str]) -> None:
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    class Build(build_ext):
        """Exports what it is told to: a library that is no module has no function to start one."""

        def get_export_symbols(self, ext: Any) -> list[str]:
            return list(ext.export_symbols)

    def given(option: str) -> list[str]:
        return [each.removeprefix(option) for each in arguments if each.startswith(option)]

    name, *files = [each for each in arguments if not each.startswith("--")]
    made = Extension(
        name,
        files,
        include_dirs=["."],
        export_symbols=given("--export="),
        extra_compile_args=given("--flag="),
    )
    command = Build(Distribution({"name": name, "ext_modules": [made]}))
    command.inplace = False
    command.build_lib = "."
    command.build_temp = "objects"
    command.ensure_finalized()
    try:
        command.run()
    except Exception as error:
        sys.exit(str(error))  # the compiler has said what it was


if __name__ == "__main__":
    main(sys.argv[1:])
