"""What the OpenAPI document says beyond the views: every error is a problem document."""

from __future__ import annotations

from typing import Any, Final

PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `errors` names each member or parameter at fault.",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
ALWAYS: Final = {
    "400": "The request is malformed.",
    "401": "No valid token or session.",
    "404": "There is nothing here that you may see.",
    "405": "This address does not take this method.",
    "429": "Too many requests; see Retry-After.",
    "503": "The database does not answer; see Retry-After.",
}
FOR_ACCOUNTS: Final = {"403": "Your role does not allow this."}
WITH_BODY: Final = {
    **FOR_ACCOUNTS,
    "409": "The same request is being answered; see Retry-After.",
    "413": "The body is too large.",
    "415": "This media type is not taken.",
    "422": "The content is refused.",
}


def describe_errors(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """For SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"]: adds the error answers to each operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for operation in operations.values():
            if not path.startswith("/api/") or not isinstance(operation, dict):
                continue
            failures = ALWAYS | (WITH_BODY if "requestBody" in operation else {})
            if {} not in operation.get("security", []):
                failures = failures | FOR_ACCOUNTS
            for status, description in failures.items():
                operation["responses"].setdefault(status, {"description": description, "content": content})
    return result
