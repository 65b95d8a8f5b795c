// Step 1 of a report: the place by mouse, touch, keyboard, search, position or coordinates, and who answers there.
import { combobox } from "./_combobox.js";

const root = document.querySelector("[data-pin]");
const fields = {
  lat: document.getElementById("id_lat"),
  lon: document.getElementById("id_lon"),
  accuracy: root.querySelector("[data-field='accuracy']"),
  place: root.querySelector("[data-field='place']"),
};
const chosen = document.querySelector("[data-chosen]");
const slot = (name) => chosen.querySelector(`[data-slot='${name}']`);
const L = window.L;
const map = window.map_sectors;
const touch = window.matchMedia("(pointer: coarse)").matches;
let marker = null;
let disc = null;
let asking = null;
let waiting = 0;
let moving = false;
// An arrow key moves the map over a quarter of a second, in which its centre is no place anyone meant.
let travelling = false;
// Under this zoom the cross covers a village: it chooses nothing.
const CLOSE = 12;

function number(text) {
  const value = Number(text.trim().replace(",", ".").replace("−", "-"));
  return text.trim() !== "" && Number.isFinite(value) ? value : null;
}

function tell(text) {
  chosen.removeAttribute("data-empty");
  slot("reason").textContent = text;
}

async function ask(lat, lon, accuracy) {
  asking?.abort();
  asking = new AbortController();
  const given = new URLSearchParams({ lon, lat });
  if (accuracy) given.set("accuracy", accuracy);
  try {
    const answer = await fetch(`${root.dataset.locate}?${given}`, { signal: asking.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    slot("commune").textContent = found.commune?.name ?? "–";
    slot("sector").textContent = found.sector?.name ?? "–";
    slot("post").textContent = found.post.label;
    tell(found.reason);
  } catch (error) {
    if (error.name === "AbortError") return;
    for (const name of ["commune", "sector", "post"]) slot(name).textContent = "–";
    tell(chosen.dataset.failed);
  }
}

function draw(lat, lon, accuracy) {
  if (!map) return;
  disc?.remove();
  disc = accuracy ? L.circle([lat, lon], { radius: accuracy, interactive: false, className: "map-disc" }).addTo(map) : null;
  if (touch) return;
  if (!marker) {
    marker = L.marker([lat, lon], { icon: window.psqPinIcon(), draggable: true, autoPan: true, keyboard: false }).addTo(map);
    marker.on("dragend", () => {
      const { lat: y, lng: x } = marker.getLatLng();
      choose(y, x, { place: root.dataset.pointed, write: true });
    });
  }
  marker.setLatLng([lat, lon]);
}

function choose(lat, lon, { place = "", accuracy = null, write = false, look = false } = {}) {
  if (write) {
    fields.lat.value = lat.toFixed(6);
    fields.lon.value = lon.toFixed(6);
  }
  fields.accuracy.value = accuracy ? accuracy.toFixed(1) : "";
  fields.place.value = place;
  slot("place").textContent = place;
  slot("point").textContent = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
  tell(chosen.dataset.loading);
  draw(lat, lon, accuracy);
  if (look && map) {
    moving = true;
    map.setView([lat, lon], Math.max(map.getZoom(), 14), { animate: false });
    moving = false;
  }
  clearTimeout(waiting);
  waiting = setTimeout(() => ask(lat, lon, accuracy), 200);
}

function typed() {
  const lat = number(fields.lat.value);
  const lon = number(fields.lon.value);
  if (lat !== null && lon !== null && Math.abs(lat) <= 90 && Math.abs(lon) <= 180) choose(lat, lon, { place: root.dataset.typed, look: true });
  else forget();
}

// What is typed is no place: nothing of the last one may stay on the page as if it were.
function forget() {
  asking?.abort();
  clearTimeout(waiting);
  for (const name of ["place", "point", "commune", "sector", "post", "reason"]) slot(name).textContent = "";
  chosen.setAttribute("data-empty", "");
  fields.accuracy.value = fields.place.value = "";
  disc?.remove();
  marker?.remove();
  marker = null;
}

function useMap() {
  const box = map.getContainer();
  const centre = (place) => {
    const { lat, lng } = map.getCenter();
    choose(lat, lng, { place, write: true });
  };
  if (touch) {
    const cross = document.querySelector("[data-crosshair]");
    // The cross is the place, however the map came to move under it: none is shown before one is chosen.
    cross.hidden = number(fields.lat.value) === null;
    map.on("dragstart", () => (cross.hidden = false));
    map.on("dragend", () => centre(root.dataset.pointed));
    map.on("moveend", () => {
      if (moving) cross.hidden = false;
      else if (map.getZoom() < CLOSE) cross.hidden = true;
      else {
        cross.hidden = false;
        centre(root.dataset.pointed);
      }
    });
    map.on("click", ({ latlng }) => choose(latlng.lat, latlng.lng, { place: root.dataset.pointed, write: true, look: true }));
  } else {
    map.on("click", ({ latlng }) => {
      // The cross is for those who move the map with the keyboard.
      document.querySelector("[data-crosshair]").hidden = true;
      choose(latlng.lat, latlng.lng, { place: root.dataset.pointed, write: true, look: map.getZoom() < 13 });
    });
  }
  map.on("movestart", () => (travelling = true));
  map.on("moveend", () => (travelling = false));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === box) {
      event.preventDefault();
      if (travelling) map.once("moveend", () => centre(root.dataset.pointed));
      else centre(root.dataset.pointed);
    }
  });
  box.addEventListener("focus", () => {
    if (!touch && box.matches(":focus-visible")) document.querySelector("[data-crosshair]").hidden = false;
  });
  box.addEventListener("blur", () => {
    if (!touch) document.querySelector("[data-crosshair]").hidden = true;
  });
}

