"""Writes `bodies.jsonl` and `queries.jsonl`: requests that must be refused, with the status, code and field of each.

One JSON object a line. A body is a list of parts, each a text or base64 bytes, repeated `times`:
    {"name": …, "reader": "feature" | "points" | "object", "content_type": …, "parts": [{"text": "…", "times": 1}],
     "status": 400, "code": "…", "field": "…"}
`reader` is the shape that the endpoint expects; a case of `object` is refused by any of them. `code` and `field` are
those of the first entry of `errors`. A query asks for `lon` and `lat`, both required, in degrees.

Run `python -m tests.data.hostile.make` after a change here.
"""

import base64
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MIB = 1024 * 1024
JSON = "application/json"
BIG = str(10**400)

Part = str | bytes | tuple[str, int]


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


def with_geometry(geometry: str) -> str:
    return f'{{"type": "Feature", "geometry": {geometry}, "properties": {{"category": "noise"}}}}'


def at(coordinates: str) -> str:
    return with_geometry(f'{{"type": "Point", "coordinates": {coordinates}}}')


RIGHT = at("[6.0786, 44.5594]")
LON, LAT = "geometry.coordinates[0]", "geometry.coordinates[1]"

# Bytes, encodings, syntax, nesting: refused whatever the endpoint expects.
BYTES: list[tuple[Any, ...]] = [
    ("empty", "", "empty_body"),
    ("blanks", " \r\n\t ", "empty_body"),
    ("byte order mark", b"\xef\xbb\xbf" + RIGHT.encode(), "byte_order_mark"),
    ("byte order mark alone", b"\xef\xbb\xbf", "byte_order_mark"),
    ("UTF-16 with mark", RIGHT.encode("utf-16"), "invalid_encoding"),
    ("UTF-16 little endian", RIGHT.encode("utf-16-le"), "null_character"),
    ("UTF-16 big endian", RIGHT.encode("utf-16-be"), "null_character"),
    ("UTF-32 with mark", RIGHT.encode("utf-32"), "invalid_encoding"),
    ("UTF-32 little endian", RIGHT.encode("utf-32-le"), "null_character"),
    ("Latin-1", '{"a": "é"}'.encode("latin-1"), "invalid_encoding"),
    ("Windows-1252", '{"a": "€"}'.encode("cp1252"), "invalid_encoding"),
    ("UTF-7", b"+AHsAfQ-", "invalid_json"),
    ("EBCDIC", '{"a": "b"}'.encode("cp500"), "invalid_encoding"),
    ("surrogate in UTF-8", b'{"a": "\xed\xa0\x80"}', "invalid_encoding"),
    ("surrogate pair in UTF-8 (CESU-8)", b'{"a": "\xed\xa0\xbd\xed\xb8\x80"}', "invalid_encoding"),
    ("overlong slash", b'{"a": "\xc0\xaf"}', "invalid_encoding"),
    ("overlong null", b'{"a": "\xc0\x80"}', "invalid_encoding"),
    ("beyond Unicode", b'{"a": "\xf4\x90\x80\x80"}', "invalid_encoding"),
    ("cut character", b'{"a": "\xe2\x82', "invalid_encoding"),
    ("lone continuation", b'{"a": "\x80"}', "invalid_encoding"),
    ("gzip", base64.b64decode("H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA=="), "invalid_encoding"),
    ("bzip2", base64.b64decode("QlpoOTFBWSZTWQ=="), "invalid_json"),
    ("null byte in a string", b'{"a": "\x00"}', "null_character"),
    ("null byte after the end", b"{}\x00", "null_character"),
    ("null byte alone", b"\x00", "null_character"),
    ("line break in a string", '{"a": "\n"}', "invalid_json"),
    ("tabulation in a string", '{"a": "\t"}', "invalid_json"),
    ("vertical tabulation around", "\v{}", "invalid_json"),
    ("no-break space around", "\u00a0{}", "invalid_json"),
    ("line separator around", "{}\u2028", "invalid_json"),
    ("not JSON", "hello", "invalid_json"),
    ("a form", "lon=6.07&lat=44.55", "invalid_json"),
    ("XML", '<?xml version="1.0"?><Point/>', "invalid_json"),
    ("XML with an entity", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "invalid_json"),
    ("GML", '<gml:Point srsName="EPSG:4326"><gml:pos>44 6</gml:pos></gml:Point>', "invalid_json"),
    ("WKT", "POINT(6.07 44.55)", "invalid_json"),
    ("EWKT", "SRID=2154;POINT(944000 6390000)", "invalid_json"),
    ("hexadecimal EWKB", "0101000020E6100000", "invalid_json"),
    ("YAML", "type: Feature", "invalid_json"),
    ("pickle", b"\x80\x04K\x01.", "invalid_encoding"),
    ("open object", "{", "invalid_json"),
    ("closed object", "}", "invalid_json"),
    ("open string", '{"a": "b', "invalid_json"),
    ("open escape", '{"a": "\\', "invalid_json"),
    ("unknown escape", '{"a": "\\x41"}', "invalid_json"),
    ("cut escape", '{"a": "\\u12"}', "invalid_json"),
    ("crossed brackets", '{"a": [}]', "invalid_json"),
    ("comma at the end", '{"a": 1,}', "invalid_json"),
    ("comma at the end of a list", '{"a": [1,]}', "invalid_json"),
    ("comma missing", '{"a": 1 "b": 2}', "invalid_json"),
    ("colon missing", '{"a" 1}', "invalid_json"),
    ("bare name", "{a: 1}", "invalid_json"),
    ("single quotes", "{'a': 1}", "invalid_json"),
    ("comment", '{"a": 1} // b', "invalid_json"),
    ("block comment", '{/* a */ "a": 1}', "invalid_json"),
    ("number as a name", "{1: 2}", "invalid_json"),
    ("two documents", "{} {}", "invalid_json"),
    ("two documents on two lines", "{}\n{}", "invalid_json"),
    ("text sequence", "\x1e{}\n", "invalid_json"),
    ("closing bracket too many", "{}}", "invalid_json"),
    ("prefix against hijacking", ")]}',\n{}", "invalid_json"),
    ("plus sign", '{"a": +1}', "invalid_json"),
    ("leading zero", '{"a": 01}', "invalid_json"),
    ("no digit before the point", '{"a": .5}', "invalid_json"),
    ("no digit after the point", '{"a": 1.}', "invalid_json"),
    ("no digit in the exponent", '{"a": 1e}', "invalid_json"),
    ("minus alone", '{"a": -}', "invalid_json"),
    ("hexadecimal number", '{"a": 0x1F}', "invalid_json"),
    ("digits in groups", '{"a": 1_000}', "invalid_json"),
    ("decimal comma", '{"a": [6,07 44,55]}', "invalid_json"),
    ("Arabic digits", '{"a": \u0661}', "invalid_json"),
    ("Python's None", '{"a": None}', "invalid_json"),
    ("Python's True", '{"a": True}', "invalid_json"),
    ("undefined", '{"a": undefined}', "invalid_json"),
    ("nan in small letters", '{"a": nan}', "invalid_json"),
    ("Inf", '{"a": Inf}', "invalid_json"),
    ("list on top", "[]", "not_an_object"),
    ("list of one feature", f"[{RIGHT}]", "not_an_object"),
    ("text on top", '"a"', "not_an_object"),
    ("number on top", "1", "not_an_object"),
    ("not a number on top", "NaN", "not_an_object"),
    ("null on top", "null", "not_an_object"),
    ("true on top", "true", "not_an_object"),
    ("twenty-one lists", '{"a": ' + "[" * 20 + "]" * 20 + "}", "too_deep"),
    ("thousand lists", ['{"a": ', ("[", 1000), ("]", 1000), "}"], "too_deep"),
    ("lists without an end", ("[", 150_000), "too_deep"),
    ("objects without an end", ('{"a":', 200_000), "too_deep"),
    ("objects and lists", [('{"a":[', 5000), ("]}", 5000)], "too_deep"),
    ("lists behind a string", ['{"a": "', ("]", 5000), '", "b": ', ("[", 5000), ("]", 5000), "}"], "too_deep"),
    ("lists behind escaped quotes", ['{"a": "', ('\\"', 5000), '", "b": ', ("[", 5000), ("]", 5000), "}"], "too_deep"),
    ("lists in the first of two members", ['{"a": ', ("[", 900), ("]", 900), ', "a": 1}'], "too_deep"),
    ("escaped quotes without an end", ['{"a": "', ('\\"', 400_000)], "invalid_json"),
    ("backslashes without an end", ['{"a": "', ("\\", 800_000)], "invalid_json"),
]

