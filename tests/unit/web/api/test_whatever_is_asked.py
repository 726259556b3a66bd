"""Schemathesis asks whatever the OpenAPI document allows, and much that it does not: no answer is one that is not described."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from tests.unit.web.exhibits import Visitor

load_all_checks()
_LEFT_OUT: list[Any] = [
    # What is well written may still be without sense: two spans at once, a type that nobody knows.
    CHECKS.get_one("positive_data_acceptance"),
    # A list of one number is the number itself, once it stands in an address. test_api.py has what is to be refused.
    CHECKS.get_one("negative_data_rejection"),
]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_given_whatever_the_document_allows_or_not_when_asked_then_the_answer_is_as_described(
    visitor: Visitor, mode: GenerationMode
) -> None:
    described = schemathesis.openapi.from_url(f"http://127.0.0.1:{visitor.port}/api/openapi.json")
    asked: list[str] = []
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: Case[Any]) -> None:
            case.call_and_validate(excluded_checks=_LEFT_OUT)

        ask()
        asked.append(operation.path)
    assert len(asked) == 10
