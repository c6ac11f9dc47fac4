import assert from "node:assert/strict";
import { describe, it } from "node:test";

import "./browser-globals.js";

const { traceOrigins } = await import("../../service/web_ui/static/views/year/origins.js");
const { sumSources } = await import("../../service/web_ui/static/views/year/sources.js");
const { sumAreas } = await import("../../service/web_ui/static/views/year/power.js");
const { formatWholePercent } = await import("../../service/web_ui/static/views/year/goods.js");
const { ProblemIndex } = await import("../../service/web_ui/static/lib/problem-index.js");

const problemIndex = new ProblemIndex({
  periods: ["m1", "m2"],
  items: [{ id: "soap", value: 2 }],
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
const shipments = {
  from: ["a", "gate"],
  to: ["b", "b"],
  item: ["soap", "soap"],
  period: ["m1", "m1"],
  quantity: [2, 6],
};
const swaps = { partner: ["p"], item: ["soap"], period: ["m1"], taken: [6] };

describe("traceOrigins", () => {
  it("traces goods through shipments and stock", () => {
    const tables = { supply, shipments, swaps };
    const flows = traceOrigins(problemIndex, tables, { item: "soap", month: null });
    const amounts = Object.fromEntries(flows.map((f) => [`${f.origin} ${f.county}`, f.amount]));
    assert.deepEqual(amounts, { "factories:a a": 12, "factories:a b": 2, "partner:p b": 6 });
  });

  it("adds up to the served amount, by value for all goods", () => {
    const flows = traceOrigins(
      problemIndex,
      { supply, shipments, swaps },
      { item: null, month: "m1" },
    );
    const total = flows.reduce((sum, flow) => sum + flow.amount, 0);
    assert.ok(Math.abs(total - 2 * 12) < 1e-9);
  });

  it("converges where goods are shipped in circles", () => {
    const circular = buildColumns([
      { ...soap, county: "a", period: "m1", made: 4, arrived: 2, sent: 6 },
      { ...soap, county: "b", period: "m1", arrived: 6, central: 2, sent: 2, served: 6 },
    ]);
    const loops = {
      from: ["a", "b"],
      to: ["b", "a"],
      item: ["soap", "soap"],
      period: ["m1", "m1"],
      quantity: [6, 2],
    };
    const none = { partner: [], item: [], period: [], taken: [] };
    const flows = traceOrigins(
      problemIndex,
      { supply: circular, shipments: loops, swaps: none },
      { item: "soap", month: null },
    );
    const amounts = Object.fromEntries(flows.map((f) => [f.origin, f.amount]));
    assert.ok(Math.abs(amounts["factories:a"] - 4) < 1e-6);
    assert.ok(Math.abs(amounts["centre:b"] - 2) < 1e-6);
  });

  it("knows no origin of the opening stock of the first month", () => {
    const opening = buildColumns([{ ...soap, county: "a", period: "m1", served: 3 }]);
    const none = { item: [], period: [] };
    const flows = traceOrigins(
      problemIndex,
      { supply: opening, shipments: none, swaps: none },
      { item: "soap", month: null },
    );
    assert.deepEqual(flows, [{ origin: "stock", county: "a", amount: 3 }]);
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

describe("formatWholePercent", () => {
  it("does not round up to 100", () => {
    assert.deepEqual([0, 0.994, 0.996, 1].map(formatWholePercent), ["0", "99", "99+", "100"]);
  });
});
