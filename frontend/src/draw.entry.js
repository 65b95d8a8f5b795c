// The corners of a problem's place, by mouse, touch or keyboard; what is sent is `lon lat, lon lat, …` in a hidden field.
const L = window.L;
const map = window.map_sectors;
const root = document.querySelector("[data-draw]");
const field = document.querySelector("input[name='drawn']");

if (map && root && field) {
  const state = root.querySelector("[data-draw-state]");
  const corners = field.value
    .split(",")
    .map((corner) => corner.trim().split(" ").map(Number))
    .filter((pair) => pair.length === 2)
    .map(([lon, lat]) => L.latLng(lat, lon));
  const shape = L.polygon([], { className: "map-extent", interactive: false }).addTo(map);
  const dots = L.layerGroup().addTo(map);

  const show = () => {
    shape.setLatLngs(corners);
    dots.clearLayers();
    for (const corner of corners) L.circleMarker(corner, { radius: 5, className: "map-point", interactive: false }).addTo(dots);
    field.value = corners.map(({ lat, lng }) => `${lng.toFixed(6)} ${lat.toFixed(6)}`).join(",");
    state.textContent = corners.length ? state.dataset.some.replace("{count}", corners.length) : state.dataset.none;
  };
  const add = (place) => {
    corners.push(place);
    show();
  };

  map.on("click", (event) => add(event.latlng));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== map.getContainer()) return;
    event.preventDefault();
    add(map.getCenter());
  });
  root.querySelector("[data-draw-undo]").addEventListener("click", () => {
    corners.pop();
    show();
  });
  root.querySelector("[data-draw-clear]").addEventListener("click", () => {
    corners.length = 0;
    show();
  });
  show();
}
