// The sectors of a draft on their map: drawn with Leaflet-Geoman, saved at each step, and neighbours follow.
// All of it is on the page as forms too, which is how it is told to the server here.
import "@geoman-io/leaflet-geoman-free";
import { followed, isAt } from "./_shared_borders.js";

const L = window.L;
const map = window.map_sectors;
const root = document.querySelector("[data-drawing]");
// A change is sent when the hand has rested so long.
const REST_MS = 350;
const SNAP = { snappable: true, snapDistance: 12, allowSelfIntersection: false };

const toLatLngs = (area) => area.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]) => L.latLng(lat, lon))));
const toArea = (latlngs) => latlngs.map((polygon) => polygon.map((ring) => ring.map(({ lat, lng }) => [lng, lat])));
const toText = (area) => area.flatMap((polygon) => polygon.map((ring) => ring.map((at) => at.map(plain).join(" ")).join("\n"))).join("\n\n");
// Never with an exponent: what the form takes is what a person could type.
const plain = (number) => (String(number).includes("e") ? number.toFixed(12) : String(number));
const parse = (text) =>
  text.trim().split(/\n\s*\n/).map((ring) => [ring.trim().split(/\n/).map((line) => line.trim().split(/[\s;]+/).map(Number))]);

const read = () => JSON.parse(document.getElementById("drawing-data").textContent);
const state = root?.querySelector("[data-state]");
const tools = Object.fromEntries([...(root?.querySelectorAll("[data-tool]") ?? [])].map((button) => [button.dataset.tool, button]));
const layers = new Map();
const labels = new Map();
const names = L.layerGroup();
const found = L.layerGroup();
const agreed = L.layerGroup();
const preview = L.layerGroup();
const mine = L.layerGroup();
let data = root && read();
// What the map shows and the server is to hold; and what of it the server does not hold yet.
let areas = new Map();
let unsaved = new Map();
let picked = null;
let dragging = false;
let saving = false;
let resting = 0;

function say(text, warns = false) {
  state.textContent = text;
  state.classList.toggle("is-warning", warns);
}

function show() {
  for (const layer of layers.values()) layer.remove();
  layers.clear();
  names.clearLayers();
  areas = new Map(data.sectors.map((sector) => [sector.code, unsaved.get(sector.code) ?? sector.area]));
  for (const sector of data.sectors) {
    const layer = L.polygon(toLatLngs(areas.get(sector.code)), { className: "draft", bubblingMouseEvents: false, ...SNAP }).addTo(map);
    layer.on("click", () => map.pm.globalDrawModeEnabled() || pick(sector.code));
    layer.on("pm:markerdragstart", ({ indexPath }) => begin(sector.code, indexPath));
    layer.on("pm:markerdrag", () => follow(sector.code));
    layer.on("pm:markerdragend", () => (dragging = false));
    layer.on("pm:edit pm:vertexremoved", () => {
      follow(sector.code);
      rest();
    });
    layers.set(sector.code, layer);
    const label = document.createElement("span");
    label.textContent = sector.name;
    const named = L.marker(layer.getCenter(), { icon: L.divIcon({ className: "draft-name", html: label, iconSize: [110, 20] }), interactive: false, keyboard: false, pmIgnore: true, snapIgnore: true }).addTo(names);
    labels.set(sector.code, named);
  }
  fit();
  showFindings();
  agreed.clearLayers();
  L.geoJSON(data.agreements, { style: { className: "agreed" }, interactive: false, pmIgnore: true, snapIgnore: true }).addTo(agreed);
  mine.clearLayers();
  for (const field of document.querySelectorAll("[data-mine]")) {
    L.polygon(toLatLngs(parse(field.value)), { className: "mine", interactive: false, pmIgnore: true, snapIgnore: true }).addTo(mine);
  }
  if (picked && layers.has(picked)) edit(picked);
  else picked = null;
}