# Content that no endpoint takes, in a member `a` that none knows: named before it is found to be unknown.
CONTENT: list[tuple[Any, ...]] = [
    ("member twice", '{"a": 1, "a": 1}', "duplicate_member", "a"),
    ("member twice by an escape", '{"a": 1, "\\u0061": 2}', "duplicate_member", "a"),
    ("inner member twice", '{"a": {"b": 1, "b": 2}}', "duplicate_member", "a.b"),
    ("member twice in a list", '{"a": [{"b": 1, "b": 2}]}', "duplicate_member", "a[0].b"),
    ("empty name twice", '{"": 1, "": 2}', "duplicate_member", '[""]'),
    ("NaN", '{"a": NaN}', "not_finite", "a"),
    ("Infinity", '{"a": Infinity}', "not_finite", "a"),
    ("-Infinity", '{"a": -Infinity}', "not_finite", "a"),
    ("1e999", '{"a": 1e999}', "not_finite", "a"),
    ("-1e999", '{"a": [0.5, -1e999]}', "not_finite", "a[1]"),
    ("1e999999999999", '{"a": 1e999999999999}', "not_finite", "a"),
    ("integer of 401 digits", f'{{"a": {BIG}}}', "not_finite", "a"),
    ("negative integer of 401 digits", f'{{"a": -{BIG}}}', "not_finite", "a"),
    ("integer of 5,000 digits", ['{"a": ', ("9", 5000), "}"], "not_finite", "a"),
    ("integer of 500,000 digits", ['{"a": ', ("9", 500_000), "}"], "not_finite", "a"),
    ("decimal of 400 digits", f'{{"a": {BIG}.5}}', "not_finite", "a"),
    ("escaped null", '{"a": "\\u0000"}', "null_character", "a"),
    ("escaped null in a name", '{"a\\u0000": 1}', "null_character", '["a\\u0000"]'),
    ("lone high surrogate", '{"a": "\\ud83d"}', "lone_surrogate", "a"),
    ("lone low surrogate", '{"a": "\\ude00"}', "lone_surrogate", "a"),
    ("surrogates exchanged", '{"a": "\\ude00\\ud83d"}', "lone_surrogate", "a"),
    ("lone surrogate in a name", '{"\\ud800": 1}', "lone_surrogate", '["\\ud800"]'),
    ("lone surrogate in a list", '{"a": ["b", "\\udfff"]}', "lone_surrogate", "a[1]"),
]

