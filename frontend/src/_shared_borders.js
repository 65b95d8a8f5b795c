// Shared borders stay shared: what happens to a vertex of one sector happens to its neighbours' at the same place.
//
// Pure: a geometry is polygons of rings of [lon, lat], each ring without its closing vertex; `sectors` is a Map of
// geometries by code. Nothing is changed in place.

// Vertices nearer than this are one, in degrees: some two millimetres, what storing and carrying to metres leaves.
export const NEAR = 2e-8;

export function isAt([x, y], [u, v]) {
  return Math.abs(x - u) <= NEAR && Math.abs(y - v) <= NEAR;
}

function identical([x, y], [u, v]) {
  return x === u && y === v;
}

// Whether p lies between a and b, beyond neither; the ends count.
function isOn(p, a, b) {
  if (isAt(p, a) || isAt(p, b)) return true;
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  if (length <= NEAR) return false;
  const along = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length;
  const beside = Math.abs((p[0] - a[0]) * dy - (p[1] - a[1]) * dx) / length;
  return beside <= NEAR && along >= 0 && along <= length;
}

function share(p, a, b) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  return ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy);
}

const around = (ring, at) => [ring[(at + ring.length - 1) % ring.length], ring[(at + 1) % ring.length]];

// What was done to a geometry: vertices moved, one added, one removed; nothing where it was drawn anew.
export function differences(before, after) {
  const found = [];
  before.forEach((polygon, p) => {
    polygon.forEach((ring, r) => {
      const drawn = after[p]?.[r];
      if (!drawn) return;
      const first = ring.findIndex((vertex, at) => !drawn[at] || !identical(vertex, drawn[at]));
      if (drawn.length === ring.length) {
        ring.forEach((from, at) => {
          if (!identical(from, drawn[at])) found.push({ done: "moved", from, to: drawn[at] });
        });
      } else if (drawn.length === ring.length + 1) {
        const at = first < 0 ? ring.length : first;
        const [previous, next] = around(drawn, at);
        found.push({ done: "added", to: drawn[at], previous, next });
      } else if (drawn.length === ring.length - 1 && first >= 0) {
        const [previous, next] = around(ring, first);
        found.push({ done: "removed", from: ring[first], previous, next });
      }
    });
  });
  return found;
}

// A ring with `to` in the edge that `belongs` finds, or null.
function inserted(ring, to, belongs) {
  const at = ring.findIndex((vertex, index) => belongs(vertex, ring[(index + 1) % ring.length]));
  return at < 0 ? null : [...ring.slice(0, at + 1), to, ...ring.slice(at + 1)];
}

const FOLLOWS = {
  // A neighbour whose border runs straight through the vertex bends there.
  moved(ring, { from, to }) {
    if (ring.some((vertex) => isAt(vertex, from))) return ring.map((vertex) => (isAt(vertex, from) ? to : vertex));
    return inserted(ring, to, (a, b) => isOn(from, a, b));
  },
  added(ring, { to, previous, next }) {
    return inserted(
      ring,
      to,
      (a, b) =>
        (isOn(previous, a, b) && isOn(next, a, b)) ||
        (isOn(a, previous, next) && isOn(b, previous, next) && share(to, a, b) > 0 && share(to, a, b) < 1),
    );
  },
  // Where three sectors meet, or another border begins, the neighbour keeps its vertex.
  removed(ring, { from, previous, next }) {
    const at = ring.findIndex((vertex) => isAt(vertex, from));
    if (at < 0 || ring.length <= 3) return null;
    const [before, after] = around(ring, at);
    const same = (isAt(before, previous) && isAt(after, next)) || (isAt(before, next) && isAt(after, previous));
    return same ? ring.filter((_vertex, index) => index !== at) : null;
  },
};

// The geometries that change when the sector `code` is drawn as `after`, by code: its own, and its neighbours'.
export function followed(sectors, code, after) {
  const changed = new Map([[code, after]]);
  for (const difference of differences(sectors.get(code), after)) {
    for (const [other, before] of sectors) {
      if (other === code) continue;
      let touched = false;
      const drawn = (changed.get(other) ?? before).map((polygon) =>
        polygon.map((ring) => {
          const follows = FOLLOWS[difference.done](ring, difference);
          touched ||= follows !== null;
          return follows ?? ring;
        }),
      );
      if (touched) changed.set(other, drawn);
    }
  }
  return changed;
}
