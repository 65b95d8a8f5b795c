"""The rows of tests/authorisation/table.py for what programs ask: whether all is well, the API, OGC API, WFS."""

from __future__ import annotations

from typing import Final

# fmt: off
PROGRAMS: Final = """
method address                                        ano sus own ally for far hol nei may oth gen dir xdi adm aud sup
GET    healthz                                        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    readyz                                         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/                                           200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/locate/                                    200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   api/locate/batch/                              200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/sectors/                                   200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/sectors/<slug:code>/                       200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/communes/                                  200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/communes/<slug:code>/                      200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/statistics/                                200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/statistics/grid/                           200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/incidents/                                 401 401 200 200 200 200 200 200 200 200 200 200 200 403 403 403
POST   api/incidents/                                 401 401 201 201 201 201 201 201 201 201 201 201 403 403 403 403
GET    api/incidents/<reference:reference>/           401 401 200 200 404 404 200 404 200 404 404 200 404 404 404 404
GET    api/incidents/<reference:reference>/routing/   401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/move/      401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
GET    api/incidents/<reference:reference>/status/    401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/status/    401 401 403 404 404 404 200 404 404 404 404 200 404 404 404 404
GET    api/incidents/<reference:reference>/transfers/ 401 401 403 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/transfers/ 401 401 403 404 404 404 201 404 404 404 404 201 404 404 404 404
GET    api/incidents/<reference:reference>/messages/  401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/messages/  401 401 201 404 404 404 201 404 404 404 404 201 404 404 404 404
GET    api/incidents/<reference:reference>/timeline/  401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
GET    api/incidents/<reference:reference>/satisfaction/ 401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/satisfaction/ 401 401 409 404 404 404 403 404 404 404 404 403 404 404 404 404
POST   api/incidents/<reference:reference>/support/   401 401 409 200 404 404 200 404 200 404 404 403 404 404 404 404
GET    api/incidents/<reference:reference>/group/     401 401 403 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/group/     401 401 403 404 404 404 409 404 404 404 404 409 404 404 404 404
GET    api/incidents/<reference:reference>/photos/    401 401 200 404 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/incidents/<reference:reference>/photos/    401 401 201 404 404 404 201 404 404 404 404 403 404 404 404 404
GET    api/incidents/<reference:reference>/photos/<slug:key>/ 401 401 200 404 404 404 200 404 404 404 404 403 404 404 404 404
GET    api/problems/                                  401 401 200 200 200 200 200 200 200 200 200 200 200 403 403 403
POST   api/problems/                                  401 401 201 201 422 422 201 201 201 422 201 422 403 403 403 403
GET    api/problems/<reference:reference>/            401 401 200 200 404 404 200 404 200 404 404 200 404 404 404 404
POST   api/problems/<reference:reference>/            401 401 403 403 404 404 200 404 404 404 404 403 404 404 404 404
GET    api/editions/                                  401 401 403 403 403 403 403 403 403 403 403 200 200 200 403 403
POST   api/editions/                                  401 401 403 403 403 403 403 403 403 403 403 201 201 201 403 403
GET    api/editions/<slug:code>/                      401 401 403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   api/editions/<slug:code>/<slug:verb>/          401 401 403 403 403 403 403 403 403 403 403 409 404 409 403 403
GET    api/meetings/                                  401 401 200 200 200 200 200 200 403 403 200 200 200 403 403 403
POST   api/meetings/                                  401 401 403 403 403 403 201 422 403 403 422 422 403 403 403 403
GET    api/meetings/<reference:reference>/            401 401 200 200 404 404 200 404 404 404 404 200 404 404 404 404
POST   api/meetings/<reference:reference>/            401 401 403 403 404 404 200 404 404 404 404 403 404 404 404 404
GET    api/schema/                                    200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    api/docs/                                      200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc                                            200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/                                           200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/conformance                                200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/api                                        200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/api.html                                   200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/collections                                200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/collections/<slug:name>                    404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    ogc/collections/<slug:name>/queryables         404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    ogc/collections/<slug:name>/schema             404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    ogc/collections/<slug:name>/items              404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
POST   ogc/collections/<slug:name>/items              404 401 201 201 201 201 201 201 201 201 201 201 405 404 404 404
GET    ogc/collections/<slug:name>/items/<str:fid>    404 401 200 200 404 404 200 404 200 404 404 200 404 404 404 404
GET    ogc/collections/<slug:name>/<slug:file>.<slug:form> 404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    ogc/tileMatrixSets                             200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/tileMatrixSets/WebMercatorQuad             200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    ogc/collections/<slug:name>/tiles              404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    ogc/collections/<slug:name>/tiles/WebMercatorQuad 404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    ogc/collections/<slug:name>/tiles/WebMercatorQuad/<str:matrix>/<str:row>/<str:column> 404 401 200 200 204 204 200 204 200 204 204 200 204 404 404 404
GET    ogc/collections/<slug:name>/style              404 401 200 200 200 200 200 200 200 200 200 200 200 404 404 404
GET    wfs                                            200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    wfs/                                           200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200
"""  # noqa: E501
# fmt: on
