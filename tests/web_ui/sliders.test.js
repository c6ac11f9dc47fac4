import assert from "node:assert/strict";
import { describe, it } from "node:test";

const { buildChanges, buildSliders, readActiveFactors, readExtraChanges } =
  await import("../../service/web_ui/static/views/what-if/sliders.js");

/** @type {Problem} */
const PROBLEM = {
  periods: ["2002-01"],
  supply_shares: { central: 0.4, by_category: { school: 0.8 }, delivered: [0.5, 0.9] },
  power_areas: [
    { id: "north", limit_kwh: 100 },
    { id: "south", limit_kwh: [50] },
    { id: "unlimited", limit_kwh: null },
  ],
  links: [{ id: "l", from: "a", to: "b", mode: "rail", tonnes: 5 }],
  factories: [{ id: "f", condition: 0.8 }],
};

describe("buildSliders", () => {
  it("keeps shares at most 1", () => {
    const maxima = Object.fromEntries(buildSliders(PROBLEM).map(({ id, max }) => [id, max]));
    assert.deepEqual(maxima, {
      central: 1.25,
      delivered: 1.11,
      power: 1.5,
      rail: 1.5,
      machines: 1.25,
      people: 1.5,
      "power.north": 1.5,
      "power.south": 1.5,
    });
  });

  it("leaves out sliders without anything to change", () => {
    const ids = buildSliders({ periods: [] }).map(({ id }) => id);
    assert.deepEqual(ids, ["people"]);
    const one = { ...PROBLEM, power_areas: [{ id: "north", limit_kwh: 1 }] };
    assert.ok(!buildSliders(one).some(({ where }) => where));
  });
});

describe("URL parameters", () => {
  const sliders = [
    { id: "power", what: "power_limit", max: 1.5 },
    { id: "power.north", what: "power_limit", where: "north", max: 1.5 },
    { id: "people", what: "population", max: 1.5 },
  ];

  it("become factors within the range of the slider", () => {
    const params = new URLSearchParams("power=0.8&people=9&power.north=x&central=0.5");
    assert.deepEqual(
      [...readActiveFactors(params, sliders)],
      [
        ["power", 0.8],
        ["people", 1.5],
      ],
    );
    const ignored = new URLSearchParams("power=1&people=-1");
    assert.equal(readActiveFactors(ignored, sliders).size, 0);
    assert.equal(readActiveFactors(new URLSearchParams("power=0"), sliders).get("power"), 0);
  });

  it("become changes in the order of the sliders", () => {
    const factors = new Map([
      ["people", 1.1],
      ["power.north", 0.5],
    ]);
    assert.deepEqual(buildChanges(factors, sliders), [
      { what: "power_limit", where: "north", factor: 0.5 },
      { what: "population", factor: 1.1 },
    ]);
  });

  it("may contain changes as JSON", () => {
    const change = { what: "labour", factor: 2 };
    const params = new URLSearchParams({ changes: JSON.stringify([change]) });
    assert.deepEqual(readExtraChanges(params), [change]);
    const single = new URLSearchParams({ changes: JSON.stringify(change) });
    assert.deepEqual(readExtraChanges(single), [change]);
    assert.deepEqual(readExtraChanges(new URLSearchParams("changes={no")), []);
    assert.deepEqual(readExtraChanges(new URLSearchParams()), []);
  });
});