# The envelope.
MEDIA_TYPES: list[tuple[str, str, str]] = [
    ("no media type", "", "unsupported_media_type"),
    ("plain text", "text/plain", "unsupported_media_type"),
    ("form", "application/x-www-form-urlencoded", "unsupported_media_type"),
    ("form with files", "multipart/form-data; boundary=a", "unsupported_media_type"),
    ("XML", "application/xml", "unsupported_media_type"),
    ("JSON by another name", "text/json", "unsupported_media_type"),
    ("GML", "application/gml+xml", "unsupported_media_type"),
    ("bytes", "application/octet-stream", "unsupported_media_type"),
    ("JSON in the parameters", "text/plain; application/json", "unsupported_media_type"),
    ("two types", "application/json, text/plain", "unsupported_media_type"),
    ("not a type", "json", "unsupported_media_type"),
    ("Latin-1 declared", "application/json; charset=iso-8859-1", "unsupported_charset"),
    ("UTF-16 declared", "application/json; charset=utf-16", "unsupported_charset"),
    ("UTF-7 declared", "application/json; charset=utf-7", "unsupported_charset"),
    ("compressed by charset", "application/json; charset=bz2", "unsupported_charset"),
    ("compressed by quoted charset", 'application/json; charset="zlib_codec"', "unsupported_charset"),
    ("two charsets", "application/json; charset=utf-8; charset=bz2", "unsupported_charset"),
    ("capital charset", "application/json; CHARSET=UNICODE_ESCAPE", "unsupported_charset"),
    ("empty charset", "application/json; charset=", "unsupported_charset"),
]

