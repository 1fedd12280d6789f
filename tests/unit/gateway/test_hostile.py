"""Requests that nobody means well with: bounded, and never a traceback."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tdl.systems.gateway import forms
from tdl.systems.gateway.contents import MAX_BODY
from tdl.systems.gateway.forms import Form
from tdl.systems.gateway.names import element_path, table_name
from tdl.systems.gateway.problems import Problem
from tests.unit.gateway.gateways import gateway

ST6 = "/meters/house-1/tables/ST6"
JSON, CBOR = "application/json", "application/cbor"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        (JSON, b"[" * 500_000, 400),
        (JSON, b'{"values":' + b'{"a":' * 500 + b"1" + b"}" * 501, 422),
        (JSON, b'{"values": NaN}', 400),
        (JSON, b'{"values": ' + b"9" * 100_000 + b"}", 400),
        (JSON, b"\xff\xfe", 400),
        (JSON, b"null", 422),
        (CBOR, b"\x81" * 100_000, 400),
        (CBOR, b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 400),
        (CBOR, b"\xa1fvalues\xa1\x01\x02", 422),
        (CBOR, b"\xa1fvalues\xd8\x1c\x81\xd8\x1d\x00", 422),
        (CBOR, b"\xa1fvalues\xa0\xff", 400),
        (JSON, b" " * (MAX_BODY + 1), 413),
        ("text/plain", b"{}", 415),
    ],
)
def test_contents(kind: str, body: bytes, status: int) -> None:
    with gateway() as opened:
        tag = opened.get(ST6).headers["etag"]
        head = {"Authorization": "Bearer tdl_all", "Content-Type": kind, "If-Match": tag}
        told = opened.client.put(ST6, content=body, headers=head)
        assert told.status_code == status, told.text
        assert told.json()["status"] == status
        assert not any(opened.meter.tables.octets("ST6"))


def test_a_body_that_says_it_is_too_large_is_not_waited_for() -> None:
    with gateway() as opened:
        head = {"Authorization": "Bearer tdl_all", "Content-Type": JSON, "Content-Length": str(MAX_BODY + 1)}
        assert opened.client.put(ST6, content=iter([b"{"]), headers=head).status_code == 413


@settings(max_examples=300)
@given(st.text(max_size=100))
def test_any_text_in_a_head_or_a_path(text: str) -> None:
    element_path(text)
    table_name(text)
    forms.tags(text)
    with contextlib.suppress(Problem):
        assert forms.wanted(text) in Form


@settings(max_examples=300)
@given(st.binary(max_size=200), st.sampled_from([Form.JSON, Form.CBOR]))
def test_any_content(body: bytes, form: Form) -> None:
    with contextlib.suppress(Problem):
        forms.values_of(forms.read(form, body))


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, Form.JSON),
        ("*/*", Form.JSON),
        ("application/cbor;q=0.5, application/json;q=0.4", Form.CBOR),
        ("application/json;q=0, */*", Form.CBOR),
        ("text/html, application/octet-stream;q=0.1", Form.OCTETS),
        ("application/*;q=nan, application/cbor;q=0.1", Form.CBOR),
    ],
)
def test_the_form_that_is_wanted(accept: str | None, form: Form) -> None:
    assert forms.wanted(accept) is form
