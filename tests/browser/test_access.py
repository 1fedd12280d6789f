"""What a checker of accessibility says of the pages, in light and dark: names, roles and contrasts."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Open

BACKGROUNDS: dict[Literal["light", "dark"], str] = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 29)"}

SHOWN = {
    "index": "index.html",
    "tables": "decade-1.html",
    "enumerations": "enumerations.html",
    "graph": "graph.html",
    "open points": "open-points.html",
    "types": "types.html",
    "stopped": "meter.html#ST23",
    "field": "meter.html#ST0/FORMAT_CONTROL_1.CHAR_FORMAT",
    "bare": "meter.html#ST1",
}


@pytest.mark.parametrize("what", SHOWN)
def test_nothing_is_in_the_way(show: Open, few: Path, meter: Path, what: str) -> None:
    name, _, anchor = SHOWN[what].partition("#")
    page = show(meter if name == meter.name else few / name, f"#{anchor}" if anchor else "").page
    for scheme, paper in BACKGROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        found = Axe().run(page, options={"preload": False}).response["violations"]
        assert [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"][:3]] == []
