// Points set on a map by mouse, touch or keyboard: each is a line of the field that is sent.
const L = window.L;
const map = window.map_sectors;
const field = document.querySelector("[data-points-field] textarea");

if (map && field) {
  const dots = L.layerGroup().addTo(map);
  const show = () => {
    dots.clearLayers();
    for (const line of field.value.split("\n")) {
      const [lon, lat] = line.trim().split(/[\s;]+/).map(Number);
      if (Number.isFinite(lon) && Number.isFinite(lat)) L.circleMarker([lat, lon], { radius: 7, className: "map-point", interactive: false }).addTo(dots);
    }
  };
  const add = ({ lat, lng }) => {
    field.value = `${field.value.trimEnd()}\n${lng.toFixed(6)} ${lat.toFixed(6)}`.trimStart();
    show();
  };
  map.on("click", (event) => add(event.latlng));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== map.getContainer()) return;
    event.preventDefault();
    add(map.getCenter());
  });
  field.addEventListener("change", show);
  show();
}