function usePosition() {
  const box = root.querySelector("[data-gps-box]");
  const state = root.querySelector("[data-gps-state]");
  if (!navigator.geolocation) return;
  box.hidden = false;
  const say = (text, warns) => {
    state.textContent = text;
    state.classList.toggle("is-warning", warns);
  };
  root.querySelector("[data-gps]").addEventListener("click", () => {
    say(root.dataset.waiting, false);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const wide = coords.accuracy > 100;
        say((wide ? root.dataset.inaccurate : root.dataset.accurate).replace("%s", Math.round(coords.accuracy)), wide);
        choose(coords.latitude, coords.longitude, { place: root.dataset.own, accuracy: coords.accuracy, write: true, look: true });
      },
      (refusal) => say(refusal.code === 1 ? root.dataset.refused : root.dataset.unavailable, true),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  });
}

const search = root.querySelector("form[data-choose]");
combobox(search.querySelector("[data-combobox]"), search.dataset.places, (place) => {
  choose(place.lat, place.lon, { place: place.name, write: true, look: true });
});
for (const field of [fields.lat, fields.lon]) {
  field.addEventListener("change", typed);
  field.addEventListener("paste", (event) => {
    // "46.5, 2.5" is how other maps give a place.
    const pair = event.clipboardData.getData("text").match(/^\s*([-+]?\d{1,3}[.,]\d+)\s*[;,\s]\s*([-+]?\d{1,3}[.,]\d+)\s*$/);
    if (!pair) return;
    event.preventDefault();
    [fields.lat.value, fields.lon.value] = pair.slice(1);
    typed();
  });
}
if (map) {
  useMap();
  const lat = number(fields.lat.value);
  const lon = number(fields.lon.value);
  if (lat !== null && lon !== null) {
    draw(lat, lon, number(fields.accuracy.value));
    moving = true;
    map.setView([lat, lon], 15, { animate: false });
    moving = false;
  }
}
usePosition();