POSITIONS: list[tuple[str, str, str]] = [
    ("[]", "wrong_length", "geometry.coordinates"),
    ("[6.07]", "wrong_length", "geometry.coordinates"),
    ("[6.07, 44.55, 735]", "three_dimensional", "geometry.coordinates"),
    ("[6.07, 44.55, null]", "three_dimensional", "geometry.coordinates"),
    ("[6.07, 44.55, 735, 1]", "wrong_length", "geometry.coordinates"),
    ("[[6.07, 44.55]]", "wrong_length", "geometry.coordinates"),
    ("[[6.07], [44.55]]", "not_a_number", LON),
    ("null", "wrong_type", "geometry.coordinates"),
    ("0", "wrong_type", "geometry.coordinates"),
    ('"6.07,44.55"', "wrong_type", "geometry.coordinates"),
    ('{"lon": 6.07, "lat": 44.55}', "wrong_type", "geometry.coordinates"),
    ('{"0": 6.07, "1": 44.55}', "wrong_type", "geometry.coordinates"),
    ('["6.07", 44.55]', "not_a_number", LON),
    ('[6.07, "44.55"]', "not_a_number", LAT),
    ('["6.07", "44.55"]', "not_a_number", LON),
    ('["NaN", 44.55]', "not_a_number", LON),
    ("[null, 44.55]", "not_a_number", LON),
    ("[6.07, null]", "not_a_number", LAT),
    ("[true, false]", "not_a_number", LON),
    ("[6.07, true]", "not_a_number", LAT),
    ("[{}, 44.55]", "not_a_number", LON),
    ("[NaN, 44.55]", "not_finite", LON),
    ("[6.07, Infinity]", "not_finite", LAT),
    ("[-Infinity, 44.55]", "not_finite", LON),
    ("[1e999, 45.76]", "not_finite", LON),
    ("[6.07, -1e999]", "not_finite", LAT),
    (f"[{BIG}, 44.55]", "not_finite", LON),
    ("[1e308, 44.55]", "out_of_range", LON),
    ("[99999999999999999999, 44.55]", "out_of_range", LON),
    ("[181, 44.55]", "out_of_range", LON),
    ("[-180.0000001, 44.55]", "out_of_range", LON),
    ("[180.00000000000003, 44.55]", "out_of_range", LON),
    ("[6.07, 90.00000000000001]", "out_of_range", LAT),
    ("[6.07, -91]", "out_of_range", LAT),
    ("[944000.5, 6390000.5]", "out_of_range", LON),
    ("[676000, 5550000]", "out_of_range", LON),
]

GEOMETRIES: list[tuple[str, str, str]] = [
    ("null", "not_an_object", "geometry"),
    ("[]", "not_an_object", "geometry"),
    ("[6.07, 44.55]", "not_an_object", "geometry"),
    ("1", "not_an_object", "geometry"),
    ('"POINT(6.07 44.55)"', "not_an_object", "geometry"),
    ('"SRID=2154;POINT(944000 6390000)"', "not_an_object", "geometry"),
    ('"0101000020E6100000"', "not_an_object", "geometry"),
    ("{}", "required", "geometry.type"),
    ('{"type": "Point"}', "required", "geometry.coordinates"),
    ('{"coordinates": [6.07, 44.55]}', "required", "geometry.type"),
    ('{"type": null, "coordinates": [6.07, 44.55]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": ["Point"], "coordinates": [6.07, 44.55]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": {}, "coordinates": [6.07, 44.55]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "point", "coordinates": [6.07, 44.55]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "POINT", "coordinates": [6.07, 44.55]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "Point ", "coordinates": [6.07, 44.55]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "PointZ", "coordinates": [6.07, 44.55, 1]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "MultiPoint", "coordinates": [[6.07, 44.55]]}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "LineString", "coordinates": [[6, 44], [7, 45]]}', "wrong_geometry_type", "geometry.type"),
    (
        '{"type": "Polygon", "coordinates": [[[6, 44], [7, 44], [7, 45], [6, 44]]]}',
        "wrong_geometry_type",
        "geometry.type",
    ),
    ('{"type": "GeometryCollection", "geometries": []}', "wrong_geometry_type", "geometry.type"),
    (
        '{"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]}',
        "wrong_geometry_type",
        "geometry.type",
    ),
    ('{"type": "Feature", "geometry": null}', "wrong_geometry_type", "geometry.type"),
    ('{"type": "CircularString", "coordinates": [[6, 44]]}', "wrong_geometry_type", "geometry.type"),
    (
        '{"type": "Point", "coordinates": [6.07, 44.55], "crs": {"type": "name", "properties": {"name": "EPSG:2154"}}}',
        "crs_not_allowed",
        "geometry.crs",
    ),
    (
        '{"type": "Point", "coordinates": [6.07, 44.55], "crs": {"type": "link", "properties": {"href": "http://a/"}}}',
        "crs_not_allowed",
        "geometry.crs",
    ),
    ('{"type": "Point", "coordinates": [6.07, 44.55], "crs": null}', "crs_not_allowed", "geometry.crs"),
    ('{"type": "Point", "coordinates": [6.07, 44.55], "bbox": [6, 44, 6, 44]}', "unknown_member", "geometry.bbox"),
    ('{"type": "Point", "coordinates": [6.07, 44.55], "srid": 2154}', "unknown_member", "geometry.srid"),
    ('{"type": "Point", "coordinates": [6.07, 44.55], "Type": "Point"}', "unknown_member", "geometry.Type"),
    ('{"type": "Point", "coordinates": [6, 44], "coordinates": [7, 45]}', "duplicate_member", "geometry.coordinates"),
    ('{"type": "Polygon", "type": "Point", "coordinates": [6, 44]}', "duplicate_member", "geometry.type"),
    ('{"type": "Point", "coordinates": ' + "[" * 30 + "]" * 30 + "}", "too_deep", ""),
]

