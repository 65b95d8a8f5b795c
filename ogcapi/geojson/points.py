"""Batches of points, `{"points": [[lon, lat], …], …}`: up to 100,000 at once, faster than a JSON library reads them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from .documents import check_content, check_envelope, parse_object
from .geometry import LAT_LIMIT, LON_LIMIT, check_position
from .refusals import Findings, Refused, refusal
from .values import Allowed, check_members

_OF_NUMBERS = b"0123456789.eE+- \t\r\n"
_BRACKETS_TO_BLANKS = bytes.maketrans(b"[]", b"  ")
_SOME = 1000  # brackets and commas beyond those of the points: texts may hold a few


@dataclass(frozen=True, slots=True, eq=False)
class PointsBatch:
    """Points in the order received, degrees, EPSG:4326, and the other members of the document as JSON gave them."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    extras: dict[str, Any]

    def __len__(self) -> int:
        return len(self.lon)


def read_points(
    body: bytes,
    *,
    max_points: int,
    content_type: str | None = "application/json",
    accepted: Collection[str] = ("application/json",),
    max_bytes: int = 8 * 1024 * 1024,
    allowed: Allowed = (),
) -> PointsBatch:
    """The points of the body and the members `allowed` beside them.

    Raises Refused: 413 beyond `max_bytes` or `max_points`, 415 as `read_json`, 400 with malformed points each named as
    `points[17]`, the first one first. An empty list is an empty batch.
    """
    check_envelope(body, content_type=content_type, accepted=accepted, max_bytes=max_bytes)
    brackets, commas = body.count(b"[") + body.count(b"{"), body.count(b",")
    if brackets > 2 * max_points + _SOME or commas > 4 * max_points + _SOME:
        # Not parsed at all: millions of empty lists or small integers would cost far more than their bytes.
        raise refusal("points", "too_many_points", limit=max_points)
    batch = read_plain(body, max_points, allowed)
    return read_any(body, max_points, allowed) if batch is None else batch


def read_plain(body: bytes, max_points: int, allowed: Allowed) -> PointsBatch | None:
    """The batch, if the body is right and written in the usual way (no line breaks between points); None otherwise.

    It refuses nothing, and takes nothing that `read_any` would not. Between the first `[` and the last `]` it looks
    only at the bytes: with those of numbers left out, they must be `[[,],[,],…,[,]]`, and each inner `]` must be
    followed by `,[`. So every bracket is where a list of pairs has it, what stands between them is two pieces each, and
    orjson says, on the list without its inner brackets, whether every piece is one finite number. The document around
    it, with `[]` in its place, is a small one for the strict reader: it holds one bracket, so that one is the list.
    """
    start, end = body.find(b"["), body.rfind(b"]") + 1
    written = body[start:end]
    skeleton = written.translate(None, _OF_NUMBERS)
    count = len(skeleton) // 4
    if not 0 < count <= max_points or skeleton[1:] != b"[,]," * (count - 1) + b"[,]]":
        return None
    if not (written.startswith(b"[[") and written.endswith(b"]]")):
        return None
    if written.count(b"],[") + written.count(b"], [") != count - 1:
        return None
    try:
        document = parse_object(body[:start] + b"[]" + body[end:])
        if document.pop("points", None) != []:
            return None
        findings = Findings()
        check_content(document, "", findings)
        check_members(document, at="", findings=findings, allowed=allowed)
        findings.refuse_if_any()
        flat = orjson.loads(b"[" + written.translate(_BRACKETS_TO_BLANKS) + b"]")
    except (Refused, orjson.JSONDecodeError):
        return None
    return _batch(np.array(flat, dtype=np.float64), document)


def read_any(body: bytes, max_points: int, allowed: Allowed) -> PointsBatch:
    """The batch, by the rules alone; Refused (400, 413) with every defect named."""
    document = parse_object(body)
    findings = Findings()
    points = document.pop("points", ...)
    check_content(document, "", findings)
    findings.refuse_if_any()
    if points is ...:
        findings.add("points", "required")
    elif not isinstance(points, list):
        findings.add("points", "wrong_type", expected="[[longitude, latitude], …]")
    elif len(points) > max_points:
        raise refusal("points", "too_many_points", limit=max_points)
    numbers: list[float] = []
    for index, each in enumerate(points if isinstance(points, list) else ()):
        if type(each) is list and len(each) == 2:
            lon, lat = each
            if type(lon) is float and type(lat) is float and -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0:
                numbers += each
                continue
        within = Findings()
        position = check_position(each, "", within)
        if position is not None:
            numbers += position
        else:
            findings.take(replace(within.errors[0], field=f"points[{index}]"))
            if findings.full:
                break
    check_members(document, at="", findings=findings, allowed=allowed)
    findings.refuse_if_any()
    batch = _batch(np.array(numbers, dtype=np.float64), document)
    assert batch is not None  # noqa: S101 - every point was in range
    return batch


def _batch(numbers: NDArray[np.float64], extras: dict[str, Any]) -> PointsBatch | None:
    """The batch from `lon, lat, lon, lat, …`; None if a position is beyond the globe."""
    lon, lat = np.ascontiguousarray(numbers.reshape(-1, 2).T)
    if len(lon) and not (np.abs(lon).max() <= LON_LIMIT and np.abs(lat).max() <= LAT_LIMIT):
        return None
    return PointsBatch(lon, lat, extras)
