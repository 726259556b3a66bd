"""The JSON shape of a finding, the same wherever a command writes one. Those of events and stories are domain/shapes.py's."""

from typing import Any

from monitor.domain.documents import Finding


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding with its place in fields, as `relmon check --json` writes it."""
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "level": finding.level,
        "message": finding.message,
    }
