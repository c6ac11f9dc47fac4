import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addEdits,
  buildChanges,
  parseAmount,
  readEdits,
  writeEdits,
} from "../../service/web_ui/static/views/by-hand/edits.js";
import { selectLines } from "../../service/web_ui/static/views/by-hand/quota-lines.js";

/** @param {string} period @param {number} value @returns {import("../../service/web_ui/static/views/by-hand/edits.js").Edit} */
const pin = (period, value) => ({ kind: "pin", line: "works/soap", period, value });

test("a pin is the least and the most of a line; equal values share a change", () => {
  assert.deepEqual(buildChanges([pin("p1", 5), pin("p2", 5), pin("p3", 0)]), [
    { what: "line_least", where: "works/soap", periods: ["p1", "p2"], value: 5 },
    { what: "line_most", where: "works/soap", periods: ["p1", "p2"], value: 5 },
    { what: "line_least", where: "works/soap", periods: ["p3"], value: 0 },
    { what: "line_most", where: "works/soap", periods: ["p3"], value: 0 },
  ]);
});

test("a reservation is a served least", () => {
  const edits = readEdits('[["reserve","kapsan/soap","p1",12]]');
  assert.deepEqual(buildChanges(edits), [
    { what: "served_least", where: "kapsan/soap", periods: ["p1"], value: 12 },
  ]);
});

test("a later edit of the same quota replaces the earlier one", () => {
  assert.deepEqual(addEdits([pin("p1", 5), pin("p2", 5)], [pin("p1", 7)]), [
    pin("p2", 5),
    pin("p1", 7),
  ]);
});

test("edits come back from the URL, and what cannot be read is left out", () => {
  /** @type {import("../../service/web_ui/static/views/by-hand/edits.js").Edit[]} */
  const edits = [
    pin("2002-01", 5.5),
    { kind: "pin", line: "works/soap/from bran ~!", period: "2002-01", value: 2 },
    { kind: "reserve", need: "kapsan/soap", period: "2002-02", value: 3 },
  ];
  assert.deepEqual(readEdits(writeEdits(edits)), edits);
  assert.equal(writeEdits([]), "");
  const wrong = [
    ["pin", "works/soap", "p1", -3],
    ["pin", "works", "", 2],
    ["other", "a", "b", 1],
    5,
  ];
  assert.deepEqual(readEdits(JSON.stringify(wrong)), []);
  for (const text of ["", "{", "null", "7"]) assert.deepEqual(readEdits(text), []);
});

test("amounts are numbers as people write them, whole where the item is", () => {
  assert.equal(parseAmount(" 1,234.5 ", false), 1234.5);
  assert.equal(parseAmount("12.5", true), null);
  assert.equal(parseAmount("0", true), 0);
  for (const text of ["", "-3", "five", "1e9"]) assert.equal(parseAmount(text, false), null);
});

test("lines are selected by county, item and all words of a search", () => {
  const line = (/** @type {string} */ factory, /** @type {string} */ place) => ({
    line: `${factory}/soap`,
    factory,
    item: "soap",
    recipe: "",
    name: "soap",
    place,
    words: `${factory} soap hyesan works`,
    quotas: new Map(),
  });
  const lines = [line("alpha", "hyesan"), line("beta", "kapsan")];
  assert.deepEqual(selectLines(lines, { county: "kapsan", item: "", search: "" }), [lines[1]]);
  assert.deepEqual(selectLines(lines, { county: "", item: "tea", search: "" }), []);
  assert.deepEqual(selectLines(lines, { county: "", item: "soap", search: "WORKS alpha" }), [
    lines[0],
  ]);
});
