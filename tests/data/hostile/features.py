"""Features that no endpoint takes: where they are, what their geometry is, and what else they say."""

BIG = str(10**400)

# A text, bytes, or a text so many times.
Part = str | bytes | tuple[str, int]


def with_geometry(geometry: str) -> str:
    return f'{{"type": "Feature", "geometry": {geometry}, "properties": {{"category": "noise"}}}}'


def at(coordinates: str) -> str:
    return with_geometry(f'{{"type": "Point", "coordinates": {coordinates}}}')


RIGHT = at("[6.0786, 44.5594]")
LON, LAT = "geometry.coordinates[0]", "geometry.coordinates[1]"

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
