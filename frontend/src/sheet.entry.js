// What the page adds to the sector map that the server drew: numbers, points, one pin, and the way to and from the lists.
// Names come from the page's own text and are set as text, never as HTML.
const L = window.L;
const map = window.map_sectors;
const holder = document.querySelector("[data-map]");

// Leaflet glides at every arrow key: who asked for less motion is taken there at once.
if (map && window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
  const glide = map.panBy.bind(map);
  map.panBy = (offset, options) => glide(offset, { ...options, animate: false });
}

function lighten(parts, lit) {
  for (const part of parts) part?.classList.toggle("is-lit", lit);
}

function together(parts, row) {
  for (const part of [...parts, row]) {
    part?.addEventListener("pointerenter", () => lighten([...parts, row], true));
    part?.addEventListener("pointerleave", () => lighten([...parts, row], false));
  }
  row?.addEventListener("focusin", () => lighten([...parts, row], true));
  row?.addEventListener("focusout", () => lighten([...parts, row], false));
}

function numberIcon(text) {
  const label = document.createElement("span");
  label.textContent = text;
  return L.divIcon({ className: "map-number", html: label, iconSize: null });
}

function sectors() {
  const small = [];
  window.geo_json_areas?.eachLayer((layer) => {
    const row = document.querySelector(`[data-area="${CSS.escape(layer.feature.id)}"]`);
    if (!row) return;
    const [lon, lat] = row.dataset.label.split(" ").map(Number);
    const middle = L.marker([lat, lon], {
      icon: numberIcon(row.dataset.number),
      interactive: false,
      keyboard: false,
    }).addTo(map);
    together([layer.getElement(), middle.getElement()], row);
    layer.on("click", () => row.scrollIntoView({ block: "nearest" }));
    small.push([layer, middle]);
    const show = row.querySelector("[data-show]");
    if (show) {
      show.hidden = false;
      show.addEventListener("click", () => {
        map.fitBounds(layer.getBounds(), { padding: [40, 40], animate: false });
        holder.scrollIntoView({ block: "nearest" });
      });
    }
  });
  // A number wider than its area would hide it.
  const fit = () => {
    for (const [layer, middle] of small) {
      const box = layer.getBounds();
      const wide = map.latLngToLayerPoint(box.getNorthEast()).distanceTo(map.latLngToLayerPoint(box.getSouthWest()));
      middle.getElement().hidden = wide < 60;
    }
  };
  map.on("zoomend", fit);
  fit();
}

function corners(part) {
  const [west, south, east, north] = part.dataset.box.split(" ").map(Number);
  return [[south, west], [north, east]];
}

function views() {
  const group = document.querySelector("[data-views]");
  if (!group) return;
  const buttons = [...group.querySelectorAll("[data-box]")];
  const insets = [...document.querySelectorAll("[data-inset]")];
  const press = (chosen) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
  const show = (chosen) => {
    map.fitBounds(corners(chosen), { padding: [24, 24], animate: false });
    press(chosen);
    for (const inset of insets) inset.toggleAttribute("hidden", inset.dataset.inset !== chosen.dataset.territory);
  };
  map.on("moveend", () => press(null));
  for (const button of buttons) button.addEventListener("click", () => show(button));
  group.hidden = false;
  // The sectors are a few pixels wide on the whole territory: where they are looked at, the first town.
  show(buttons[Number(group.dataset.views)] ?? buttons[0]);
}

function dot(place, { near, tone, far }) {
  const names = ["map-point", near && "map-point--near", tone && `map-point--${tone}`, far && "map-point--far"];
  return L.circleMarker(place, { radius: near ? 12 : far ? 6 : 8, className: names.filter(Boolean).join(" ") }).addTo(map);
}

function points() {
  const rows = [...document.querySelectorAll("[data-point]")];
  const places = rows.map((row) => {
    const place = [Number(row.dataset.lat), Number(row.dataset.lon)];
    const tone = [...row.classList].find((name) => name.startsWith("row--"))?.slice(5);
    const point = dot(place, { near: "approximate" in row.dataset, tone });
    if (row.dataset.number) L.marker(place, { icon: numberIcon(row.dataset.number), interactive: false, keyboard: false }).addTo(map);
    together([point.getElement()], row);
    point.on("click", () => row.querySelector("a").click());
    return place;
  });
  const fit = (all) => map.fitBounds(all, { padding: [40, 40], maxZoom: 15, animate: false });
  if (places.length && !("whole" in holder.dataset)) fit(places);
  // Hidden behind its tab the map had no size.
  window.addEventListener("psq:shown", () => {
    map.invalidateSize({ animate: false });
    if (places.length) fit(places);
  });
  if (holder.dataset.points) others(new Set(rows.map((row) => row.dataset.reference)), places, fit);
}

