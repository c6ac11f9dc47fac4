import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { sumOrigins } = await import("../../service/web_ui/static/views/year/origins.js");
const { sumQuality } = await import("../../service/web_ui/static/views/year/quality.js");
const { sumSources } = await import("../../service/web_ui/static/views/year/sources.js");
const { groupByArea, sumAreas } = await import("../../service/web_ui/static/views/year/power.js");
const { ProblemIndex } = await import("../../service/web_ui/static/lib/problem-index.js");

const problemIndex = new ProblemIndex({
  periods: ["m1", "m2"],
  items: [
    { id: "soap", value: 2 },
    { id: "soda", kind: "material" },
  ],
  factories: [
    { id: "works", place: "a" },
    { id: "mill", place: "a" },
  ],
  counties: [{ id: "a" }, { id: "b" }],
  stations: [{ id: "gate" }],
  partners: [{ id: "p", at: "gate" }],
});

const ZERO = {
  demand: 0,
  made: 0,
  used: 0,
  central: 0,
  arrived: 0,
  sent: 0,
  taken: 0,
  given: 0,
  stock: 0,
  discarded: 0,
  served: 0,
};

/** @param {Record<string, unknown>[]} rows @returns {Columns} */
function buildColumns(rows) {
  /** @type {Columns} */
  const columns = { county: [], item: [], period: [] };
  for (const row of rows) {
    for (const [name, value] of Object.entries({ ...ZERO, ...row })) {
      (columns[name] ??= []).push(value);
    }
  }
  return columns;
}

const soap = { item: "soap" };
const supply = buildColumns([
  { ...soap, county: "a", period: "m1", made: 10, served: 4, sent: 2, stock: 4 },
  { ...soap, county: "gate", period: "m1", taken: 6, sent: 6 },
  { ...soap, county: "b", period: "m1", arrived: 8, served: 8 },
  { ...soap, county: "a", period: "m2", made: 4, served: 8 },
]);
/** @type {Columns} */
const deliveries = {
  item: ["soap", "soap", "soap", "soap", "soda"],
  source: ["factory", "factory", "partner", "stock", "centre"],
  from: ["works", "mill", "p", "a", "gate"],
  to: ["a", "a", "b", "b", "a"],
  quantity: [4, 2, 6, 1, 9],
};

/** @param {string|null} item @returns {Columns} deliveries of an item, as the API selects them */
function selectItem(item) {
  const keep = deliveries.item.map((id) => !item || id === item);
  return Object.fromEntries(
    Object.entries(deliveries).map(([name, values]) => [name, values.filter((_, k) => keep[k])]),
  );
}

describe("sumOrigins", () => {
  /** @param {string|null} item */
  const sum = (item) =>
    Object.fromEntries(
      sumOrigins(problemIndex, selectItem(item), item).map((f) => [
        `${f.origin} ${f.county}`,
        f.amount,
      ]),
    );

  it("joins the factories of a place, and all opening stocks", () => {
    assert.deepEqual(sum("soap"), {
      "factories:a a": 6,
      "partner:p b": 6,
      "stock b": 1,
    });
  });

  it("counts all goods in won, without materials", () => {
    assert.deepEqual(sum(null), { "factories:a a": 12, "partner:p b": 12, "stock b": 2 });
  });
});

describe("sumQuality", () => {
  it("weights quality by value, by category and source and in total", () => {
    const sums = sumQuality({
      category: ["food", "food", "care"],
      source: ["factory", "centre", "factory"],
      value: [100, 50, 50],
      quality: [0.5, 1, 0.8],
    });
    assert.deepEqual(sums.get("food")?.get("all"), { value: 150, good: 100 });
    assert.deepEqual(sums.get("all")?.get("factory"), { value: 150, good: 90 });
    assert.deepEqual(sums.get("all")?.get("all"), { value: 200, good: 140 });
  });
});

describe("sumSources", () => {
  it("balances every month with stock", () => {
    const ofCounty = buildColumns([
      { ...soap, county: "a", period: "m1", made: 10, served: 4, sent: 2, stock: 4 },
      { ...soap, county: "a", period: "m2", made: 4, served: 8 },
    ]);
    const sums = sumSources(ofCounty, problemIndex, { county: "a", item: "soap" });
    assert.deepEqual([sums[0].made, sums[0].stored, sums[0].drawn, sums[0].sent], [10, 4, 0, 2]);
    assert.deepEqual([sums[1].made, sums[1].drawn, sums[1].served], [4, 4, 8]);
  });

  it("leaves out transports between counties for the whole province", () => {
    const [first] = sumSources(supply, problemIndex, { county: null, item: null });
    assert.deepEqual([first.arrived, first.sent, first.served], [0, 0, 24]);
  });

  it("shows what is under way for the whole province, and what is left over below one unit", () => {
    const moved = buildColumns([
      { ...soap, county: "a", period: "m1", made: 10.5, sent: 10, discarded: 0.5 },
      { ...soap, county: "b", period: "m2", arrived: 10, served: 10 },
    ]);
    const [first, second] = sumSources(moved, problemIndex, { county: null, item: "soap" });
    assert.deepEqual([first.under_way, first.discarded, first.stored, first.sent], [10, 0.5, 0, 0]);
    assert.deepEqual(
      [second.reached, second.under_way, second.drawn, second.arrived],
      [10, 0, 0, 0],
    );
  });
});

describe("sumAreas", () => {
  it("weights prices by limits", () => {
    const areas = new Map([
      ["north", [{ factories: 1, rail: 2, limit: 10, price: 4 }, null]],
      ["south", [{ factories: 3, rail: 0, limit: 30, price: 8 }, null]],
    ]);
    assert.deepEqual(sumAreas(areas, 2), [
      { factories: 4, rail: 2, limit: 40, price: 7 },
      { factories: 0, rail: 0, limit: 0, price: 0 },
    ]);
  });

  it("has no limit if an area has none", () => {
    const areas = new Map([["north", [{ factories: 1, rail: 0, limit: null, price: 0 }]]]);
    assert.equal(sumAreas(areas, 1)[0].limit, null);
  });
});

describe("groupByArea", () => {
  it("sets prices to 0 that are too small to be told", () => {
    const columns = {
      area: ["north", "north"],
      period: ["m1", "m2"],
      used_by_factories: [1, 9],
      used_by_rail: [0, 0],
      limit: [9, 9],
      price: [1.16e-5, 30.7],
    };
    const rows = groupByArea(columns, { periods: ["m1", "m2"], computeKwhValue: () => 4 });
    assert.deepEqual(
      rows.get("north")?.map((row) => row?.price),
      [0, 30.7],
    );
  });
});
