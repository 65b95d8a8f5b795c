"""GeoJSON out, as bytes: geometry is text printed by the database and goes through unparsed."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.utils.functional import Promise


def feature(
    fid: str | int | None,
    geometry_text: str | bytes | None,
    properties: Mapping[str, object],
    **members: object,
) -> bytes:
    """One Feature; `geometry_text` is GeoJSON text or None (null); `members` (`links`) come last. Times: RFC 3339."""
    document: dict[str, object] = {"type": "Feature"}
    if fid is not None:
        document["id"] = fid
    document["geometry"] = None if geometry_text is None else orjson.Fragment(geometry_text)
    document["properties"] = properties
    document.update(members)
    return orjson.dumps(document, default=plain)


def feature_collection(
    features: Iterable[bytes | orjson.Fragment], *, links: Sequence[Mapping[str, object]] = (), **members: object
) -> bytes:
    """A FeatureCollection of features already written; `links` and `members` (`numberReturned`) stand before them."""
    head: dict[str, object] = {"type": "FeatureCollection"}
    if links:
        head["links"] = links
    head.update(members)
    start = orjson.dumps(head, default=plain)[:-1]
    return b"".join([start, b',"features":[', b",".join([_bytes(each) for each in features]), b"]}"])


def plain(value: Any) -> object:
    """What orjson cannot write itself: lazy translations as text, decimals as numbers. TypeError for the rest."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _bytes(written: bytes | orjson.Fragment) -> bytes:
    return written if isinstance(written, bytes) else orjson.dumps(written)
