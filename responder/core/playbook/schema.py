"""What may an editor check while somebody types? The JSON Schema of a playbook file."""

from __future__ import annotations

from typing import Any

from responder.core.playbook.model import Playbook

__all__ = ["json_schema"]

_ANY_SCALAR = ["string", "number", "boolean"]
_SHORT_FORMS: dict[str, list[dict[str, Any]]] = {
    "#/$defs/Approval": [{"type": "string"}],
    "#/$defs/Step": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
}
"""What may stand for a whole map: the name of a chain, a role, a list of roles."""


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a playbook file.

    An editor reads `version: 1.0` as a number and we read it as text, so wherever text without a pattern
    is expected numbers and flags pass too; and a single value passes where a list of one would.
    """
    schema = Playbook.model_json_schema(by_alias=True)
    tidied: dict[str, Any] = _tidy(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **tidied,
        "title": "Responder playbook, language version 1",
    }


def _tidy(part: Any) -> Any:  # JSON has no narrower type
    if isinstance(part, list):
        return [_tidy(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    tidied = {key: _tidy(inner) for key, inner in part.items() if key != "default"}
    properties = tidied.get("properties")
    if isinstance(properties, dict):
        tidied["properties"] = {key: inner for key, inner in properties.items() if not key.startswith("(")}
    if tidied.get("const") == "1":
        return {"enum": ["1", 1]}
    return _loosened(tidied)


def _loosened(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("$ref") in _SHORT_FORMS:
        return {"anyOf": [part, *_SHORT_FORMS[part["$ref"]]]}
    if part.get("type") == "string" and not part.keys() & {"pattern", "enum", "format"}:
        return {**part, "type": _ANY_SCALAR}
    if part.get("type") in ("integer", "boolean", "number"):
        return part
    if part.get("type") == "array" and "items" in part:
        described: dict[str, Any] = {key: part[key] for key in ("description", "title") if key in part}
        bare = {key: inner for key, inner in part.items() if key not in described}
        return {**described, "anyOf": [bare, part["items"]]}
    return part
