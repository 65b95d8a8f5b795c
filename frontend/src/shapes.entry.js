// Draws what a page about an edition carries: sectors, what was found in them, what moves. Each shape has the classes that
// the server says, a number where it has one, and lights up together with its row.
const L = window.L;
const map = window.map_sectors;
const carried = document.getElementById("shapes");

if (map && carried?.textContent.trim()) {
  // The sectors of an edition are drawn here, in the place of those in force.
  window.geo_json_areas?.remove();
  const rows = new Map([...document.querySelectorAll("[data-fid]")].map((row) => [row.dataset.fid, row]));
  const pattern = (look) => look.match(/\barea--([\w-]+)/)?.[1];
  const style = ({ properties: { look } }) => ({
    className: look,
    weight: 2.5,
    ...(pattern(look) ? { fillColor: `url(#hatch-${pattern(look)})`, fillOpacity: 1 } : {}),
  });
  const parts = [];
  const drawn = L.geoJSON(JSON.parse(carried.textContent), {
    style,
    pointToLayer: (feature, place) => L.circleMarker(place, { radius: 7, className: feature.properties.look }),
    onEachFeature: (feature, layer) => parts.push([feature, layer]),
  }).addTo(map);
  for (const [{ id, properties }, layer] of parts) {
    const row = rows.get(String(id));
    const shapes = [layer.getElement?.(), ...(layer.getLayers?.() ?? []).map((part) => part.getElement?.())];
    if (properties.number && properties.at) {
      const label = document.createElement("span");
      label.textContent = properties.number;
      const [lon, lat] = properties.at;
      const icon = L.divIcon({ className: "map-number", html: label, iconSize: null });
      shapes.push(L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(map).getElement());
    }
    if (!row) continue;
    const light = (lit) => [row, ...shapes].forEach((part) => part?.classList.toggle("is-lit", lit));
    layer.on("mouseover", () => light(true)).on("mouseout", () => light(false));
    layer.on("click", () => row.scrollIntoView({ block: "nearest" }));
    for (const [event, lit] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
      row.addEventListener(event, () => light(lit));
    }
    const show = row.querySelector("[data-show]");
    if (show) {
      show.hidden = false;
      show.addEventListener("click", () => {
        const box = layer.getBounds ? layer.getBounds() : L.latLngBounds([layer.getLatLng()]);
        map.fitBounds(box, { padding: [40, 40], maxZoom: 18, animate: false });
        document.querySelector("[data-map]").scrollIntoView({ block: "nearest" });
        window.dispatchEvent(new Event("resize"));
      });
    }
  }
  // What has a number is looked at; the outlines around it only say where one is.
  const numbered = L.featureGroup(parts.filter(([{ properties }]) => properties.number).map(([, layer]) => layer));
  const box = numbered.getLayers().length ? numbered.getBounds() : drawn.getBounds();
  if (box.isValid() && !("whole" in document.querySelector("[data-map]").dataset)) map.fitBounds(box, { padding: [24, 24], maxZoom: 17, animate: false });
}
