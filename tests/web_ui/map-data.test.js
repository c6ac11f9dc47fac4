import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import "./browser-globals.js";

const { MapData } = await import("../../service/web_ui/static/views/map/map-data.js");
const { rankCountyShortages } = await import("../../service/web_ui/static/views/map/side-panel.js");
const { ProblemIndex } = await import("../../service/web_ui/static/lib/problem-index.js");
const { setTexts } = await import("../../service/web_ui/static/lib/i18n.js");

const problemIndex = new ProblemIndex({
  periods: ["m1", "m2"],
  items: [{ id: "soap", value: 2 }, { id: "salt" }, { id: "lye", kind: "material" }],
  counties: [
    { id: "a", power_area: "north", population: { people: 10 } },
    { id: "b", power_area: "south", population: { people: 5 } },
  ],
  partners: [{ id: "p", at: "gate" }],
});

const supply = {
  county: ["a", "a", "a", "b", "a"],
  item: ["soap", "soap", "salt", "salt", "lye"],
  period: ["m1", "m2", "m1", "m2", "m1"],
  demand: [10, 10, 20, 0, 99],
  served: [10, 5, 10, 0, 0],
  shortage: [0, 5, 10, 0, 99],
  central: [1, 0, 2, 0, 0],
};

/** @param {string} name @param {Columns} columns table `supply` @returns {Columns} rows of a good */
function selectItem(name, columns) {
  const rows = columns.item.flatMap((item, row) => (item === name ? [row] : []));
  const entries = Object.entries(columns);
  return Object.fromEntries(entries.map(([key, values]) => [key, rows.map((row) => values[row])]));
}

const figures = {
  needs: {
    place: ["a", "a", "b"],
    period: ["m1", "m2", "m2"],
    demand: [40, 20, 0],
    served: [30, 10, 0],
    shortage: [10, 10, 0],
    central: [4, 0, 0],
  },
  swaps: { partner: ["p"], period: ["m1"], given: [8], taken: [2] },
  power: { area: ["north", "north"], period: ["m1", "m2"], price: [3, 5] },
  links: {
    link: ["l", "l", "l"],
    to: ["a", "b", "b"],
    period: ["m1", "m1", "m2"],
    used: [2, 6, 1],
    limit: [10, 8, 0],
    price: [0, 3, 5],
  },
};

const tables = { figures, needs: null };

const data = new MapData(problemIndex, tables);

/** @param {string} item @param {Columns} columns table `supply` */
const showItem = (item, columns) =>
  new MapData(problemIndex, { ...tables, needs: selectItem(item, columns) });

/** @type {MapState} */
const STATE = {
  measure: "served",
  month: null,
  item: null,
  county: null,
  link: null,
  scale: "plan",
  layout: "one",
};

beforeEach(() =>
  setTexts("en", { "format.won": "{amount} won", "format.weighted-won": "{amount} weighted won" }),
);

