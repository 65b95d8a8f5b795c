// node --test: what happens to the neighbours when a vertex of a sector is moved, added or removed.
import assert from "node:assert/strict";
import test from "node:test";
import { differences, followed } from "../../frontend/src/_shared_borders.js";

// Two squares side by side, and a third that lies along both their southern borders without a vertex between them.
const west = [[[[0, 0], [1, 0], [1, 1], [0, 1]]]];
const east = [[[[1, 0], [2, 0], [2, 1], [1, 1]]]];
const south = [[[[0, -1], [2, -1], [2, 0], [0, 0]]]];
const map = () => new Map([["west", west], ["east", east], ["south", south]]);
const ring = (found, code) => found.get(code)[0][0];
const drawn = (...vertices) => [[vertices]];

test("a vertex that is moved takes the neighbours' with it", () => {
  const found = followed(map(), "west", drawn([0, 0], [1, 0], [1.2, 1.1], [0, 1]));
  assert.deepEqual([...found.keys()], ["west", "east"]);
  assert.deepEqual(ring(found, "east"), [[1, 0], [2, 0], [2, 1], [1.2, 1.1]]);
});

test("where a third border runs straight through the vertex, it bends there", () => {
  const found = followed(map(), "west", drawn([0, 0], [1, 0.3], [1, 1], [0, 1]));
  assert.deepEqual(ring(found, "east"), [[1, 0.3], [2, 0], [2, 1], [1, 1]]);
  assert.deepEqual(ring(found, "south"), [[0, -1], [2, -1], [2, 0], [1, 0.3], [0, 0]]);
});

test("what storing rounds is still one vertex, and a metre is not", () => {
  const near = new Map([["a", west], ["b", drawn([1 + 1e-9, 0], [2, 0], [2, 1], [1, 1])], ["c", drawn([1.00001, 0], [3, 0], [3, 1])]]);
  const found = followed(near, "a", drawn([0, 0], [0.9, 0], [1, 1], [0, 1]));
  assert.deepEqual([...found.keys()], ["a", "b"]);
  assert.deepEqual(ring(found, "b")[0], [0.9, 0]);
});

test("a vertex added to a shared border is added on both sides, and moves both afterwards", () => {
  const first = followed(map(), "west", drawn([0, 0], [1, 0], [1, 0.5], [1, 1], [0, 1]));
  assert.deepEqual(ring(first, "east"), [[1, 0], [2, 0], [2, 1], [1, 1], [1, 0.5]]);
  assert.equal(first.has("south"), false);
  const second = followed(new Map([...map(), ...first]), "west", drawn([0, 0], [1, 0], [0.8, 0.5], [1, 1], [0, 1]));
  assert.deepEqual(ring(second, "east").at(-1), [0.8, 0.5]);
});

test("a vertex added to the border of two, along the longer one of a third, is added there", () => {
  const found = followed(map(), "east", drawn([1, 0], [1.5, 0], [2, 0], [2, 1], [1, 1]));
  assert.deepEqual(ring(found, "south"), [[0, -1], [2, -1], [2, 0], [1.5, 0], [0, 0]]);
  assert.equal(found.has("west"), false);
});

test("a vertex within a shared border is removed on both sides, a corner of three on one", () => {
  const bent = new Map([
    ["west", drawn([0, 0], [1, 0], [0.8, 0.5], [1, 1], [0, 1])],
    ["east", drawn([1, 0], [2, 0], [2, 1], [1, 1], [0.8, 0.5])],
  ]);
  assert.deepEqual(ring(followed(bent, "west", west), "east"), [[1, 0], [2, 0], [2, 1], [1, 1]]);
  const corner = followed(map(), "west", drawn([0, 0], [1, 0], [0, 1]));
  assert.deepEqual([...corner.keys()], ["west"]);
});

test("holes and parts follow like outlines", () => {
  const around = [[[[-1, -1], [3, -1], [3, 3], [-1, 3]], [[0, 0], [0, 1], [1, 1], [1, 0]]], [[[5, 5], [6, 5], [6, 6]]]];
  const found = followed(new Map([["in", west], ["around", around]]), "in", drawn([0, 0], [1, 0], [1, 1.5], [0, 1]));
  assert.deepEqual(found.get("around")[0][1], [[0, 0], [0, 1], [1, 1.5], [1, 0]]);
  assert.deepEqual(found.get("around")[1], around[1]);
});

test("what is drawn anew moves nobody, and nothing is changed in place", () => {
  const sectors = map();
  const found = followed(sectors, "west", drawn([7, 7], [8, 7], [8, 8], [7.5, 9], [7, 8], [6, 7]));
  assert.deepEqual([...found.keys()], ["west"]);
  assert.deepEqual(sectors, map());
  assert.deepEqual(differences(west, west), []);
});