POINT = '{"type": "Point", "coordinates": [6.07, 44.55]}'
FEATURES: list[tuple[str, str, str]] = [
    ("{}", "required", "type"),
    (POINT, "unknown_member", "coordinates"),
    (f'{{"geometry": {POINT}, "properties": {{"category": "noise"}}}}', "required", "type"),
    ('{"type": "Feature", "properties": {"category": "noise"}}', "required", "geometry"),
    (f'{{"type": "Feature", "geometry": {POINT}}}', "required", "properties"),
    (f'{{"type": "Feature", "geometry": {POINT}, "properties": []}}', "not_an_object", "properties"),
    (f'{{"type": "Feature", "geometry": {POINT}, "properties": "noise"}}', "not_an_object", "properties"),
    (f'{{"type": "feature", "geometry": {POINT}, "properties": {{"category": "a"}}}}', "wrong_type", "type"),
    (f'{{"type": 1, "geometry": {POINT}, "properties": {{"category": "a"}}}}', "wrong_type", "type"),
    ('{"type": "FeatureCollection", "features": []}', "unknown_member", "features"),
    ('{"type": "Topology", "objects": {}, "arcs": []}', "unknown_member", "objects"),
    (RIGHT[:-1] + ', "crs": {"type": "name", "properties": {"name": "EPSG:2154"}}}', "crs_not_allowed", "crs"),
    (RIGHT[:-1] + ', "bbox": [6, 44, 7, 45]}', "unknown_member", "bbox"),
    (RIGHT[:-1] + ', "id": 1}', "unknown_member", "id"),
    (RIGHT[:-1] + ', "Geometry": null}', "unknown_member", "Geometry"),
    (RIGHT[:-1] + ', "__proto__": {"admin": true}}', "unknown_member", "__proto__"),
    (RIGHT[:-1] + ', "constructor": {}}', "unknown_member", "constructor"),
    (RIGHT[:-1] + ', "__class__": "User"}', "unknown_member", "__class__"),
    (RIGHT[:-1] + ', "geometry ": null}', "unknown_member", '["geometry "]'),
    (RIGHT[:-1] + ', "geometry\u200b": null}', "unknown_member", '["geometry\\u200b"]'),
    (RIGHT[:-1] + ', "": null}', "unknown_member", '[""]'),
    (RIGHT[:-1] + ', "a.b[0]": null}', "unknown_member", '["a.b[0]"]'),
    (RIGHT[:-1] + ', "\'; DROP TABLE a; --": 1}', "unknown_member", '["\'; DROP TABLE a; --"]'),
    (RIGHT[:-1] + ', "geometry": null}', "duplicate_member", "geometry"),
    (RIGHT.replace('"noise"', '"noise", "category": "b"'), "duplicate_member", "properties.category"),
    (RIGHT.replace('"noise"', '"noise", "is_staff": true'), "unknown_member", "properties.is_staff"),
    (RIGHT.replace('"noise"', '"noise", "__proto__": {}'), "unknown_member", "properties.__proto__"),
    (RIGHT.replace('"noise"', '"noise", "Category": "b"'), "unknown_member", "properties.Category"),
    (RIGHT.replace('"category": "noise"', ""), "required", "properties.category"),
    (RIGHT.replace('{"category": "noise"}', "null"), "required", "properties.category"),
    (RIGHT.replace('"noise"', "null"), "wrong_type", "properties.category"),
    (RIGHT.replace('"noise"', "1"), "wrong_type", "properties.category"),
    (RIGHT.replace('"noise"', "true"), "wrong_type", "properties.category"),
    (RIGHT.replace('"noise"', '["noise"]'), "wrong_type", "properties.category"),
    (RIGHT.replace('"noise"', '{"$ne": null}'), "wrong_type", "properties.category"),
    (RIGHT.replace("noise", "noise\\u0000"), "null_character", "properties.category"),
    (RIGHT.replace("noise", "\\ud800"), "lone_surrogate", "properties.category"),
]

