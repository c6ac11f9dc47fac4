import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import "./browser-globals.js";

const { ProblemIndex } = await import("../../service/web_ui/static/lib/problem-index.js");
const { setTexts } = await import("../../service/web_ui/static/lib/i18n.js");

const index = new ProblemIndex({
  periods: ["2002-01"],
  items: [
    { id: "soap", name: "Soap", local_name: "비누", unit: "piece", value: 3, category: "hygiene" },
    { id: "salt", category: "food" },
    { id: "paste", category: "hygiene" },
    { id: "lye", kind: "material" },
    { id: "thing" },
  ],
  counties: [
    { id: "hyesan", name: "Hyesan", population: { people: 10, pupils: 20 } },
    { id: "kapsan", population: { pupils: 7, workers: 9 } },
  ],
  stations: [{ id: "gate", name: "Gate" }],
  links: [{ id: "l1", from: "hyesan", to: "gate" }],
});

beforeEach(() => setTexts("en", { "category.food": "Food" }));

describe("ProblemIndex", () => {
  it("names things, links and categories", () => {
    assert.equal(index.getName("soap"), "Soap");
    assert.equal(index.getName("gate"), "Gate");
    assert.equal(index.getName("l1"), "Hyesan – Gate");
    assert.equal(index.getName("food"), "Food");
    assert.equal(index.getName("unknown"), "unknown");
    setTexts("ko", {});
    assert.equal(index.getName("soap"), "비누");
  });

  it("has default values", () => {
    assert.deepEqual([index.getValue("soap"), index.getValue("salt")], [3, 1]);
    assert.deepEqual([index.getUnit("soap"), index.getUnit("salt")], ["piece", "unit"]);
    assert.deepEqual([index.isGood("salt"), index.isGood("lye")], [true, false]);
  });

  it("counts the group `people`, otherwise the largest group", () => {
    assert.equal(index.getPopulation("hyesan"), 10);
    assert.equal(index.getPopulation("kapsan"), 9);
    assert.equal(index.getPopulation("nowhere"), 0);
  });

  it("counts heads that follow from a census", () => {
    const counties = [{ id: "a", population: { pupils: 3 } }, { id: "b" }];
    const projected = new ProblemIndex({ periods: ["2002-01"], counties }, [
      { county: "a", group: "people", heads: 12 },
      { county: "b", group: "people", heads: 34.5 },
    ]);
    assert.deepEqual(
      ["a", "b"].map((id) => projected.getPopulation(id)),
      [12, 34.5],
    );
  });

  it("groups goods by category in the order of the problem", () => {
    const groups = index
      .groupGoodsByCategory()
      .map(([name, items]) => [name, items.map((i) => i.id)]);
    assert.deepEqual(groups, [
      ["hygiene", ["soap", "paste"]],
      ["food", ["salt"]],
      ["other", ["thing"]],
    ]);
  });

  it("has counties and stations as places", () => {
    assert.deepEqual([...index.places.keys()], ["hyesan", "kapsan", "gate"]);
  });
});
