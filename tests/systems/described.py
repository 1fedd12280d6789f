"""The gateway against its own description: `python -m tests.systems.described`."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.unit.gateway.gateways import ALL, Opened, gateway


def main() -> None:
    """Try the operations; whatever is not as described raises."""
    with gateway() as opened:
        described = opened.get("/openapi.json").json()
        some = (
            "/jobs",
            "/jobs/{job}",
            "/meters",
            "/meters/{meter}/tables",
            "ST0",
            "ST1",
            "ST6",
            "ST23",
            "path}",
            "SP9",
            "SP10",
        )
        described["paths"] = {
            path: of
            for path, of in described["paths"].items()
            if path.endswith(some) and ("elements" not in path or "/ST6/" in path or "/ST23/" in path)
        }
        tried = 0
        for found in schemathesis.openapi.from_dict(described).get_all_operations():
            _try(found.ok(), opened)
            tried += 1
        assert tried > 20


def _try(operation: APIOperation[Any, Any, Any, Any], opened: Opened) -> None:
    """Requests that the description makes of itself: none is a fault, and all have answers that it has."""

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy())
    def once(case: schemathesis.Case) -> None:
        told = case.as_transport_kwargs(headers={"Authorization": f"Bearer {ALL}"})
        sent = opened.client.build_request(**_for_httpx(told) | {"url": case.formatted_path})
        answer = opened.client.send(sent)
        assert answer.status_code != 500, answer.text
        case.validate_response(answer, checks=[content_type_conformance, response_schema_conformance])

    once()


def _for_httpx(told: dict[str, Any]) -> dict[str, Any]:
    """What schemathesis has for `requests`, for another client."""
    if "data" in told:
        told["content"] = told.pop("data")
    for name in ("verify", "cert", "timeout", "allow_redirects", "cookies"):
        told.pop(name, None)
    return told


if __name__ == "__main__":
    main()