VERTEX = "[6.07,44.55],"
# Geometries that cost more to understand than to refuse; each under the limit of a body. What is wrong is their type.
BOMBS: list[tuple[str, list[Part]]] = [
    ("a polygon of 70,000 vertices", ['{"type":"Polygon","coordinates":[[', (VERTEX, 70_000), "[6.07,44.55]]]}"]),
    ("100,000 short vertices", ['{"type":"Polygon","coordinates":[[', ("[6,4],", 100_000), "[6,4]]]}"]),
    ("100,000 rings", ['{"type":"Polygon","coordinates":[', ("[],", 100_000), "[]]}"]),
    ("10,000 holes", ['{"type":"Polygon","coordinates":[', ("[[6,4],[7,4],[7,5],[6,4]],", 10_000), "[]]}"]),
    ("10,000 parts", ['{"type":"MultiPolygon","coordinates":[', ("[[[6,4],[7,4],[7,5],[6,4]]],", 10_000), "[]]}"]),
    ("a line to and fro", ['{"type":"LineString","coordinates":[', ("[6,4],[7,5],", 50_000), "[6,4]]}"]),
    ("a crossing star", ['{"type":"Polygon","coordinates":[[', ("[6,4],[7,5],[6,5],[7,4],", 20_000), "[6,4]]]}"]),
    ("a bow tie", ['{"type":"Polygon","coordinates":[[[6,44],[7,45],[7,44],[6,45],[6,44]]]}']),
    ("a hole outside", ['{"type":"Polygon","coordinates":[[[6,44],[7,44],[7,45],[6,44]],[[8,4],[9,4],[9,5],[8,4]]]}']),
    ("a spike", ['{"type":"Polygon","coordinates":[[[6,44],[7,44],[99,44],[7,44],[7,45],[6,44]]]}']),
    ("a ring of one point", ['{"type":"Polygon","coordinates":[[[6,44],[6,44],[6,44],[6,44]]]}']),
    ("round the world", ['{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}']),
    (
        "20,000 members",
        ['{"type":"GeometryCollection","geometries":[', ('{"type":"Point","coordinates":[6,4]},', 20_000), "0]}"],
    ),
    ("100,000 points", ['{"type":"MultiPoint","coordinates":[', ("[6,4],", 100_000), "[6,4]]}"]),
    ("a surface of triangles", ['{"type":"TIN","coordinates":[', ("[[[6,4],[7,4],[7,5],[6,4]]],", 10_000), "[]]}"]),
]

