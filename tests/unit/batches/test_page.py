from __future__ import annotations

import re
from pathlib import Path

from tdl.batches.decoding import BatchDecoder
from tdl.batches.running import PAYS

PAGE = (Path(__file__).parents[3] / "docs/reference/batches.md").read_text("utf-8")


def test_every_name_of_a_decoder_is_on_the_page() -> None:
    named = set(re.findall(r"`(?:BatchDecoder)?\.(\w+)", PAGE))
    public = {name for name in vars(BatchDecoder) if not name.startswith("_")} | {"schema", "size"}
    assert public - named <= {"error", "octets", "rows"}, "what the command line asks is no promise"


def test_the_page_says_when_native_code_is_compiled() -> None:
    assert f"native code after {PAYS // 2**20} MB" in " ".join(PAGE.split())
