"""A place to write in examples: one of the territory that is loaded, so that what is copied answers something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from frontend import maps


@dataclass(frozen=True, slots=True)
class Example:
    """A position in degrees, the commune it lies in, and a box around that commune's sectors."""

    lon: float
    lat: float
    commune: str
    name: str
    box: tuple[float, float, float, float]

    @property
    def bbox(self) -> str:
        """West, south, east, north, as a query takes them."""
        return ",".join(f"{bound:.2f}" for bound in self.box)


# Where nothing is loaded: about the middle of the country.
_NOWHERE: Final = Example(2.5, 46.5, "00000", "Commune", (2.0, 46.0, 3.0, 47.0))


def of_the_map() -> Example:
    """The first commune that has sectors. No query once the map is drawn."""
    sheet = maps.current()
    if sheet is None or not sheet.towns:
        return _NOWHERE
    town = sheet.towns[0]
    west, south, east, north = town.box
    inside = (at for at in sheet.labels.values() if west <= at[0] <= east and south <= at[1] <= north)
    lon, lat = next(inside, ((west + east) / 2, (south + north) / 2))
    return Example(round(lon, 4), round(lat, 4), town.code, town.name, town.box)