TOO_MANY: list[Part] = ['{"points": [[0, 0]', (", [0, 0]", 100_000), "]}"]
POINTS: list[tuple[str | list[Part], str, str]] = [
    ("{}", "required", "points"),
    ('{"Points": [[6, 44]]}', "required", "points"),
    ('{"points": null}', "wrong_type", "points"),
    ('{"points": "6,44"}', "wrong_type", "points"),
    ('{"points": {"0": [6, 44]}}', "wrong_type", "points"),
    ('{"points": [6.07, 44.55]}', "wrong_type", "points[0]"),
    ('{"points": [[]]}', "wrong_length", "points[0]"),
    ('{"points": [[6]]}', "wrong_length", "points[0]"),
    ('{"points": [[[6, 44]]]}', "wrong_length", "points[0]"),
    ('{"points": [[6, 44], [6, 44, 1]]}', "three_dimensional", "points[1]"),
    ('{"points": [[6, 44, 1, 2]]}', "wrong_length", "points[0]"),
    ('{"points": [[6, 44, 7], [45]]}', "three_dimensional", "points[0]"),
    ('{"points": [[6, 44], null]}', "wrong_type", "points[1]"),
    ('{"points": [[6, 44], {"lon": 6, "lat": 44}]}', "wrong_type", "points[1]"),
    ('{"points": ["POINT(6 44)"]}', "wrong_type", "points[0]"),
    ('{"points": [{"type": "Point", "coordinates": [6, 44]}]}', "wrong_type", "points[0]"),
    (['{"points": [', ("[6.07, 44.55], ", 17), "[6.07]]}"], "wrong_length", "points[17]"),
    (['{"points": [', ("[6.07, 44.55], ", 17), '["6.07", 44.55]]}'], "not_a_number", "points[17]"),
    (['{"points": [', ("[6.07, 44.55], ", 17), "[6.07, 91], [1, 2, 3]]}"], "out_of_range", "points[17]"),
    (['{"points": [', ("[6.07,44.55],", 99_999), "[6.07,90.1]]}"], "out_of_range", "points[99999]"),
    ('{"points": [[true, false]]}', "not_a_number", "points[0]"),
    ('{"points": [[null, 44]]}', "not_a_number", "points[0]"),
    ('{"points": [[NaN, 44]]}', "not_finite", "points[0]"),
    ('{"points": [[6, Infinity]]}', "not_finite", "points[0]"),
    ('{"points": [[1e999, 44]]}', "not_finite", "points[0]"),
    ('{"points": [[6, -1e999]]}', "not_finite", "points[0]"),
    (f'{{"points": [[{BIG}, 44]]}}', "not_finite", "points[0]"),
    ('{"points": [[1e308, 44]]}', "out_of_range", "points[0]"),
    ('{"points": [[6, 44], [944000.5, 6390000.5]]}', "out_of_range", "points[1]"),
    ('{"points": [[6, "\\ud800"]]}', "not_a_number", "points[0]"),
    # Read byte by byte these look like pairs.
    ('{"points": [[1[,2],[3,4]]}', "invalid_json", ""),
    ('{"points": [[1,]2],[3,4]]}', "invalid_json", ""),
    ('{"points": [[,1],[2,3]]}', "invalid_json", ""),
    ('{"points": [[1,2],3[,4]]}', "invalid_json", ""),
    ('{"points": [[1 2,3]]}', "invalid_json", ""),
    ('{"points": [[1,2]3,[4,5]]}', "invalid_json", ""),
    ('{"points": [[1,2],]}', "invalid_json", ""),
    ('{"points": [[1,2][3,4]]}', "invalid_json", ""),
    ('{"points": [[01,2]]}', "invalid_json", ""),
    ('{"points": [[1.,2]]}', "invalid_json", ""),
    ('{"points": [[+1,2]]}', "invalid_json", ""),
    ('{"points": [[1e,2]]}', "invalid_json", ""),
    ('{"points": [[--1,2]]}', "invalid_json", ""),
    ('{"points": [[1-2,2]]}', "invalid_json", ""),
    ('{"points": [[1.2.3,2]]}', "invalid_json", ""),
    ('{"points": [[,]]}', "invalid_json", ""),
    ('{"points": [[6,44]]', "invalid_json", ""),
    ('{"points": [[6,44]]}}', "invalid_json", ""),
    ('{"points": [[6,44]] "accuracy": 1}', "invalid_json", ""),
    ('{"points": [[6,44]], "points": [[7,45]]}', "duplicate_member", "points"),
    ('{"points": 1, "points": [[7,45]]}', "duplicate_member", "points"),
    ('{"points": [[7,45]], "points": 1}', "duplicate_member", "points"),
    ('{"points": [[7,45]], "poin\\u0074s": []}', "duplicate_member", "points"),
    ('{"points": [[6,44]], "accuracy": 1, "accuracy": 2}', "duplicate_member", "accuracy"),
    ('{"points": [[6,44]], "accuracy": "]]"}', "wrong_type", "accuracy"),
    ('{"points": [[6,44]], "accuracy": true}', "wrong_type", "accuracy"),
    ('{"points": [[6,44]], "accuracy": NaN}', "not_finite", "accuracy"),
    ('{"points": [[6,44]], "accuracy": [[1,2]]}', "wrong_type", "accuracy"),
    ('{"points": [[6,44]], "crs": "EPSG:2154"}', "crs_not_allowed", "crs"),
    ('{"points": [[6,44]], "__proto__": {}}', "unknown_member", "__proto__"),
    ('{"points": [[6,44]], "limit": 1}', "unknown_member", "limit"),
    ('{"type": "MultiPoint", "points": [[6,44]]}', "unknown_member", "type"),
    ('{"a": {"points": [[6,44]]}}', "required", "points"),
    ('{"category": "[[6,44]]"}', "required", "points"),
    (['{"points": [', ("[", 600), ("]", 600), "]}"], "too_deep", ""),
]

