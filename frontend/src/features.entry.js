// Draws the features that a page of the data carries, and lights up row and shape together.
const map = window.map_sectors;
const carried = document.getElementById("features");

if (map && carried) {
  const rows = new Map([...document.querySelectorAll("[data-fid]")].map((row) => [row.dataset.fid, row]));
  const drawn = window.L.geoJSON(JSON.parse(carried.textContent), {
    style: { className: "feature-shape", weight: 2.5 },
    pointToLayer: (_feature, place) => window.L.circleMarker(place, { radius: 8, className: "map-point" }),
    onEachFeature: (feature, layer) => {
      const row = rows.get(String(feature.id));
      if (!row) return;
      const light = (lit) => [row, layer.getElement()].forEach((part) => part?.classList.toggle("is-lit", lit));
      layer.on("mouseover", () => light(true)).on("mouseout", () => light(false));
      layer.on("click", () => row.querySelector("a").click());
      row.addEventListener("pointerenter", () => light(true));
      row.addEventListener("pointerleave", () => light(false));
      row.addEventListener("focusin", () => light(true));
      row.addEventListener("focusout", () => light(false));
    },
  }).addTo(map);
  const box = drawn.getBounds();
  if (box.isValid()) map.fitBounds(box, { padding: [24, 24], maxZoom: 15, animate: false });
}
