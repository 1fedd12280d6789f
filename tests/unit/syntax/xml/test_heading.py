"""The first tag is enough to know whose definition a text is."""

from __future__ import annotations

import pytest

from tdl.syntax.xml.heading import heading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<?xml version="1.0"?>\n<!-- x --><tdl xmlns="urn:C1219TDL" name="A"><packedRec', ("A", None)),
        ('  <x:fragment xmlns:x="urn:C1219TDL" of="std:2012&amp;" name="F"/>', ("F", "std:2012&")),
        ("<tdl>", (None, None)),
        ("<html/>", None),
        ('<tdl name="A', None),
        ("<tdl name='A'", None),
        ("<!DOCTYPE tdl [<!ENTITY a 'b'>]><tdl name='&a;'/>", None),
        ("DOCUMENT A;", None),
        ("", None),
        ("<\ud800", None),
    ],
)
def test_heading(text: str, found: object) -> None:
    assert heading(text) == found
