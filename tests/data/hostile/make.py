"""Writes `bodies.jsonl` and `queries.jsonl`: requests that must be refused, with the status, code and field of each.

One JSON object a line. A body is a list of parts, each a text or base64 bytes, repeated `times`:
    {"name": …, "reader": "feature" | "points" | "object", "content_type": …, "parts": [{"text": "…", "times": 1}],
     "status": 400, "code": "…", "field": "…"}
`reader` is the shape that the endpoint expects; a case of `object` is refused by any of them. `code` and `field` are
those of the first entry of `errors`. A query asks for `lon` and `lat`, both required, in degrees.

Run `python -m tests.data.hostile.make` after a change in documents.py, features.py or points.py.
"""

import base64
import json
from pathlib import Path
from typing import Any

from tests.data.hostile.documents import BYTES, CONTENT, MEDIA_TYPES
from tests.data.hostile.features import BOMBS, FEATURES, GEOMETRIES, POSITIONS, RIGHT, Part, at, with_geometry
from tests.data.hostile.points import POINTS, QUERIES, TOO_MANY

HERE = Path(__file__).parent
MIB = 1024 * 1024
JSON = "application/json"


def case(reader: str, name: str, body: Part | list[Part], code: str, field: str = "", **other: Any) -> dict[str, Any]:
    """One line of `bodies.jsonl`."""
    parts = []
    for part in body if isinstance(body, list) else [body]:
        content, times = part if isinstance(part, tuple) else (part, 1)
        if isinstance(content, bytes):
            entry: dict[str, Any] = {"base64": base64.b64encode(content).decode()}
        else:
            entry = {"text": content}
        parts.append(entry | ({"times": times} if times > 1 else {}))
    return {
        "name": name,
        "reader": reader,
        "content_type": other.get("content_type", JSON),
        "parts": parts,
        "status": other.get("status", 400),
        "code": code,
        "field": field,
    }


def bodies() -> list[dict[str, Any]]:
    """Every case of `bodies.jsonl`."""
    cases = [case("object", *entry) for entry in BYTES + CONTENT]
    cases += [
        case("object", f"media type: {name}", RIGHT, code, content_type=content_type, status=415)
        for name, content_type, code in MEDIA_TYPES
    ]
    filler: list[Part] = ['{"a": "', ("x" * 1024, 1024), '"}']
    cases.append(case("feature", "beyond 1 MiB", filler, "too_large", status=413))
    cases.append(case("feature", "beyond 1 MiB, blanks", [RIGHT, (" ", MIB)], "too_large", status=413))
    cases.append(case("points", "beyond 8 MiB", [*filler[:1], ("x" * 1024, 8192), '"}'], "too_large", status=413))
    cases += [case("feature", f"position {text[:40]}", at(text), code, field) for text, code, field in POSITIONS]
    cases += [
        case("feature", f"geometry {text[:140]}", with_geometry(text), code, field) for text, code, field in GEOMETRIES
    ]
    for name, parts in BOMBS:
        whole: list[Part] = ['{"type":"Feature","properties":{"category":"noise"},"geometry":', *parts, "}"]
        cases.append(case("feature", name, whole, "wrong_geometry_type", "geometry.type"))
    cases += [case("feature", f"feature {text[-120:]}", text, code, field) for text, code, field in FEATURES]
    for body, code, field in POINTS:
        name = body if isinstance(body, str) else " ".join(map(str, body))
        cases.append(case("points", f"points {name[-90:]}", body, code, field))
    cases.append(case("points", "100,001 points", TOO_MANY, "too_many_points", "points", status=413))
    for name, unit in (("empty lists", "[]"), ("objects", "{}"), ("integers", "1")):
        crowd: list[Part] = [f'{{"points": [{unit}', (f",{unit}", 2_000_000), "]}"]
        cases.append(case("points", f"two million {name}", crowd, "too_many_points", "points", status=413))
    return cases


def queries() -> list[dict[str, Any]]:
    """Every case of `queries.jsonl`."""
    return [{"query": query, "status": 400, "code": code, "field": field} for query, code, field in QUERIES]


def write() -> None:
    """Both files anew."""
    for name, cases in (("bodies", bodies()), ("queries", queries())):
        lines = [json.dumps(each, ensure_ascii=True) + "\n" for each in cases]
        (HERE / f"{name}.jsonl").write_text("".join(lines), encoding="ascii")


if __name__ == "__main__":
    write()