QUERIES: list[tuple[str, str, str]] = [
    ("", "required", "lon"),
    ("lat=44.55", "required", "lon"),
    ("lon=6.07", "required", "lat"),
    ("lon=&lat=44.55", "required", "lon"),
    ("lon=nan&lat=44.55", "not_a_number", "lon"),
    ("lon=NaN&lat=44.55", "not_a_number", "lon"),
    ("lon=inf&lat=44.55", "not_a_number", "lon"),
    ("lon=-Infinity&lat=44.55", "not_a_number", "lon"),
    ("lon=1e999&lat=44.55", "not_finite", "lon"),
    ("lon=6.07&lat=-1e999", "not_finite", "lat"),
    ("lon=1e99999999999&lat=44.55", "not_a_number", "lon"),
    ("lon=1_0&lat=44.55", "not_a_number", "lon"),
    ("lon=%206.07&lat=44.55", "not_a_number", "lon"),
    ("lon=6.07+&lat=44.55", "not_a_number", "lon"),
    ("lon=6.07%0A&lat=44.55", "not_a_number", "lon"),
    ("lon=6,07&lat=44,55", "not_a_number", "lon"),
    ("lon=0x6&lat=44.55", "not_a_number", "lon"),
    ("lon=6.07.1&lat=44.55", "not_a_number", "lon"),
    ("lon=--6&lat=44.55", "not_a_number", "lon"),
    ("lon=.&lat=44.55", "not_a_number", "lon"),
    ("lon=6e&lat=44.55", "not_a_number", "lon"),
    ("lon=6j&lat=44.55", "not_a_number", "lon"),
    ("lon=true&lat=44.55", "not_a_number", "lon"),
    ("lon=null&lat=44.55", "not_a_number", "lon"),
    ("lon=%D9%A6&lat=44.55", "not_a_number", "lon"),
    ("lon=%EF%BC%96&lat=44.55", "not_a_number", "lon"),
    ("lon=%E2%88%926&lat=44.55", "not_a_number", "lon"),
    ("lon=%C2%BD&lat=44.55", "not_a_number", "lon"),
    ("lon=6%C2%B004'&lat=44.55", "not_a_number", "lon"),
    ("lon=POINT(6%2044)&lat=44.55", "not_a_number", "lon"),
    ("lon=6;DROP&lat=44.55", "not_a_number", "lon"),
    ("lon=" + "1" * 5000 + "&lat=44.55", "not_a_number", "lon"),
    ("lon=%00&lat=44.55", "null_character", "lon"),
    ("lon=6.07%00&lat=44.55", "null_character", "lon"),
    ("lon=%FF&lat=44.55", "invalid_encoding", "lon"),
    ("lon=%ED%A0%80&lat=44.55", "invalid_encoding", "lon"),
    ("lon=181&lat=44.55", "out_of_range", "lon"),
    ("lon=6.07&lat=90.1", "out_of_range", "lat"),
    ("lon=1e308&lat=44.55", "out_of_range", "lon"),
    ("lon=944000&lat=6390000", "out_of_range", "lon"),
    ("lon=6.07&lon=6.07&lat=44.55", "repeated_parameter", "lon"),
    ("lon=6.07&lat=44.55&lat=", "repeated_parameter", "lat"),
    ("lon=6.07&lat=44.55&__proto__=1", "unknown_parameter", "__proto__"),
    ("lon=6.07&lat=44.55&LON=1", "unknown_parameter", "LON"),
    ("lon=6.07&lat=44.55&lon[]=1", "unknown_parameter", "lon[]"),
    ("lon=6.07&lat=44.55&lon%00=1", "unknown_parameter", "lon\x00"),
    ("lon=6.07&lat=44.55&lon__gt=1", "unknown_parameter", "lon__gt"),
    ("lon=6.07&lat=44.55&%F0%9F%98%80=1", "unknown_parameter", "\\U0001f600"),
]


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