// The points of the whole list, beside those of this page of it: that they are on their way is said, then how many are
// drawn; or that they could not be fetched, with a button to try again.
async function others(shown, places, fit) {
  const told = document.querySelector("[data-drawn]");
  const again = document.querySelector("[data-again]");
  again.onclick = () => !holder.hasAttribute("aria-busy") && others(shown, places, fit);
  holder.setAttribute("aria-busy", "true");
  told.textContent = told.dataset.loading;
  try {
    const answer = await fetch(holder.dataset.points, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    for (const { id, geometry, properties } of found.features) {
      if (shown.has(id)) continue;
      const place = [geometry.coordinates[1], geometry.coordinates[0]];
      const point = dot(place, { near: !properties.full, tone: properties.tone, far: true });
      const name = document.createElement("span");
      name.textContent = `${properties.category} – ${properties.status}`;
      point.bindTooltip(name);
      point.on("click", () => window.location.assign(`${holder.dataset.concerns}${id}/${holder.dataset.query}`));
      places.push(place);
      shown.add(id);
    }
    if (places.length) fit(places);
    const whole = found.numberMatched <= found.numberReturned;
    told.textContent = (whole ? told.dataset.all : told.dataset.some)
      .replace("{drawn}", found.numberReturned)
      .replace("{count}", found.numberMatched);
    // Whoever stood on the button stands on what came of it.
    if (document.activeElement === again) told.focus();
    again.hidden = true;
  } catch {
    told.textContent = told.dataset.failed;
    again.hidden = false;
  } finally {
    holder.removeAttribute("aria-busy");
  }
}

function pin() {
  if (!holder.dataset.lat || holder.classList.contains("map--pin")) return;
  const place = [Number(holder.dataset.lat), Number(holder.dataset.lon)];
  if ("approximate" in holder.dataset) {
    L.circleMarker(place, { radius: 16, interactive: false, className: "map-point map-point--near" }).addTo(map);
  } else {
    L.marker(place, { icon: window.psqPinIcon(), interactive: false, keyboard: false }).addTo(map);
  }
  // Where no sector is near, only communes can be seen around it.
  map.setView(place, Number(holder.dataset.zoom ?? 14), { animate: false });
}

// Where a problem is: drawn by people, or around its concerns.
function extent() {
  const drawn = document.querySelector("[data-extent]");
  if (!drawn) return;
  const area = L.geoJSON(JSON.parse(drawn.dataset.extent), { interactive: false, style: { className: "map-extent" } }).addTo(map);
  map.fitBounds(area.getBounds(), { padding: [32, 32], maxZoom: 17, animate: false });
}

window.psqPinIcon = () => {
  const shape = new DOMParser().parseFromString(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M12 22.5s-7.5-6.5-7.5-12.5a7.5 7.5 0 0 1 15 0c0 6-7.5 12.5-7.5 12.5z"/><circle cx="12" cy="10" r="2.8"/></svg>',
    "image/svg+xml",
  ).documentElement;
  return L.divIcon({ className: "map-pin", html: shape, iconSize: [40, 40], iconAnchor: [20, 38] });
};

if (map && holder) {
  map.options.minZoom = 6;
  map.options.maxZoom = 19;
  map.fitBounds(corners(holder), { padding: [16, 16], animate: false });
  L.control.zoom({ position: "topright", zoomInTitle: holder.dataset.zoomIn, zoomOutTitle: holder.dataset.zoomOut }).addTo(map);
  const box = map.getContainer();
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", holder.getAttribute("aria-label"));
  holder.removeAttribute("role");
  holder.removeAttribute("aria-label");
  // The wheel belongs to the page until the map is used.
  map.scrollWheelZoom.disable();
  map.on("focus click", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  // Paper is of another width: what was seen on screen is fitted to it, and back.
  window.matchMedia("print").addEventListener("change", () => {
    const seen = map.getBounds();
    map.invalidateSize({ animate: false });
    map.fitBounds(seen, { animate: false });
  });
  views();
  sectors();
  points();
  pin();
  extent();
}