// The corners of the others that move along are no places to snap to while they do.
function begin(code, [polygon, ring, at]) {
  dragging = true;
  const vertex = areas.get(code)[polygon][ring][at];
  for (const [other, layer] of layers) {
    layer.options.snapIgnore = other !== code && areas.get(other).flat(2).some((each) => vertex && isAt(each, vertex));
  }
}

function follow(code) {
  const drawn = toArea(layers.get(code).getLatLngs());
  for (const [other, area] of followed(areas, code, drawn)) {
    if (other !== code) layers.get(other).setLatLngs(toLatLngs(area));
    areas.set(other, area);
    unsaved.set(other, area);
  }
}

function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => !dragging && save(), REST_MS);
}

// The forms of the page that were not sent yet name the version that they are about to change.
function know(version) {
  for (const field of document.querySelectorAll("input[name='version']")) field.value = version;
}

async function save() {
  if (saving || !unsaved.size) return;
  saving = true;
  const sent = new Map(unsaved);
  const body = new URLSearchParams({ act: "draw", quiet: "1", version: data.version });
  body.set("csrfmiddlewaretoken", document.querySelector("input[name='csrfmiddlewaretoken']").value);
  for (const [code, area] of sent) body.set(`area-${code}`, toText(area));
  say(root.dataset.saving);
  try {
    const answer = await fetch(window.location.pathname, { method: "POST", body, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("drawing-data")) throw new Error(String(answer.status));
    if (answer.ok) {
      for (const [code, area] of sent) if (unsaved.get(code) === area) unsaved.delete(code);
    }
    swap(page, answer.ok);
    tools.again.hidden = answer.ok || answer.status === 409;
    if (answer.ok) say(root.dataset.saved.replace("{version}", data.version));
    else say(root.dataset.refused, true);
    if (answer.status === 409) {
      // Theirs is on the map now, and what was drawn here beside it: the page asks which of them stays.
      unsaved.clear();
      show();
    }
  } catch {
    tools.again.hidden = false;
    say(root.dataset.failed, true);
  }
  saving = false;
  if (unsaved.size && tools.again.hidden) save();
}

// What the server shows now takes the place of what it showed before; what is open stays open, the focus where it was.
function swap(page, quietly) {
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("[data-region] details[open]")].map((part) => part.id).filter(Boolean);
  for (const region of document.querySelectorAll("[data-region]")) {
    const fresh = page.getElementById(region.id);
    if (fresh) region.replaceWith(document.importNode(fresh, true));
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus();
  if (!quietly) document.querySelector("#drawing-told [data-focus]")?.focus();
  data = read();
  know(data.version);
  wire();
  if (quietly) {
    // The layers stay as they are under the hand that draws; only what lies beside them is new.
    for (const sector of data.sectors) if (!unsaved.has(sector.code)) areas.set(sector.code, sector.area);
    if ([...layers.keys()].join() !== data.sectors.map((sector) => sector.code).join()) show();
    else for (const [code, layer] of layers) if (code !== picked && !dragging) layer.setLatLngs(toLatLngs(areas.get(code)));
    showFindings();
  }
}

function edit(code) {
  layers.get(code).pm.enable({ ...SNAP, removeVertexOn: "contextmenu" });
  layers.get(code).getElement()?.classList.add("is-picked");
}

function pick(code) {
  if (picked && layers.has(picked)) {
    layers.get(picked).pm.disable();
    layers.get(picked).getElement()?.classList.remove("is-picked");
  }
  picked = code;
  if (!code) return;
  edit(code);
  say(root.dataset.picked.replace("{name}", data.sectors.find((sector) => sector.code === code).name));
}

function showFindings() {
  found.clearLayers();
  preview.clearLayers();
  for (const feature of data.findings.features) {
    if (!feature.geometry) continue;
    const row = document.querySelector(`[data-finding="${feature.id}"]`);
    // A corner that nearly meets another is a point.
    const pointToLayer = (_point, at) => L.circleMarker(at, { radius: 7 });
    const layer = L.geoJSON(feature, { style: { className: "faulty" }, pointToLayer, pmIgnore: true, snapIgnore: true }).addTo(found);
    layer.eachLayer((part) => {
      part.options.pmIgnore = part.options.snapIgnore = true;
      const light = (lit) => [row, part.getElement()].forEach((each) => each?.classList.toggle("is-lit", lit));
      part.on("mouseover", () => light(true)).on("mouseout", () => light(false));
      part.on("click", () => row?.scrollIntoView({ block: "nearest" }));
      row?.addEventListener("pointerenter", () => light(true));
      row?.addEventListener("pointerleave", () => light(false));
      row?.addEventListener("focusin", () => light(true));
      row?.addEventListener("focusout", () => light(false));
    });
  }
}

// A name wider than its sector would hide it.
function fit() {
  for (const [code, layer] of layers) {
    const box = layer.getBounds();
    const wide = map.latLngToLayerPoint(box.getNorthEast()).distanceTo(map.latLngToLayerPoint(box.getSouthWest()));
    const label = labels.get(code)?.getElement();
    if (label) label.hidden = wide < 140;
  }
}

function look(feature, shapes) {
  const box = L.geoJSON(shapes.length ? shapes : feature).getBounds();
  map.fitBounds(box, { padding: [40, 40], maxZoom: 18, animate: false });
  document.querySelector("[data-map]").scrollIntoView({ block: "nearest" });
}

function wire() {
  const features = new Map(data.findings.features.map((feature) => [String(feature.id), feature]));
  for (const button of document.querySelectorAll("[data-show-finding]")) {
    button.onclick = () => look(features.get(button.dataset.showFinding), []);
  }
  for (const button of document.querySelectorAll("[data-preview-finding]")) {
    button.onclick = () => {
      const pressed = button.getAttribute("aria-pressed") !== "true";
      preview.clearLayers();
      for (const other of document.querySelectorAll("[data-preview-finding]")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(pressed));
      if (!pressed) return;
      const feature = features.get(button.dataset.previewFinding);
      for (const { after } of feature.properties.changes) {
        L.geoJSON(after, { style: { className: "mended" }, interactive: false, pmIgnore: true, snapIgnore: true }).addTo(preview);
      }
      look(feature, []);
    };
  }
  for (const button of document.querySelectorAll("button[data-pick]")) {
    button.onclick = () => {
      pick(button.dataset.pick);
      map.fitBounds(layers.get(picked).getBounds(), { padding: [40, 40], animate: false });
      document.querySelector("[data-map]").scrollIntoView({ block: "nearest" });
      map.getContainer().focus({ preventScroll: true });
    };
  }
  for (const form of document.querySelectorAll("#content form")) {
    form.onsubmit = (event) => {
      sessionStorage.setItem(`view ${window.location.pathname}`, JSON.stringify([map.getCenter(), map.getZoom()]));
      // What is still on its way is saved before something else is done to the draft.
      if (!unsaved.size || form.id === "mine") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      save().then(() => !unsaved.size && form.submit());
    };
  }
}

function draws(now) {
  tools.stop.hidden = tools.finish.hidden = !now;
}

// A click on the last corner finishes too, where the pointer finds it: a corner that snapped lies elsewhere.
function finish() {
  map.pm.Draw[map.pm.Draw.getActiveShape()]?._finishShape();
}

function draw(kind) {
  pick(null);
  map.pm.enableDraw(kind === "new" ? "Polygon" : "Line", { ...SNAP, tooltips: false, finishOn: null });
  draws(true);
  say(root.dataset[kind]);
}

// What was drawn goes to the form that it is for, where it is completed and sent.
function taken({ layer, shape }) {
  const area = [shape === "Polygon" ? layer.getLatLngs() : [layer.getLatLngs()]];
  layer.remove();
  const field = document.getElementById(shape === "Polygon" ? "id_add_outline" : "id_split_line");
  field.value = toText(toArea(area));
  const fold = field.closest("details");
  fold.open = true;
  draws(false);
  say(root.dataset.taken);
  fold.querySelector(shape === "Polygon" ? "#id_add_code" : "#id_split_sector").focus();
}

// The page of a border agreement: a line or a small area, drawn into its field.
function shape(page) {
  const told = page.querySelector("[data-state]");
  const field = document.getElementById("id_outline");
  const kind = document.getElementById("id_shape");
  const shown = L.layerGroup().addTo(map);
  const redraw = () => {
    shown.clearLayers();
    const corners = parse(field.value)[0][0].filter((at) => at.length >= 2 && at.every(Number.isFinite));
    if (corners.length < 2) return;
    const Shape = kind.value === "line" ? L.polyline : L.polygon;
    new Shape(corners.map(([lon, lat]) => L.latLng(lat, lon)), { className: kind.value === "line" ? "mine" : "mine mine--area", pmIgnore: true, snapIgnore: true }).addTo(shown);
  };
  const data = JSON.parse(document.getElementById("agreements-data").textContent);
  L.geoJSON(data, { style: { className: "agreed" }, interactive: false, pmIgnore: true, snapIgnore: true }).addTo(map);
  L.PM.reInitLayer(map);
  for (const button of page.querySelectorAll("[data-draw-shape]")) {
    button.addEventListener("click", () => {
      told.textContent = page.dataset[button.dataset.drawShape];
      map.pm.enableDraw(button.dataset.drawShape === "line" ? "Line" : "Polygon", { ...SNAP, tooltips: false });
    });
  }
  map.on("pm:create", ({ layer, shape: drawn }) => {
    kind.value = drawn === "Line" ? "line" : "area";
    field.value = toText(toArea([drawn === "Line" ? [layer.getLatLngs()] : layer.getLatLngs()]));
    layer.remove();
    told.textContent = page.dataset.taken;
    redraw();
  });
  field.addEventListener("change", redraw);
  kind.addEventListener("change", redraw);
  redraw();
}

// Corners are for the pointer alone, as many as there are: the positions are typed in the list of sectors.
function hush() {
  for (const corner of map.getPanes().markerPane.querySelectorAll(".marker-icon:not([aria-hidden])")) {
    corner.setAttribute("aria-hidden", "true");
    corner.removeAttribute("role");
    corner.removeAttribute("tabindex");
  }
}

const page = document.querySelector("[data-shape]");
if (map && (page || root)) new MutationObserver(hush).observe(map.getPanes().markerPane, { childList: true });
if (map && page) shape(page);
if (map && root) {
  // The map of today lies beneath and is nothing that one draws in.
  map.eachLayer((layer) => {
    if (layer.options) layer.options.snapIgnore = layer.options.pmIgnore = true;
  });
  L.PM.reInitLayer(map);
  map.on("zoomend", fit);
  map.on("pm:create", taken);
  map.on("pm:drawend", () => draws(false));
  tools.finish.addEventListener("click", finish);
  for (const group of [found, agreed, preview, mine, names]) group.addTo(map);
  tools.new.addEventListener("click", () => draw("new"));
  tools.cut.addEventListener("click", () => draw("cut"));
  tools.stop.addEventListener("click", () => {
    map.pm.disableDraw();
    say(root.dataset.pick);
  });
  tools.again.addEventListener("click", () => {
    tools.again.hidden = true;
    save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });
  show();
  wire();
  say(root.dataset.pick);
  const view = sessionStorage.getItem(`view ${window.location.pathname}`);
  sessionStorage.removeItem(`view ${window.location.pathname}`);
  if (view) {
    const [centre, zoom] = JSON.parse(view);
    map.setView(centre, zoom, { animate: false });
  }
}
