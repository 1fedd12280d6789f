"""The page of an image holds everything inside itself, and nothing of an image or a definition becomes markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

from tdl.explore.looking import look
from tdl.explore.page import html_page
from tdl.image import Image
from tdl.project.reading import read_image
from tests.unit.explore.meters import CONFIG, LIST, definition, view


class _Page(HTMLParser):
    """The scripts of a page with their attributes, its tags, and what its policy says."""

    def __init__(self, octets: bytes) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []
        self.policy = ""
        self.style = ""
        self.feed(octets.decode("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("href", "src") and value]
        if tag == "script":
            self.scripts.append((said, ""))
        if said.get("http-equiv") == "Content-Security-Policy":
            self.policy = said["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"]:
            attributes, before = self.scripts[-1]
            self.scripts[-1] = attributes, before + data
        elif self.tags[-1:] == ["style"]:
            self.style += data
        else:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def data(self, key: str) -> Any:
        (text,) = (text for said, text in self.scripts if said.get("data-key") == key)
        return json.loads(text)


def test_hostile_text_stays_text() -> None:
    octets = html_page(view(ST0=CONFIG, ST12=LIST, **{"ST98<script>": b"<script>", "ST99": b"</script>"}))
    page = _Page(octets)
    assert sum(tag == "script" for tag in page.tags) == 1 + 4 + 1, "shared data, tables, and the page's own"
    assert page.data("ST12")["value"][0] == "</script>"
    assert b"alert(1)" in octets
    for said, text in page.scripts:
        if said.get("type") == "application/json":
            json.loads(text)
            assert not re.search("[<>&]", text)
    assert any("<script>alert(1)</script>" in text for text in page.text)


def test_the_policy_lets_only_the_pages_own_script_and_style_run() -> None:
    page = _Page(html_page(view()))
    (script,) = (text for said, text in page.scripts if not said)
    for text in (script, page.style):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy


def test_nothing_comes_from_elsewhere() -> None:
    octets = html_page(view()).decode()
    assert "://" not in octets
    assert "url(" not in octets
    assert "@import" not in octets
    assert all(address.startswith("#") for address in _Page(octets.encode()).addresses)


def test_columns_are_what_was_traced() -> None:
    view_ = view()
    data = _Page(html_page(view_)).data("ST12")
    trace = view_.tables[1].trace
    assert trace is not None
    assert base64.b64decode(data["octets"]) == LIST
    at, found = 0, []
    for step in data["at"]:
        at += step
        found.append(at)
    assert (found, data["size_of"], data["below"], data["kind"]) == (trace.at, trace.size, trace.below, trace.kind)
    assert data["value"] == [v for v, k in zip(trace.value, trace.kind, strict=True) if trace.kinds[k].what == "value"]
    assert [kind["name"] for kind in data["kinds"] if kind["what"] == "array"][:1] == ["ROWS"]


def test_the_same_image_gives_the_same_octets() -> None:
    assert html_page(view()) == html_page(view())


def test_an_image_without_tables() -> None:
    page = _Page(html_page(look(read_image(definition(), Image(name="none")))))
    assert any("This image has no tables." in text for text in page.text)