describe("MapData", () => {
  it("sums goods by value and single items by unit", () => {
    assert.deepEqual(data.getSum("a", { item: null, month: null }), {
      demand: 60,
      served: 40,
      shortage: 20,
      central: 4,
    });
    const soap = showItem("soap", supply);
    assert.equal(soap.getSum("a", { item: "soap", month: "m2" })?.shortage, 5);
    assert.equal(soap.getSum("a", { item: null, month: "m2" })?.shortage, 10);
    assert.equal(data.getSum("nowhere", { item: null, month: null }), null);
  });

  it("computes the change against another plan", () => {
    const needs = { ...figures.needs, served: [18, 10, 0] };
    const before = { ...tables, figures: { ...figures, needs } };
    const compared = new MapData(problemIndex, tables, before);
    /** @type {MapState} */
    const change = { ...STATE, measure: "change" };
    assert.equal(compared.listMeasures()[0], "change");
    assert.ok(Math.abs((compared.computeFigure("a", change) ?? 0) - 12 / 60) < 1e-12);
    assert.equal(compared.computeFigure("b", change), null);
    assert.ok(Math.abs(compared.findHighest(change) - 12 / 60) < 1e-12);
    const { low, high } = compared.findClasses(change);
    assert.equal(low, -high);
    assert.ok(!data.listMeasures().includes("change"));
  });

  it("computes the change of a good, where both plans have it", () => {
    const salt = { ...tables, needs: selectItem("salt", supply) };
    /** @type {MapState} */
    const change = { ...STATE, measure: "change", item: "salt" };
    assert.equal(new MapData(problemIndex, salt, salt).computeFigure("a", change), 0);
    assert.equal(new MapData(problemIndex, salt, tables).computeFigure("a", change), null);
  });

  it("computes the figures of counties", () => {
    assert.equal(data.computeFigure("a", STATE), 40 / 60);
    assert.equal(data.computeFigure("b", STATE), null);
    assert.equal(data.computeFigure("a", { ...STATE, measure: "shortage" }), 2);
    const salt = showItem("salt", supply);
    assert.equal(salt.computeFigure("a", { ...STATE, measure: "shortage", item: "salt" }), 10);
    assert.equal(data.computeFigure("a", { ...STATE, measure: "price" }), 4);
    assert.equal(data.computeFigure("a", { ...STATE, measure: "price", month: "m2" }), 5);
    assert.equal(data.computeFigure("b", { ...STATE, measure: "price" }), null);
  });

  it("computes the figure of the province", () => {
    assert.equal(data.formatProvinceFigure(STATE), "66.7%");
    assert.equal(data.formatProvinceFigure({ ...STATE, measure: "shortage" }), "20 won");
    assert.equal(data.formatProvinceFigure({ ...STATE, measure: "price" }), "4 weighted won");
  });

  it("ends the scale at the greatest figure of any month", () => {
    assert.equal(data.findHighest(STATE), 1);
    assert.equal(data.findHighest({ ...STATE, measure: "price", month: "m1" }), 5);
    const lye = showItem("lye", supply);
    assert.equal(lye.findHighest({ ...STATE, measure: "shortage", item: "lye" }), 99);
  });

  it("adds up both directions of a link", () => {
    assert.deepEqual(data.getLinkFlow("l", "m1"), { tonnes: 8, to: "b", full: 0.75 });
    assert.deepEqual(data.getLinkFlow("l", "m2"), { tonnes: 1, to: "b", full: null });
    assert.deepEqual(data.getLinkFlow("none", null), { tonnes: 0, to: null, full: null });
  });

  it("counts a backlog in its month, and what was served later as served", () => {
    const later = {
      county: ["a", "a"],
      item: ["salt", "salt"],
      period: ["m1", "m2"],
      demand: [10, 10],
      served: [6, 14],
      shortage: [4, 0],
      central: [0, 0],
    };
    const mapped = showItem("salt", later);
    const sum = (/** @type {string|null} */ month) => mapped.getSum("a", { item: "salt", month });
    assert.deepEqual(sum("m2"), { demand: 14, served: 14, shortage: 0, central: 0 });
    assert.deepEqual(sum(null), { demand: 20, served: 20, shortage: 0, central: 0 });
    assert.deepEqual(rankCountyShortages(later, { county: "a", month: null }, problemIndex), []);
  });

  it("adds up swaps", () => {
    assert.deepEqual(data.getSwap("p", null), { given: 8, taken: 2 });
    assert.deepEqual(data.getSwap("p", "m2"), { given: 0, taken: 0 });
  });
});

describe("rankCountyShortages", () => {
  it("ranks goods by value with the period of the greatest shortage", () => {
    const ranked = rankCountyShortages(supply, { county: "a", month: null }, problemIndex);
    assert.deepEqual(
      ranked.map(({ item, shortage, worstPeriod }) => [item, shortage, worstPeriod]),
      [
        ["soap", 5, "m2"],
        ["salt", 10, "m1"],
      ],
    );
    assert.deepEqual(rankCountyShortages(supply, { county: "b", month: null }, problemIndex), []);
  });
});
