"""The programs that tests call, and the Debian packages that have them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from glob import glob


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program, the Debian packages that it takes, and what is tested with it.

    Attributes:
        file: a pattern of a file that it needs beside itself.
    """

    command: str
    packages: tuple[str, ...]
    purpose: str
    file: str = ""

    @property
    def there(self) -> bool:
        return shutil.which(self.command) is not None and (not self.file or bool(glob(self.file)))


_CROSS_ARM = ("gcc-arm-none-eabi", "libnewlib-arm-none-eabi")
_CROSS_PPC = ("gcc-powerpc-linux-gnu", "libc6-dev-powerpc-cross")

TOOLS = (
    Tool(command="git", packages=("git",), purpose="the check of what the repository holds"),
    Tool(command="gcc", packages=("gcc",), purpose="generated C"),
    Tool(command="node", packages=("nodejs",), purpose="the extension for VS Code"),
    Tool(command="npm", packages=("npm",), purpose="the packages that the extension is made of"),
    Tool(command="python3-config", packages=("python3-dev",), purpose="native code behind generated Python"),
    Tool(command="g++", packages=("g++",), purpose="generated C as C++"),
    Tool(command="clang", packages=("clang",), purpose="generated C"),
    Tool(
        command="clang++",
        packages=("clang", "libclang-rt-14-dev"),
        purpose="generated C under sanitizers and a fuzzer",
        file="/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a",
    ),
    Tool(command="make", packages=("make",), purpose="the C example"),
    Tool(command="cmake", packages=("cmake",), purpose="the C example"),
    Tool(command="meson", packages=("meson",), purpose="the C example"),
    Tool(command="ninja", packages=("ninja-build",), purpose="the C example"),
    Tool(command="arm-none-eabi-gcc", packages=_CROSS_ARM, purpose="generated C on Cortex-M"),
    Tool(command="arm-none-eabi-size", packages=("binutils-arm-none-eabi",), purpose="the size of generated C"),
    Tool(command="qemu-system-arm", packages=("qemu-system-arm",), purpose="generated C on Cortex-M"),
    Tool(command="powerpc-linux-gnu-gcc", packages=_CROSS_PPC, purpose="generated C on a big-endian machine"),
    Tool(command="qemu-ppc", packages=("qemu-user",), purpose="generated C on a big-endian machine"),
    Tool(command="cppcheck", packages=("cppcheck",), purpose="the published departures from MISRA C"),
    Tool(command="valgrind", packages=("valgrind",), purpose="counting the instructions of generated C"),
    Tool(command="tshark", packages=("tshark",), purpose="the Wireshark dissector on captures"),
    Tool(command="lua5.2", packages=("lua5.2",), purpose="the Wireshark dissector's engine"),
    Tool(command="lua5.4", packages=("lua5.4",), purpose="the Wireshark dissector's engine"),
    Tool(command="curl", packages=("curl",), purpose="what the page about gateways asks of one"),
    Tool(command="dot", packages=("graphviz",), purpose="the graph of tables"),
    Tool(command="chromium", packages=("chromium",), purpose="pages as a browser shows them"),
    Tool(command="cargo", packages=("cargo-web",), purpose="generated Rust, with Rust 1.81 or newer"),
    Tool(command="rustc", packages=("rustc-web",), purpose="generated Rust, with Rust 1.81 or newer"),
    Tool(command="cargo-clippy", packages=("rust-web-clippy",), purpose="the lints of generated Rust"),
    Tool(command="rustfmt", packages=("rustfmt-web",), purpose="the format of generated Rust"),
    Tool(command="frama-c", packages=("frama-c-base",), purpose="the proof that generated C is memory-safe"),
)


def tool(command: str) -> str:
    """The path of a program of `TOOLS`."""
    (packages,) = (each.packages for each in TOOLS if each.command == command)
    found = shutil.which(command)
    assert found, f"`{command}` found nowhere, the Debian packages {', '.join(packages)} have it"
    return found
