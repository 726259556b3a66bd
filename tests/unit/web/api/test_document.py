"""The OpenAPI document says all that there is, and docs/api.md says it to people."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.unit.web.exhibits import Visitor

GUIDE = Path(__file__).parents[4] / "docs" / "api.md"


@pytest.fixture(scope="module")
def document(visitor: Visitor) -> Any:
    return json.loads(visitor.get("/api/openapi.json").text)


def operations(document: Any) -> dict[str, Any]:
    return {path: methods["get"] for path, methods in document["paths"].items()}


def test_given_the_document_when_read_then_every_operation_and_parameter_says_what_it_is(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    for path, operation in operations(document).items():
        assert operation["description"], path
        assert {"200", "304", "400", "401", "503"} <= operation["responses"].keys()
        assert ("404" in operation["responses"]) == ("{" in path)
        for parameter in operation["parameters"]:
            assert parameter["description"], (path, parameter["name"])
    for schema in document["components"]["schemas"].values():
        assert schema["description"]


def test_given_the_document_when_read_then_only_get_is_offered_and_the_token_is_asked_for(document: Any) -> None:
    assert {method for methods in document["paths"].values() for method in methods} == {"get"}
    assert {} in document["security"]
    assert {one["scheme"] for one in document["components"]["securitySchemes"].values()} == {"bearer", "basic"}


def test_given_examples_of_parameters_when_checked_then_they_fit_what_is_described(document: Any) -> None:
    checked = 0
    for operation in operations(document).values():
        for parameter in operation["parameters"]:
            for example in (*parameter["schema"].get("examples", ()), *parameter.get("examples", ())):
                assert jsonschema_rs.is_valid(parameter["schema"], example), parameter
                checked += 1
    assert checked


def test_given_the_guide_when_compared_then_each_operation_and_parameter_stands_in_it_and_no_other(
    document: Any,
) -> None:
    told: dict[str, set[str]] = {}
    for part in re.split(r"^### ", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        operation = re.fullmatch(r"`GET (/api/\S+)`", heading.strip())
        if operation:
            told[operation[1]] = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
    shared = {"limit", "cursor", "lang"}
    spans = {"days", "day", "from", "to"}
    offered = {
        f"/api{path}": {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
        for path, operation in operations(document).items()
    }
    assert told.keys() == offered.keys() | {"/api/openapi.json"}
    for path, names in offered.items():
        assert told[path] | ((shared | spans) & names) == names, path
    text = GUIDE.read_text(encoding="utf-8")
    assert all(re.search(rf"`{name}\b", text) for name in shared | spans)


def test_given_a_daemon_whose_api_nobody_asks_when_it_starts_then_fastapi_is_not_imported() -> None:
    code = "import sys, monitor.cli.run, monitor.web.app; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
