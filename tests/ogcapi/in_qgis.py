"""Run by the Python that knows QGIS, which is the distribution's: opens layers as QGIS does and tells what it sees.

Its one argument is JSON: `layers` (each with `provider`, `source`, and maybe `where`, `within`, `subset`), `definition`
(the path of a layer definition), `tiles` (`source` of a layer of vector tiles, and `within`, what to draw of it) and
`tokens` (the token of each authentication that a user of QGIS has made, by its name). It answers with JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from qgis.core import (  # type: ignore[import-not-found]
    QgsApplication,
    QgsAuthMethodConfig,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsLayerDefinition,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]


def told(layer: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What QGIS knows of a layer, and the features that it finds."""
    if layer is None or not layer.isValid():
        return {"valid": False}
    if "subset" in asked and not layer.setSubsetString(asked["subset"]):
        return {"valid": False}
    request = QgsFeatureRequest()
    if "where" in asked:
        request.setFilterExpression(asked["where"])
    if "within" in asked:
        request.setFilterRect(QgsRectangle(*asked["within"]))
    features = list(layer.getFeatures(request))
    names = [each.name() for each in layer.fields()]
    area = layer.extent()
    return {
        "valid": True,
        "name": layer.name(),
        "count": layer.featureCount(),
        "crs": layer.crs().authid(),
        "fields": {each.name(): each.typeName().lower() for each in layer.fields()},
        "area": [area.xMinimum(), area.yMinimum(), area.xMaximum(), area.yMaximum()],
        "features": [dict(zip(names, map(plain, each.attributes()), strict=True)) for each in features],
        "kinds": sorted({QgsWkbTypes.displayString(each.geometry().wkbType()) for each in features}),
        "sound": all(each.geometry().isGeosValid() for each in features if each.hasGeometry()),
        "labelled": layer.labelsEnabled(),
        "rules": {rule.label(): [rule.symbol().color().name(), met(rule, layer, features)] for rule in rules_of(layer)},
    }


def rules_of(layer: Any) -> list[Any]:
    """The rules by which a layer is drawn."""
    renderer = layer.renderer()
    return list(renderer.rootRule().children()) if renderer and renderer.type() == "RuleRenderer" else []


def met(rule: Any, layer: Any, features: list[Any]) -> int:
    """How many of the features QGIS draws by this rule, leaving aside what no other rule draws."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    found = 0
    for each in features:
        context.setFeature(each)
        found += not rule.isElse() and bool(QgsExpression(rule.filterExpression()).evaluate(context))
    return found


def plain(value: Any) -> Any:
    """As JSON has it: a moment as ISO 8601, what QGIS calls NULL as null."""
    if hasattr(value, "isNull") and value.isNull():
        return None
    return value.toString(1) if hasattr(value, "toString") else value


def painted(layer: Any, asked: dict[str, Any]) -> int:
    """How many of the ten thousand points of a small picture the layer has painted."""
    layer.setRenderer(QgsVectorTileBasicRenderer())
    styles = QgsVectorTileBasicRenderer.simpleStyleWithRandomColors()
    layer.renderer().setStyles(styles)
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle(*asked["within"]))
    settings.setOutputSize(QSize(100, 100))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    white = picture.pixel(0, 0)
    return sum(picture.pixel(x, y) != white for x in range(100) for y in range(100))


def main() -> None:
    asked = json.loads(sys.argv[1])
    # Python would end it at once if nobody held it.
    held = QgsApplication([], False)
    held.initQgis()
    manager = QgsApplication.authManager()
    if asked.get("tokens"):
        manager.setMasterPassword("a master password", True)
    for name, token in asked.get("tokens", {}).items():
        config = QgsAuthMethodConfig("Basic")
        config.setId(name)
        config.setName(name)
        config.setConfigMap({"username": "anybody", "password": token, "realm": ""})
        if not manager.storeAuthenticationConfig(config):
            raise SystemExit(f"{name} could not be stored")
    found: dict[str, Any] = {"layers": []}
    for each in asked.get("layers", []):
        found["layers"].append(told(QgsVectorLayer(each["source"], "a layer", each["provider"]), each))
    if "definition" in asked:
        project = QgsProject.instance()
        done, said = QgsLayerDefinition.loadLayerDefinition(asked["definition"], project, project.layerTreeRoot())
        found["said"] = "" if done else said
        layers = [each.layer() for each in project.layerTreeRoot().findLayers()]
        found["definition"] = [told(each, {}) for each in layers]
        found["groups"] = [each.name() for each in project.layerTreeRoot().findGroups(True)]
    if "tiles" in asked:
        layer = QgsVectorTileLayer(asked["tiles"]["source"], "tiles")
        found["tiles"] = {
            "valid": layer.isValid(),
            "crs": layer.crs().authid(),
            "drawn": painted(layer, asked["tiles"]),
        }
    sys.stdout.write(f"\n{json.dumps(found)}\n")
    QgsProject.instance().clear()
    held.exitQgis()


main()
